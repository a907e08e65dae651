"""`vakt announcements`: what was announced, and who was told, when and with which text."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any

import typer

from bot.commands.opened import looking
from models import typed_text
from models.customer import Customer
from models.notice import Notice, notice_by_number, notice_entries, notice_number, notices_at
from models.person import Person
from models.record import with_ids
from models.store import Session
from models.told import NoticeContact, Told, tellings_of

AsJson = Annotated[bool, typer.Option("--json", help="JSON, for a program.")]


def register(app: typer.Typer) -> None:
    """Put `vakt announcements` on the command line."""
    announcements = typer.Typer(help="Notices: what was announced, and who was told.", no_args_is_help=True)
    announcements.callback()(announcement_commands)
    announcements.command("list")(list_command)
    announcements.command("show")(show_command)
    app.add_typer(announcements, name="announcements")


def announcement_commands() -> None:
    """Notices: what was announced, and who was told."""


def list_command(
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many, the newest first.")] = 50,
    *,
    as_json: AsJson = False,
) -> None:
    """List notices, the newest first: each with its state, when it was told, and how many objected."""
    with looking() as (session, team_id):
        found = [_shape(session, each) for each in notices_at(session, team_id, None, limit)]
    for shape in found:
        typer.echo(json.dumps(shape, ensure_ascii=False) if as_json else _line(shape))
    if not found and not as_json:
        typer.echo("No notices.")


def show_command(
    name: Annotated[str, typer.Argument(help='Its name, as "N-4"; or "O-3", "T-12" for who was told of those.')],
    *,
    as_json: AsJson = False,
) -> None:
    """Show everything that was told: to whom, how, when it went out, and the text."""
    about = name.strip().upper()
    with looking() as (session, team_id):
        head, told = _account(session, team_id, about)
    if head is None and not told:
        typer.echo(f"Nothing is known of {about}; vakt announcements list shows the notices.", err=True)
        raise typer.Exit(1)
    if as_json:
        typer.echo(json.dumps({"notice": head, "told": told}, ensure_ascii=False))
        return
    if head is not None:
        typer.echo(_line(head))
        for each in head["history"]:
            typer.echo(f"  {each['at']}  {each['event']}{_by(each['by'])}{_reason(each['text'])}")
    for each in told:
        typer.echo("\n".join(_telling(each)))


def _shape(session: Session, notice: Notice) -> dict[str, Any]:
    entries = notice_entries(session, notice)
    ids = {entry.actor_id for entry in entries if entry.actor_id}
    people = {person.id: person.name for person in with_ids(session, Person, notice.team_id, ids)}
    return {
        "name": notice.name,
        "topic": notice.topic,
        "title": typed_text.read(session, notice.team_id, notice.title_id),
        "state": str(notice.state),
        "effective": notice.effective.isoformat() if notice.effective else None,
        "send_at": _iso(notice.send_at),
        "sent": _iso(notice.sent_at),
        "objections": sum(entry.event == "objected" for entry in entries),
        "history": [
            {
                "at": _iso(entry.at),
                "event": str(entry.event),
                "by": people.get(entry.actor_id or ""),
                "text": typed_text.read(session, notice.team_id, entry.text_id) or None,
            }
            for entry in entries
        ],
    }


def _account(session: Session, team_id: str, about: str) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    number = notice_number(about)
    notice = notice_by_number(session, team_id, number) if number is not None else None
    rows = tellings_of(session, team_id, about)
    receivers = {told.receiver for told, _ in rows}
    names = {person.id: person.name for person in with_ids(session, Person, team_id, receivers)}
    for entry in with_ids(session, NoticeContact, team_id, receivers):
        names[entry.id] = f"{entry.name} <{entry.email}>"
    customers = with_ids(session, Customer, team_id, {told.customer_id for told, _ in rows if told.customer_id})
    of = {customer.id: customer.name for customer in customers}
    told = [_told_shape(session, each, sent_at, names, of) for each, sent_at in rows]
    return (_shape(session, notice) if notice is not None else None), told


def _told_shape(
    session: Session, told: Told, sent_at: datetime | None, names: Mapping[str, str], customers: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "step": told.step,
        "way": str(told.way),
        "to": names.get(told.receiver, told.receiver),
        "customer": customers.get(told.customer_id or ""),
        "language": told.language,
        "owed": _iso(told.owed_at),
        "sent": _iso(sent_at),
        "text": typed_text.read(session, told.team_id, told.text_id),
    }


def _line(shape: Mapping[str, Any]) -> str:
    at = shape["sent"] or shape["send_at"] or "–"
    day = f" · takes effect {shape['effective']}" if shape["effective"] else ""
    objections = f" · {shape['objections']} objected" if shape["objections"] else ""
    return f"{shape['name']}  {shape['topic']}  {shape['state']}  {at}  {shape['title']}{day}{objections}"


def _telling(each: Mapping[str, Any]) -> Iterator[str]:
    of = f" ({each['customer']})" if each["customer"] else ""
    yield f"{each['sent'] or 'not sent yet'}  {each['way']}  {each['to']}{of}  step {each['step']}, {each['language']}"
    yield from (f"    {line}" for line in str(each["text"]).splitlines())


def _by(name: str | None) -> str:
    return f" by {name}" if name else ""


def _reason(text: str | None) -> str:
    return f": {text}" if text else ""


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
