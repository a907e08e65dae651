"""People: who someone is in Slack, apart from every fact about tickets."""

from sqlalchemy import UniqueConstraint, bindparam
from sqlmodel import Field, Session, select

from models.ids import new_id
from models.record import Record


class Person(Record, table=True):
    """Somebody in one Slack workspace.

    Facts refer to `id`; name, handle and Slack id stand only here, so that forgetting a person
    touches this row and the texts the person typed.
    """

    __table_args__ = (UniqueConstraint("team_id", "slack_user"),)

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True, default_factory=new_id)
    slack_user: str
    name: str
    handle: str = ""
    language: str | None = None
    locale: str | None = None
    zone: str | None = None


def person_by_slack_id(session: Session, team_id: str, slack_user: str) -> Person | None:
    """The person behind a Slack user id, or None when Vakt has never met that person."""
    return session.exec(_BY_SLACK_ID, params={"team": team_id, "slack_user": slack_user}).first()


_BY_SLACK_ID = select(Person).where(Person.team_id == bindparam("team"), Person.slack_user == bindparam("slack_user"))
# Asked for every request: a statement that is made once is compiled and keyed once.
