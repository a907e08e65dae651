"""`vakt claims`: who may claim what credit, and the evidence of a claim as files."""
# ruff: noqa: FBT002 - Typer's flags are booleans

import json
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.commands.opened import looking
from bot.contracts import agreements
from bot.machine import SystemClock
from bot.plainly import fail
from handlers.agreements import NoAgreementError
from handlers.availability import NoAvailabilityError
from handlers.evidence import evidence_of
from models.claim import Claim, ClaimState, Outcome, latest_claims
from models.customer import Customer
from models.sla.availability import floored
from models.store import Session

SAID = {
    NoAgreementError: "{error}",
    NoAvailabilityError: "{error} promises nothing about availability any more; there is nothing to show.",
}


def register(app: typer.Typer) -> None:
    """Put `vakt claims` on the command line."""
    claims = typer.Typer(help="Credits: who may claim what, and the evidence.", no_args_is_help=True)
    claims.callback()(claim_commands)
    claims.command("list")(list_command)
    claims.command("export")(export_command)
    app.add_typer(claims, name="claims")


def claim_commands() -> None:
    """Credits: who may claim what, and the evidence."""


def list_command(
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many, the newest first.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a claim, for a program.")] = False,
) -> None:
    """List claims, the newest first: whose, for which period, how it stands, and until when."""
    with looking(SAID) as (session, team_id):
        rows = [_shape(session, claim) for claim in latest_claims(session, team_id, limit)]
    for row in rows:
        typer.echo(json.dumps(row, ensure_ascii=False) if as_json else _line(row))
    if not rows and not as_json:
        typer.echo("No claims.")


def _shape(session: Session, claim: Claim) -> dict[str, Any]:
    customer = session.get(Customer, (claim.team_id, claim.customer_id))
    return {
        "id": claim.id,
        "customer": customer.key if customer else None,
        "contract": claim.contract,
        "period": claim.period,
        "service": claim.service or None,
        "state": str(claim.state),
        "offered": claim.offered_at.isoformat(),
        "lapses": _iso(claim.lapses_at),
        "claimed": _iso(claim.claimed_at),
        "credit": _percent(claim.figure.get("fee")),
        "outcome": claim.outcome.value if claim.state == ClaimState.CLAIMED else None,
        "decided": claim.decisions[-1]["at"] if claim.decisions else None,
        "granted": _percent(claim.decisions[-1]["fee"]) if claim.decisions else None,
        "covers": claim.covers,
        "lapsed": claim.lapsed,
    }


def _percent(share: str | None) -> float | None:
    return None if share is None else float(floored(Fraction(share), 6))


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _line(row: dict[str, Any]) -> str:
    service = f" {row['service']}" if row["service"] else ""
    if row["state"] == "claimed":
        how = f"claimed {row['claimed'][:16]}, {row['credit']:g} % of the monthly fee{_decided(row)}"
    else:
        how = f"{row['state']}, lapses {row['lapses'][:16] if row['lapses'] else 'never'}"
    return f"{row['id']}  {row['customer']} {row['period']}{service}  {how}"


def _decided(row: dict[str, Any]) -> str:
    """What became of it, after what was claimed."""
    if row["outcome"] == Outcome.OPEN:
        return ", not decided"
    granted = f", {row['granted']:g} %" if row["granted"] is not None else ""
    return f"; {row['outcome']} {row['decided'][:16]}{granted}"


def export_command(
    claim: Annotated[str, typer.Argument(metavar="CLAIM", help="The claim's id; vakt claims list has it.")],
    folder: Annotated[Path, typer.Option("--folder", help="Where the files go.", file_okay=False)] = Path(),
    language: Annotated[str | None, typer.Option("--language", help="en, nb or sv; the customer's by default.")] = None,
) -> None:
    """Write the evidence of a claim: a Markdown file to read and a CSV file to compute with."""
    with looking(SAID) as (session, team_id):
        found = session.get(Claim, (team_id, claim))
        if found is None:
            fail(f'There is no claim "{claim}"; vakt claims list shows those there are.')
        evidence = evidence_of(session, agreements(), found, language, SystemClock().now())
    if evidence is None:
        fail("Nothing of this claim can be measured any more.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in evidence.files().items():
            (folder / name).write_text(content, encoding="utf-8")
            typer.echo(str(folder / name))
    except OSError as error:
        fail(f"{folder} cannot be written: {error.strerror}.")
