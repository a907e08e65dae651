"""What was pressed or chosen, and on which ticket."""

from enum import StrEnum
from typing import TypeVar

from handlers.desk import Body
from handlers.errors import UserError
from handlers.fields import value_of
from handlers.payloads import action_of, ticket_number
from handlers.views import names
from handlers.views.facts import Refusal
from models.page import AD_HOC

Kinds = TypeVar("Kinds", bound=StrEnum)


LONGEST_PAGE = 6
"""Digits of a page's number."""


def ticket_of_click(body: Body) -> int:
    """The ticket a pressed element belongs to.

    Raises:
        UserError: it names none, as only a foreign payload can.
    """
    action = action_of(body)
    named = str(action.get("value") or "")
    number = ticket_number(named) or ticket_number(names.ticket_in(str(action.get("block_id") or "")) or "")
    if number is None:
        raise UserError(Refusal.UNKNOWN_TICKET, number=named or "?")
    return number


def ad_hoc_page_of_click(body: Body) -> str | None:
    """The id of the page without a ticket that a pressed button belongs to; None for a ticket's."""
    named = str(action_of(body).get("value") or "")
    return named.removeprefix(AD_HOC) if named.startswith(AD_HOC) else None


def chosen(body: Body) -> str:
    """The value of what was chosen in a select, menu or radio; a person's id for people."""
    return value_of(action_of(body)) or ""


def one_of(kinds: type[Kinds], value: str) -> Kinds:
    """The kind that a pressed element names.

    Raises:
        UserError: there is none of that name now, as on a message of an earlier version.
    """
    try:
        return kinds(value)
    except ValueError as error:
        raise UserError(Refusal.OLD_BUTTON) from error


def page_in(value: str) -> tuple[str, int]:
    """What is turned and to which page, in "T-12:2", "open:0" or "2".

    Raises:
        UserError: that is no page, as only an earlier version or a foreign payload can say.
    """
    named, _, page = value.rpartition(":")
    if not page.isdecimal() or len(page) > LONGEST_PAGE:
        raise UserError(Refusal.OLD_BUTTON)
    return named, int(page)
