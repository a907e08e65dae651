"""People: who someone is in Slack, apart from every fact about tickets."""

import re
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import JSON, Column, UniqueConstraint, bindparam, inspect
from sqlmodel import Field, Session, col, select

from models.ids import new_id
from models.record import BY_KEY, Record

MENTION = re.compile(r"<@(\w+)[|>]")


class Person(Record, table=True):
    """Somebody in one Slack workspace.

    Facts refer to `id`; name, handle, Slack id and other addresses stand only here, so that forgetting
    a person touches this row and the texts the person typed. `left_at` is when we learned that the
    account is no member's any more: nobody pages it, and no rota counts on it from then on. `notify` are
    the person's own rules for being paged: by which second channels ("mail", "webhook") a page goes beside Slack,
    each after how many minutes without an answer. By others, and without rules, only where Slack does not take it.
    """

    __table_args__ = (UniqueConstraint("team_id", "slack_user"), BY_KEY)

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True, default_factory=new_id)
    slack_user: str
    name: str
    handle: str = ""
    language: str | None = None
    locale: str | None = None
    zone: str | None = None
    email: str | None = None
    webhook: str | None = None
    notify: dict[str, int] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    left_at: datetime | None = None


def names_in(session: Session, team_id: str, text: str) -> dict[str, str]:
    """The names of the people whom a Slack text mentions ("<@U1>"), by Slack id, as far as they are known."""
    mentioned = sorted(set(MENTION.findall(text)))
    if not mentioned:
        return {}
    query = select(Person).where(Person.team_id == team_id, col(Person.slack_user).in_(mentioned))
    return {person.slack_user: person.name for person in session.exec(query) if person.name}


def sender_id(kind: str, name: str) -> str:
    """What stands in the place of a person's id where a hook or a missing beat reported something."""
    return f"{kind}:{name}"


def sender_name(person_id: str) -> str | None:
    """The name of a sender that is no person: "hook prometheus". None for a person's id."""
    kind, colon, name = person_id.partition(":")
    return f"{kind} {name}" if colon else None


def is_new(person: Person) -> bool:
    """Whether somebody was never stored."""
    return bool(inspect(person).transient)


def person_by_slack_id(session: Session, team_id: str, slack_user: str) -> Person | None:
    """The person behind a Slack user id, or None when Vakt has never met that person."""
    return session.exec(_BY_SLACK_ID, params={"team": team_id, "slack_user": slack_user}).first()


def people_met(session: Session, team_id: str, slack_users: Collection[str]) -> list[Person]:
    """The people behind these Slack user ids, those whom Vakt has met."""
    return list(session.exec(select(Person).where(Person.team_id == team_id, col(Person.slack_user).in_(slack_users))))


def departures_among(session: Session, team_id: str, ids: Collection[str]) -> dict[str, datetime]:
    """Who of these is no longer there, and since when."""
    query = select(Person.id, Person.left_at).where(
        Person.team_id == team_id, col(Person.id).in_(sorted(ids)), col(Person.left_at).is_not(None)
    )
    return {person_id: left_at for person_id, left_at in session.exec(query) if left_at}


_BY_SLACK_ID = select(Person).where(Person.team_id == bindparam("team"), Person.slack_user == bindparam("slack_user"))
# Asked for every request: a statement that is made once is compiled and keyed once.
