"""`vakt availability`: how much of a period services were there, what counted and what did not, and the credit."""
# ruff: noqa: FBT002 - Typer's flags are booleans

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console, RenderableType

from bot.commands import availability_prints as prints
from bot.commands.opened import looking
from bot.contracts import agreements
from bot.machine import SystemClock
from bot.plainly import fail, shown
from handlers.agreements import NoAgreementError
from handlers.availability import (
    Ground,
    Measured,
    NoAvailabilityError,
    ground_for,
    last_instant,
    measure,
    period_in,
    terms_at,
    terms_under,
)
from handlers.errors import UserError
from handlers.sla_files import drawn
from handlers.views.refusals import refusal_text
from handlers.views.words import Words
from models.customer import Customer, customer_by_key, customers_under
from models.sla.periods import PeriodError
from models.store import Session

SAID = {
    NoAgreementError: "{error}",
    PeriodError: "--period: {error}",
    NoAvailabilityError: "{error} promises nothing about availability; there is nothing to measure.",
}


def register(app: typer.Typer) -> None:
    """Put `vakt availability` on the command line."""
    app.command("availability")(availability_command)


def availability_command(
    name: Annotated[str, typer.Argument(metavar="CONTRACT|CUSTOMER", help="A customer's key, or a contract's id.")],
    period: Annotated[
        str | None,
        typer.Option("--period", help="2026-11, 2026, or 12m; the contract's own period by default."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, for a program.")] = False,
    language: Annotated[str, typer.Option("--language", help="The language of reasons: en, nb or sv.")] = "en",
    chart: Annotated[
        Path | None,
        typer.Option("--chart", help="Draw a customer's last 12 months into this PNG file.", dir_okay=False),
    ] = None,
) -> None:
    """Tell how available services were: a customer's with every interval, or all customers of a contract."""
    now = SystemClock().now()
    with looking(SAID) as (session, team_id):
        customer = customer_by_key(session, team_id, name)
        if chart is not None:
            _draw(session, customer, chart, language, now)
            return
        if customer is not None:
            found = measured_for(session, customer, period, now)
        else:
            found = measured_under(session, team_id, name, period, now)
        if as_json:
            lines = [prints.measured_json(each) for each in found]
        else:
            _show(prints.pages(found, language) if customer else prints.table(found))
    if as_json:
        for line in lines:
            typer.echo(json.dumps(line, ensure_ascii=False))


def _draw(session: Session, customer: Customer | None, path: Path, language: str, now: datetime) -> None:
    """A customer's last twelve months as a picture; its alternative text is printed."""
    if customer is None:
        fail("--chart draws one customer; name it by its key.", 2)
    try:
        picture = drawn(session, agreements(), customer, Words(language, ZoneInfo("UTC")), now)
    except UserError as error:
        fail(refusal_text(error.facts(now), Words("en", ZoneInfo("UTC"))))
    try:
        path.write_bytes(picture.content)
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}.")
    typer.echo(f"{shown(path)}: {picture.alt}")


def measured_for(session: Session, customer: Customer, text: str | None, now: datetime) -> Sequence[Measured]:
    """A customer's availability in a period."""
    known = agreements()
    contract = known.last_in_force(session, customer, now).contract
    period = period_in(text, contract, now)
    terms = terms_at(session, known, customer, period, now)
    return measure(ground_for(session, customer, period, now), customer, terms, period)


def measured_under(
    session: Session, team_id: str, contract: str, text: str | None, now: datetime
) -> Sequence[Measured]:
    """That of every customer under a contract, each desk's downtime read once."""
    today = customers_under(session, team_id, contract, now.date())
    if not today:
        fail(f'There is no customer "{contract}", and no customer is under a contract of that name today.')
    known = agreements()
    period = period_in(text, known.in_force(session, today[0][0], now).contract, now)
    at = last_instant(period, now)
    grounds: dict[str, Ground] = {}
    found: list[Measured] = []
    for customer, agreement in customers_under(session, team_id, contract, at.date()):
        ground = grounds.get(customer.desk_id) or ground_for(session, customer, period, now)
        grounds[customer.desk_id] = ground
        found += measure(ground, customer, terms_under(session, known, customer, agreement, at), period)
    if not found:
        fail(f"Nobody was under {contract} in {period.key}.")
    return found


def _show(page: RenderableType) -> None:
    """Print as wide as the terminal; wide enough to wrap nothing where there is none."""
    Console(width=None if sys.stdout.isatty() else 200, highlight=False).print(page)
