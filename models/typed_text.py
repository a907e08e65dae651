"""Words that a person typed, apart from the facts that refer to them."""

from collections.abc import Mapping

from sqlalchemy import Text
from sqlmodel import Field, Session

from models.ids import new_id
from models.record import Adds, Record


class TypedText(Record, table=True):
    """One text as it was typed; `author_id` is who typed it."""

    __tablename__ = "typed_text"

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True, default_factory=new_id)
    author_id: str | None = None
    body: str = Field(sa_type=Text)


def keep(session: Adds, team_id: str, author_id: str | None, body: str | None) -> str | None:
    """Store a text and give its id; nothing typed is None."""
    if not body:
        return None
    text = TypedText(team_id=team_id, author_id=author_id, body=body)
    session.add(text)
    return text.id


def keep_all(session: Adds, team_id: str, author_id: str | None, texts: Mapping[str, str]) -> dict[str, str]:
    """Store what was typed under several names, and give the ids by these names; nothing typed has none."""
    ids = {name: keep(session, team_id, author_id, body) for name, body in texts.items()}
    return {name: text_id for name, text_id in ids.items() if text_id is not None}


def text_by_id(session: Session, team_id: str, text_id: str | None) -> TypedText | None:
    """The text itself, for whoever adds to it; None when there is none."""
    return session.get(TypedText, (team_id, text_id)) if text_id else None


def read(session: Session, team_id: str, text_id: str | None) -> str:
    """The text as typed, or nothing when there is none (never typed, or forgotten)."""
    if text_id is None:
        return ""
    text = session.get(TypedText, (team_id, text_id))
    return text.body if text else ""
