"""`vakt rehearse oncall`: who would be paged when, if nobody answers, by what is stored now. Nobody is woken."""
# ruff: noqa: FBT002 - Typer's flags are booleans

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from sqlmodel import Session, col, select

from bot.commands.opened import looking
from bot.contracts import agreements
from bot.plainly import fail
from handlers.agreements import NoAgreementError
from handlers.chain import Chain, Place, Turn, plan_of
from models.customer import Agreement, Customer
from models.desk import Desk
from models.escalation import Plan, StepKind
from models.person import Person
from models.sla.clock import AtOnce
from models.sla.contract import Contract, TicketKind
from models.sla.plan import Facts, plans

UNUSABLE = 2


def register(app: typer.Typer) -> None:
    """Put `vakt rehearse` on the command line."""
    rehearse = typer.Typer(help="What Vakt would do, without doing it.", no_args_is_help=True)
    rehearse.callback()(rehearse_commands)
    rehearse.command("oncall")(oncall_command)
    app.add_typer(rehearse, name="rehearse")


def rehearse_commands() -> None:
    """What Vakt would do, without doing it."""


def oncall_command(
    at: Annotated[str, typer.Option("--at", help="When it comes in, where the contract is, such as 2026-12-24T23:00.")],
    contract: Annotated[str, typer.Option("--contract", help="The contract, by its id.")],
    severity: Annotated[str, typer.Option("--severity", help="The class, by its id.")],
    customer: Annotated[str | None, typer.Option("--customer", help="Whose ticket; else the first's.")] = None,
    flag: Annotated[list[str] | None, typer.Option("--flag", help="What the answers flag, as security_breach.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a turn, for a program.")] = False,
) -> None:
    """Tell who would be paged when, if nobody answers. The workspace is read as it is stored; nobody is woken."""
    with looking({NoAgreementError: "{error}"}) as (session, team_id):
        found = _customer(session, team_id, contract, customer)
        lines = list(_rehearsed(session, found, _moment(at), severity, flag or [], as_json=as_json))
    for line in lines:
        typer.echo(line)


def _moment(at: str) -> datetime:
    try:
        return datetime.fromisoformat(at)
    except ValueError:
        fail(f"--at is {at}; write an instant such as 2026-12-24T23:00", UNUSABLE)


def _customer(session: Session, team_id: str, contract: str, key: str | None) -> Customer:
    """Whose ticket it is: the customer named, else the first under that contract."""
    query = (
        select(Customer)
        .join(Agreement, (col(Agreement.team_id) == Customer.team_id) & (col(Agreement.customer_id) == Customer.id))
        .where(Customer.team_id == team_id, Agreement.contract == contract)
        .order_by(col(Customer.key))
    )
    under = list(session.exec(query))
    if not under:
        known = session.exec(select(Agreement.contract).where(Agreement.team_id == team_id).distinct()).all()
        fail(f"no customer is under {contract}; there is {', '.join(sorted(known)) or 'none'}", UNUSABLE)
    found = next((each for each in under if key in {None, each.key}), None)
    if found is None:
        fail(f"{key} is no customer under {contract}; there is {', '.join(each.key for each in under)}", UNUSABLE)
    return found


def _rehearsed(
    session: Session, customer: Customer, at: datetime, severity: str, flags: list[str], *, as_json: bool
) -> Iterator[str]:
    now = at if at.tzinfo else at.replace(tzinfo=UTC)
    contract = agreements().in_force(session, customer, now).contract
    begins = at if at.tzinfo else at.replace(tzinfo=contract.zone)
    known = [each.id for each in contract.severities]
    if severity not in known:
        fail(f"{contract.id} has no class {severity}; there is {', '.join(known)}", UNUSABLE)
    desk = session.get(Desk, (customer.team_id, customer.desk_id))
    if desk is None:
        fail(f"{customer.key} belongs to a desk that is not stored")
    chain = Chain(session, desk, plan_of(session, desk, flags))
    if not as_json:
        yield _head(contract, customer, desk, chain.plan, begins, severity)
    for when, turn in chain.ahead(Place(), (), begins.astimezone(UTC)):
        here = when.astimezone(contract.zone)
        yield (
            json.dumps(_shape(when, turn), ensure_ascii=False) if as_json else f"  {here:%a %H:%M}  {_who(chain, turn)}"
        )


def _head(contract: Contract, customer: Customer, desk: Desk, plan: Plan, begins: datetime, severity: str) -> str:
    by = f"escalation {plan.policy}" if plan.policy else "whoever is on call, then managers"
    line = f"{customer.name} ({contract.id}), {severity}, {begins:%a %Y-%m-%d %H:%M}: desk {desk.key}, {by}"
    if _pages(contract, customer, severity, begins):
        return line
    return f"{line}\n  By itself this class pages nobody then; an alert, or an answer that asks for it, would page:"


def _pages(contract: Contract, customer: Customer, severity: str, at: datetime) -> bool:
    """Whether a fault of that class is paged at once, by its contract."""
    facts = Facts(kind=TicketKind.FAULT, severity=severity)
    planned = plans(contract, facts, at.astimezone(UTC), customer.region)
    return any(each.paged or isinstance(each.promise.target, AtOnce) for each in planned)


def _who(chain: Chain, turn: Turn) -> str:
    """One turn in words."""
    steps = [f"nobody is reached by {_step(chain, step)}" for step in turn.nobody]
    gone = [f"{_named(chain, each)} left Slack" for each in turn.gone]
    if turn.last:
        told = "last resort: the desk's channel is told, and again an hour later"
    elif turn.channel:
        told = f"channel {turn.channel} is told"
    elif turn.group or turn.address:
        told = f"{_reached(turn)}, waits {int(turn.wait / timedelta(minutes=1))} min"
    else:
        told = ", ".join(person.name or person.slack_user for person in turn.people)
        told += f" ({_step(chain, turn.place.step)}), waits {int(turn.wait / timedelta(minutes=1))} min"
    return "; ".join([*steps, *gone, told])


def _reached(turn: Turn) -> str:
    """A step that names no people: who is in a group only Slack knows, and only then."""
    if turn.group is not None:
        return f"whoever is in user group {turn.group.shown} then"
    return f"{turn.address.shown} by {turn.address.kind}" if turn.address else ""


def _step(chain: Chain, step: int) -> str:
    each = chain.plan.steps[step]
    return _named(chain, each.of) if each.kind is StepKind.PERSON else f"{each.kind} {each.of}"


def _named(chain: Chain, person_id: str) -> str:
    person = chain.session.get(Person, (chain.desk.team_id, person_id))
    return person.name if person else person_id


def _shape(when: datetime, turn: Turn) -> dict[str, Any]:
    return {
        "at": when.isoformat(),
        "people": [person.handle or person.slack_user for person in turn.people],
        "channel": turn.channel,
        "group": turn.group.of if turn.group else None,
        "mail": turn.address.of if turn.address and turn.address.kind is StepKind.MAIL else None,
        "webhook": turn.address.shown if turn.address and turn.address.kind is StepKind.WEBHOOK else None,
        "last_resort": turn.last,
        "round": turn.place.round,
        "step": turn.place.step + 1,
        "wait_minutes": int(turn.wait / timedelta(minutes=1)),
        "nobody": [step + 1 for step in turn.nobody],
    }
