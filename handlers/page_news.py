"""How what is owed of a page is drawn: to whom it calls, in a channel, and by mail or webhook."""

from handlers import language, page_pictures, second_channels
from handlers.present import Present
from handlers.views import paging
from handlers.views.beside import Plain, page_beside, page_to_address
from handlers.views.blocks import Rendered
from models.joining import joined_to
from models.outbox import Kind, Outgoing
from models.page import Page, PageState
from models.person import names_in


def page(row: Outgoing, here: Present) -> Rendered | None:
    """A page as it is to be read now, by whom it calls; None when it is not to be read any more.

    With those that are said in the same message; of one of those the whole message.
    """
    first = here.session.get(Outgoing, (row.team_id, row.thread_of)) if row.thread_of else row
    others = joined_to(here.session, first) if first else []
    if first is None or not others:
        return _alone(row, here)
    person = here.person(row.team_id, row.conversation)
    facts = page_pictures.gathered_facts(first, others, here, person) if person else None
    return paging.gathered(facts, language.for_person(person)) if person and facts else None


def _alone(row: Outgoing, here: Present) -> Rendered | None:
    person = here.person(row.team_id, row.conversation)
    facts = page_pictures.page_facts(row, here, person) if person else None
    return paging.page(facts, language.for_person(person)) if person and facts else None


def call_out(row: Outgoing, here: Present) -> Rendered | None:
    """What a channel is told of a page, loudly; None when somebody has answered before Slack had it."""
    told_so = page_pictures.call_out_facts(row, here)
    return paging.call_out(told_so.facts, told_so.words) if told_so else None


def beside(row: Outgoing, here: Present) -> Plain | None:
    """A page by mail or webhook; None once Slack has it, and when nobody waits for an answer any more."""
    first, person = second_channels.page_of(here.session, row), second_channels.reader_of(here.session, row)
    address = second_channels.ADDRESS[Kind(row.kind)](person) if person else None
    said = _alone(first, here) if first else None
    if first is None or person is None or not address or said is None:
        return None
    besides = row.args.get(second_channels.BESIDES)
    if _is_answered(first, here, or_passed_on=besides is not None):
        return None
    names = names_in(here.session, row.team_id, "".join(str(block) for block in said.blocks))
    return page_beside(said, address, names, besides, language.for_person(person))


def to_address(row: Outgoing, here: Present) -> Plain | None:
    """A page to the address of a step, by mail or webhook; None once somebody has answered."""
    asked = here.session.get(Page, (row.team_id, str(row.args["page"])))
    told = page_pictures.address_facts(row, asked, here) if asked and asked.state == PageState.PAGING else None
    if told is None:
        return None
    said = paging.to_address(told.facts, told.words)
    names = names_in(here.session, row.team_id, "".join(str(block) for block in said.blocks))
    return page_to_address(said, told.address, names, told.words)


def _is_answered(row: Outgoing, here: Present, *, or_passed_on: bool) -> bool:
    """Whether nobody waits for an answer any more, or (`or_passed_on`) not for that of whom this row called."""
    asked = here.session.get(Page, (row.team_id, str(row.args["page"])))
    if asked is None or asked.state != PageState.PAGING:
        return True
    return or_passed_on and asked.calls[int(row.args["call"])]["until"] is not None
