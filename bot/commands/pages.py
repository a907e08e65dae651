"""`vakt pages`: who was told of what, and whom Vakt waits for now."""
# ruff: noqa: FBT002 - Typer's flags are booleans

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

import typer

from bot.commands.opened import looking
from handlers.page_pictures import account_facts
from handlers.views.facts.paging import AccountFacts, CallFacts
from models.escalation import ADDRESSED, StepKind
from models.page import Page, PageState, latest_pages, running_pages


def register(app: typer.Typer) -> None:
    """Put `vakt pages` on the command line."""
    pages = typer.Typer(help="Pages: who was told, and who is waited for.", no_args_is_help=True)
    pages.callback()(page_commands)
    pages.command("list")(list_command)
    app.add_typer(pages, name="pages")


def page_commands() -> None:
    """Pages: who was told, and who is waited for."""


def list_command(
    only_open: Annotated[bool, typer.Option("--open", help="Only those that are not over.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many, the newest first.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a page, for a program.")] = False,
) -> None:
    """List pages, the newest first: each with whom it woke, when that was sent, and why it went on."""
    with looking() as (session, team_id):
        found = running_pages(session, team_id)[::-1][:limit] if only_open else latest_pages(session, team_id, limit)
        told = [(page, account_facts(session, page)) for page in found]
    for page, account in told:
        if as_json:
            typer.echo(json.dumps(_shape(page, account), ensure_ascii=False))
        else:
            typer.echo("\n".join(_lines(page, account)))
    if not told and not as_json:
        typer.echo("No pages.")


def _name(page: Page) -> str:
    return f"T-{page.ticket_number}" if page.ticket_number else "ad hoc"


def _shape(page: Page, account: AccountFacts) -> dict[str, Any]:
    return {
        "id": page.id,
        "ticket": f"T-{page.ticket_number}" if page.ticket_number else None,
        "state": str(page.state),
        "started": page.started_at.isoformat(),
        "next": _iso(page.next_at),
        "acknowledged": _iso(page.acknowledged_at),
        "acknowledged_by": account.acknowledged_by.name if account.acknowledged_by else None,
        "ended": _iso(page.ended_at),
        "ended_by": account.ended_by.name if account.ended_by else None,
        "ended_why": page.ended_why,
        "calls": [_call_shape(call) for call in account.calls],
    }


def _call_shape(call: CallFacts) -> dict[str, Any]:
    return {
        "person": call.person.name if call.person else None,
        "step": f"{call.step.kind} {call.step.of}" if call.step else None,
        "round": call.round,
        "again": call.again,
        "queued": call.queued_at.isoformat(),
        "sent": _iso(call.sent_at),
        "ts": call.ts,
        "refused": call.refused,
        "until": _iso(call.until),
        "why": str(call.why) if call.why else None,
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _lines(page: Page, account: AccountFacts) -> Iterator[str]:
    yield f"{page.id}  {_name(page)}  {page.started_at:%Y-%m-%d %H:%M} UTC  {_stands(page, account)}"
    for call in account.calls:
        yield f"    {_call_words(call)}"


def _stands(page: Page, account: AccountFacts) -> str:
    if page.state == PageState.ENDED:
        by = f" by {account.ended_by.name}" if account.ended_by else ""
        return f"ended {page.ended_at:%H:%M}{by}: {_spaced(page.ended_why)}"
    next_at = f"{page.next_at:%Y-%m-%d %H:%M} UTC" if page.next_at else "never"
    if account.acknowledged_by is not None:
        return f"acknowledged by {account.acknowledged_by.name} {page.acknowledged_at:%H:%M}, asks again {next_at}"
    return f"nobody has answered, goes on {next_at}"


def _call_words(call: CallFacts) -> str:
    who = call.person.name if call.person else "someone"
    kind = call.step.kind if call.step else StepKind.PERSON
    of = call.step.of if call.step and kind is not StepKind.PERSON else ""
    of = str(kind) if kind in ADDRESSED else of
    sent = f"sent {call.sent_at:%H:%M:%S} ({call.ts})" if call.sent_at else "not sent"
    refused = f", refused: {call.refused}" if call.refused else ""
    over = f"{_spaced(str(call.why or 'over'))} {call.until:%H:%M}" if call.until else "waited for"
    again = "asked again " if call.again else ""
    return f"{who}{f' ({of})' if of else ''}: {again}queued {call.queued_at:%H:%M:%S}, {sent}{refused}, {over}"


def _spaced(word: str | None) -> str:
    return (word or "").replace("_", " ")
