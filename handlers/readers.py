"""In whose words somebody reads, there where something was typed or pressed."""

from handlers import language
from handlers.access import Viewer
from handlers.origins import Origin
from handlers.views.words import Words
from models.channel import channel_by_id
from models.store import Session


def words_for(session: Session, viewer: Viewer, origin: Origin) -> Words:
    """The words for who asked: the person's own, else the channel's."""
    channel = channel_by_id(session, origin.team_id, origin.channel or "")
    return language.for_person(viewer.person, channel_language=channel.language if channel else None)
