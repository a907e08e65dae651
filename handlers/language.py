"""In which language and zone somebody reads.

What the contract forces, else the person's own setting, else the channel's, else Slack's locale,
else English. Channel posts follow the channel; modals and private answers follow the person.
"""

from zoneinfo import ZoneInfo

from handlers.views.words import LANGUAGES, Words
from models.channel import Channel
from models.customer import Customer
from models.desk import Desk
from models.person import Person
from models.sla.contract import Contract
from models.store import Session

FROM_LOCALE = {"nb": "nb", "no": "nb", "nn": "nb", "sv": "sv", "en": "en"}


UNKNOWN_READER = Words("en", ZoneInfo("Europe/Oslo"))
"""For somebody of whom nothing can be known."""


def language_of_locale(locale: str | None) -> str | None:
    """The language Vakt speaks for a locale as Slack names it ("nb-NO"), None when it speaks none."""
    return FROM_LOCALE.get((locale or "").replace("_", "-").partition("-")[0].lower())


def for_person(
    person: Person,
    *,
    channel_language: str | None = None,
    forced: str | None = None,
    zone: ZoneInfo | None = None,
) -> Words:
    """The words for one reader. `zone` is used where Slack has not told the person's own."""
    language = forced or person.language or channel_language or language_of_locale(person.locale) or "en"
    own = ZoneInfo(person.zone) if person.zone else None
    return Words(_spoken(language), own or zone or ZoneInfo("Europe/Oslo"))


def for_customer_channel(contract: Contract, customer: Customer, channel: Channel | None) -> Words:
    """The words for what a customer's channel reads. Source: PS-05."""
    language = (
        contract.forced_language or (channel.language if channel else None) or customer.language or contract.language
    )
    return Words(_spoken(language), contract.zone)


def for_desk_channel(contract: Contract, desk: Desk) -> Words:
    """The words for what the desk's channel reads."""
    return Words(_spoken(desk.language), contract.zone)


def for_desk(session: Session, contract: Contract, team_id: str, desk_id: str) -> Words:
    """The same, by the desk's id."""
    desk = session.get(Desk, (team_id, desk_id))
    return for_desk_channel(contract, desk) if desk else UNKNOWN_READER


def spoken(language: str) -> Words:
    """The words for what is in no contract's zone."""
    return Words(_spoken(language), UNKNOWN_READER.zone)


def _spoken(language: str) -> str:
    return language if language in LANGUAGES else "en"
