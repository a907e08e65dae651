"""A page goes on by itself until somebody acknowledges it: whom it wakes when, and what each is told."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.workspace.escalations import escalation_plan
from bot.workspace.file import EscalationEntry
from handlers.owed import Ledger
from handlers.pages import page_next
from models.desk import Desk, DeskRole
from models.history import Event, Happening, HistoryEntry
from models.outbox import Kind, Outgoing, State
from models.page import Escalation, Page, PageState
from models.person import Person as PersonRecord
from models.sla.contract import Role
from models.stored_rota import StoredRota
from models.ticket import ticket_by_number
from models.timer import Timer, TimerKind
from sandbox import Message
from tests.stories.conftest import House, oslo
from tests.stories.scenes import Opened, opened, presses_old, stored
from tests.stories.test_pindena import QUESTION, STOPPED

NIGHT = oslo("2026-11-28 23:00")
"""A Saturday night."""


@pytest.fixture
def begins_at() -> datetime:
    return NIGHT


def _critical(house: House, summary: str = "Registration is down") -> Opened:
    ticket = opened(house, *STOPPED, by="kari", in_="#nordkonf", summary=summary)
    house.slack.expects("(senior)", in_="#desk", thread=ticket.card)
    return ticket


def _page_to(house: House, handle: str, words: str = "T-1") -> Message:
    return house.slack.expects(words, to=house.person(handle))


def _desk(house: House, **entry: object) -> None:
    """Give the desk an escalation policy, as an import does."""
    made = EscalationEntry.model_validate({"key": "night", **entry})
    with house.vakt.database.transaction() as session:
        ids = {person.handle: person.id for person in session.exec(select(PersonRecord))}
        session.merge(Escalation(team_id=house.slack.team_id, key="night", document=escalation_plan(made, ids).stored))
        session.exec(select(Desk)).one().escalation = "night"


def _page(house: House) -> Page:
    with house.vakt.database.reading() as session:
        return session.exec(select(Page).order_by(col(Page.id).desc())).first()  # type: ignore[return-value]


def _told(house: House, event: Event) -> list[HistoryEntry]:
    with house.vakt.database.reading() as session:
        query = select(HistoryEntry).where(HistoryEntry.event == event)
        return list(session.exec(query.order_by(col(HistoryEntry.position))))


@pytest.mark.clause("PI-06", "PI-09", "PI-16", "PS-16")
def test_a_page_goes_from_on_call_to_the_next_and_to_management_until_somebody_acknowledges(house: House) -> None:
    """Five minutes each, then fifteen; the thread says who, when and why, and the receipts when Slack had it."""
    ticket = _critical(house)
    sara, ingrid, per = (house.person(each) for each in ("sara", "ingrid", "per"))
    first = _page_to(house, "sara")
    assert "Ingrid Berg" in first.words
    assert "Per Lind" in first.words
    house.slack.expects("<@U0SARA> was paged", in_="#desk", thread=ticket.card)
    house.moves(minutes=4)
    house.is_quiet()
    house.moves(minutes=1)
    second = _page_to(house, "ingrid")
    house.slack.expects("<@U0INGRID> was paged", in_="#desk", thread=ticket.card)
    house.slack.expects_edit(first, "inget svar")
    house.slack.expects_edit(first, "Ingrid Berg larmades")
    house.moves(minutes=5)
    third = _page_to(house, "per")
    house.slack.expects("no answer", in_="#desk", thread=ticket.card)
    house.moves(minutes=3)
    per.clicks("Acknowledge", on=third)
    house.slack.expects_edit(third, "acknowledged by you")
    house.slack.expects_edit(third, "Start work, or you are asked again")
    house.slack.expects_edit(second, "Per Lind")
    house.slack.expects("Per Lind acknowledged the page", in_="#desk", thread=ticket.card)
    house.moves(minutes=14)
    house.is_quiet()
    assert [entry.facts["to"] for entry in _told(house, Event.PAGED)] == [
        _id(house, each) for each in ("sara", "ingrid", "per")
    ]
    ola = house.person("ola")
    ola.clicks("Start work", on=ticket.card)
    house.slack.expects_edit(third, "Work has started")
    house.slack.expects_edit(ticket.card, "Work started")
    assert _page(house).state == PageState.ENDED
    ola.types("/ticket T-1", in_="#desk")
    shown = house.slack.expects_private("T-1", to=ola, in_="#desk")
    ola.clicks("Who was told?", on=shown)
    told = ola.modal().waits_for("Who was told?").text
    for words in ("Sara Holm", "Ingrid Berg", "Per Lind", "no answer", "queued", "sent", "acknowledged", "ended"):
        assert words in told, told
    assert sara.id
    assert ingrid.id
    house.moves(hours=2)
    house.is_quiet()


def _id(house: House, handle: str) -> str:
    with house.vakt.database.reading() as session:
        query = select(PersonRecord.id).where(PersonRecord.handle == handle)
        return session.exec(query).one()


@pytest.mark.clause("PS-16")
def test_whoever_acknowledges_and_does_not_begin_is_asked_again_and_then_the_next_is_paged(house: House) -> None:
    """Acknowledging is not starting work: fifteen minutes later somebody asks, and five later goes on."""
    ticket = _critical(house)
    sara = house.person("sara")
    first = _page_to(house, "sara")
    sara.clicks("Kvittera", on=first)
    house.slack.expects_edit(first, "kvitterat av dig")
    house.moves(minutes=15)
    again = _page_to(house, "sara", "arbetet har inte påbörjats")
    house.slack.expects("asked again", in_="#desk", thread=ticket.card)
    house.moves(minutes=1)
    sara.clicks("Kvittera", on=again)
    house.slack.expects_edit(again, "kvitterat av dig")
    house.moves(minutes=15)
    _page_to(house, "sara", "arbetet har inte påbörjats")
    house.moves(minutes=5)
    _page_to(house, "ingrid")
    house.slack.expects("acknowledged, but work did not start", in_="#desk", thread=ticket.card)
    assert _page(house).state == PageState.PAGING
    house.slack.forgets()


def test_i_cannot_and_escalate_now_go_on_at_once_and_who_cannot_is_not_asked_again(house: House) -> None:
    _desk(house, steps=[{"role": "on_call"}, {"person": "sara", "wait": 1}, {"role": "manager"}])
    ticket = _critical(house)
    sara, ingrid = house.person("sara"), house.person("ingrid")
    first = _page_to(house, "sara")
    sara.clicks("Jag kan inte", on=first)
    house.slack.expects_edit(first, "Ingrid Berg larmades")
    second = _page_to(house, "ingrid")
    ingrid.clicks("Eskaler nå", on=second)
    _page_to(house, "per")
    house.slack.expects("passed on", in_="#desk", thread=ticket.card)
    ingrid.clicks("Kvitter", on=second)
    house.slack.expects_edit(second, "kvittert av deg")
    house.is_quiet()


def test_rounds_are_repeated_then_the_channel_is_told_and_told_again_until_somebody_answers(house: House) -> None:
    """Never silence: an hour later, then two, four … and an acknowledgement in the channel ends it."""
    _desk(house, steps=[{"person": "sara", "wait": 2}, {"channel": "C0DESK", "wait": 3}], repeats=1)
    ticket = _critical(house)
    _page_to(house, "sara")
    house.moves(minutes=2)
    house.slack.expects("This needs somebody now", in_="#desk", thread=ticket.card)
    house.moves(minutes=3)
    _page_to(house, "sara")
    house.moves(minutes=2)
    house.slack.expects("This needs somebody now", in_="#desk", thread=ticket.card)
    house.moves(minutes=3)
    last = house.slack.expects("Nobody is left to page", in_="#desk", thread=ticket.card)
    assert "<@U0OLA>" in last.words
    house.moves(minutes=59)
    house.is_quiet()
    house.moves(minutes=1)
    house.slack.expects("Nobody is left to page", in_="#desk", thread=ticket.card)
    house.moves(minutes=119)
    house.is_quiet()
    house.person("ola").clicks("Acknowledge", on=last)
    house.slack.expects("Ola Hansen acknowledged the page", in_="#desk", thread=ticket.card)
    assert _page(house).acknowledged_by == _id(house, "ola")
    house.slack.forgets()


def test_a_policy_that_is_edited_changes_no_page_that_runs(house: House) -> None:
    _desk(house, steps=[{"person": "sara", "wait": 2}, {"person": "per"}])
    _critical(house)
    _page_to(house, "sara")
    _desk(house, steps=[{"person": "ola"}])
    house.moves(minutes=2)
    _page_to(house, "per")
    house.slack.forgets()


def test_nobody_on_call_goes_to_the_next_step_at_once_and_the_channel_says_so(house: House) -> None:
    with house.vakt.database.transaction() as session:
        session.exec(select(Desk)).one().on_call_rota = None
        for row in session.exec(select(DeskRole).where(DeskRole.role == Role.ON_CALL)):
            session.delete(row)
        session.exec(select(Desk)).one().on_call_rota = None
    ticket = _critical(house)
    _page_to(house, "per")
    said = house.slack.expects("Nobody is on call (on call)", in_="#desk", thread=ticket.card)
    assert "Per Lind is paged instead" in said.words
    house.slack.forgets()


@pytest.mark.clause("PS-16")
def test_a_rota_is_asked_who_is_on_call_when_its_step_is_reached(house: House) -> None:
    """The handover is at midnight: who is paged after it is who took over."""
    with house.vakt.database.transaction() as session:
        ids = {person.handle: person.id for person in session.exec(select(PersonRecord))}
        layer = {
            "name": "primary",
            "people": [ids["ola"], ids["ingrid"]],
            "starts": "2026-11-28T00:00:00",
            "rotation": "FREQ=DAILY",
        }
        document = {"key": "drift", "name": "Drift", "zone": "Europe/Oslo", "owner": ids["per"], "layers": [layer]}
        session.add(StoredRota(team_id=house.slack.team_id, key="drift", document=document))
    _desk(house, steps=[{"person": "sara", "wait": 90}, {"rota": "drift"}])
    _critical(house)
    _page_to(house, "sara")
    house.moves(minutes=90)
    _page_to(house, "ingrid")
    house.slack.forgets()


def test_steps_are_taken_in_the_hours_they_are_for(house: House) -> None:
    """Management by day, on-call by night."""
    day, night = {"hours_of": "pindena/work"}, {"outside_hours_of": "pindena/work"}
    _desk(house, steps=[{"role": "manager", **day}, {"person": "ingrid", **night}])
    _critical(house)
    _page_to(house, "ingrid")
    assert [call["to"] for call in _page(house).calls] == [_id(house, "ingrid")]


def test_all_of_a_step_are_paged_together_where_the_policy_says_so(house: House) -> None:
    _desk(house, steps=[{"role": "on_call", "together": True, "wait": 3}, {"role": "manager"}])
    _critical(house)
    first, second = _page_to(house, "sara"), _page_to(house, "ingrid")
    house.moves(minutes=1)
    house.person("sara").clicks("Jag kan inte", on=first)
    house.slack.expects_edit(first, "Du har svarat att du inte kan")
    house.is_quiet()
    house.person("ingrid").clicks("Kvitter", on=second)
    house.slack.expects_edit(first, "kvitterat av Ingrid Berg")
    assert len(_page(house).calls) == 2
    house.moves(minutes=10)
    house.is_quiet()


@pytest.mark.clause("PS-16")
def test_who_left_or_whom_slack_refuses_is_passed_over_with_the_reason(house: House) -> None:
    _desk(house, steps=[{"person": "sara"}, {"person": "ingrid"}, {"role": "manager"}])
    house.slack.changes_account(house.person("sara"), deleted=True)
    house.settles()
    house.slack.fault(
        "chat.postMessage", kind="cannot_dm_bot", times=1, where=lambda args: args.get("channel") == "U0INGRID"
    )
    ticket = _critical(house)
    _page_to(house, "per")
    house.slack.expects("Sara Holm: left Slack", in_="#desk", thread=ticket.card)
    house.slack.expects("Ingrid Berg: Slack did not take the message", in_="#desk", thread=ticket.card)
    assert [call["to"] for call in _page(house).calls] == [_id(house, each) for each in ("ingrid", "per")]
    house.slack.forgets()


@pytest.mark.clause("PS-16")
def test_a_page_that_waits_for_somebody_who_leaves_goes_on_at_once(house: House) -> None:
    ticket = _critical(house)
    _page_to(house, "sara")
    house.moves(minutes=1)
    house.slack.changes_account(house.person("sara"), deleted=True)
    house.slack.idle()
    house.settles()
    _page_to(house, "ingrid")
    house.slack.expects("Sara Holm: left Slack", in_="#desk", thread=ticket.card)
    house.slack.forgets()


def test_resolving_ends_the_paging_and_so_does_leaving_it_until_the_next_opening(house: House) -> None:
    ticket = _critical(house)
    page = _page_to(house, "sara")
    ola = house.person("ola")
    ola.clicks("Resolve", on=ticket.card)
    ola.modal().fill("Outcome", "Oppe igjen").submit()
    house.slack.expects_edit(page, "Ärendet är löst")
    house.slack.expects("Oppe igjen", in_="#nordkonf", thread=ticket.theirs)
    house.moves(hours=3)
    house.is_quiet()
    with house.vakt.database.reading() as session:
        assert not session.exec(select(Timer).where(Timer.kind == TimerKind.PAGE)).all()
    assert stored(house, "T-1").ended


@pytest.mark.parametrize("action", ["page.acknowledge", "page.decline", "page.escalate"])
def test_nobody_is_paged_for_what_was_resolved_before_anybody_was(house: House, action: str) -> None:
    """By a button that never stood there, or by a timer that comes too late."""
    ticket = opened(house, by="kari", in_="#nordkonf", kind=QUESTION)
    ola = house.person("ola")
    ola.clicks("Resolve", on=ticket.card)
    ola.modal().fill("Outcome", "On the front page").submit()
    house.settles()
    presses_old(house, ola, ticket.card, action, block="page:T-1", value="T-1")
    house.slack.expects_private("T-1 is resolved", to=ola)
    with house.vakt.database.transaction() as session:
        team_id = house.slack.team_id
        session.add(Timer(team_id=team_id, kind=TimerKind.PAGE, ticket_number=1, due_at=house.now()))
    house.moves(minutes=1)
    with house.vakt.database.reading() as session:
        assert not session.exec(select(Page)).all()
        assert not session.exec(select(Timer).where(Timer.kind == TimerKind.PAGE)).all()
    house.slack.forgets()


def test_several_open_pages_are_gathered_in_the_newest_message(house: House) -> None:
    _critical(house, "First one")
    first = _page_to(house, "sara", "T-1")
    opened(house, *STOPPED, by="kari", in_="#nordkonf", summary="Second one")
    second = _page_to(house, "sara", "T-2")
    house.slack.expects_edit(second, "First one")
    house.person("sara").clicks("Kvittera", on=first)
    house.slack.expects_edit(first, "kvitterat av dig")
    house.settles()
    assert "First one" not in second.words
    house.slack.forgets()


def test_an_ad_hoc_page_wakes_whom_it_names_then_the_desks_chain_and_is_acknowledged(house: House) -> None:
    ola, ingrid, sara = (house.person(each) for each in ("ola", "ingrid", "sara"))
    answer = ola.types("/page <@U0INGRID> The fire alarm rings", in_="#desk").words
    assert "Ingrid Berg is paged now" in answer
    assert "Sara Holm" in answer
    page = _page_to(house, "ingrid", "The fire alarm rings")
    house.moves(minutes=5)
    second = _page_to(house, "sara", "The fire alarm rings")
    sara.clicks("Kvittera", on=second)
    house.slack.expects_edit(second, "kvitterat av dig")
    house.slack.expects_edit(page, "kvittert av Sara Holm")
    house.moves(hours=3)
    house.is_quiet()
    assert ingrid.id


def test_a_page_without_words_or_to_nobody_is_refused_and_customers_page_nobody(house: House) -> None:
    ola, kari = house.person("ola"), house.person("kari")
    assert "what it is about" in ola.types("/page on_call", in_="#desk").words
    assert "Nobody is reached by" in ola.types("/page fridge It is open", in_="#desk").words
    assert "Nobody is reached by" in ola.types("/page <@U0KARI> Hello", in_="#desk").words
    assert "/page" not in kari.types("/ticket help", in_="#nordkonf").words
    assert "/page" in ola.types("/ticket help", in_="#desk").words
    kari.types("/page on_call Help", in_="#nordkonf")
    with house.vakt.database.reading() as session:
        assert not session.exec(select(Page)).all()
        assert not session.exec(select(Outgoing).where(Outgoing.kind == Kind.PAGE)).all()
    house.slack.forgets()


def test_the_auditor_arms_an_open_page_that_has_no_timer(house: House) -> None:
    ticket = _critical(house)
    _page_to(house, "sara")
    house.settles()
    with house.vakt.database.transaction() as session:
        for timer in session.exec(select(Timer).where(Timer.kind == TimerKind.PAGE)):
            session.delete(timer)
    found = [finding.kind for finding in house.vakt.auditor.look()]
    assert found == ["missing_page_timer"]
    house.slack.expects("1 open page had no timer", in_="#desk", thread=None)
    house.moves(minutes=5)
    _page_to(house, "ingrid")
    assert ticket.name
    house.slack.forgets()


BREACH = (("Mistenker du at noen har fått tilgang til data de ikke skal se?", "Ja"),)
NOBODY_CAN = (
    ("Mistenker du at noen har fått tilgang til data de ikke skal se?", "Nei"),
    ("Kan noen av brukerne deres logge inn og bruke tjenesten?", "Nei, ingen"),
)


@pytest.mark.clause("PS-16")
def test_nobody_can_log_in_at_night_pages_at_once_though_the_agreements_clock_waits(house: House) -> None:
    """PS-01 stands until 08:00 on Monday; the page says both, and acknowledging it starts nothing."""
    opened(house, *NOBODY_CAN, by="nina", in_="#bykommune", summary="Ingen kommer inn")
    page = _page_to(house, "sara")
    monday = int(oslo("2026-11-30 08:00").timestamp())
    assert f"Avtalets klocka startar <!date^{monday}" in page.words
    house.person("sara").clicks("Kvittera", on=page)
    house.slack.expects_edit(page, "Ärendets klocka går")
    assert f"<!date^{monday}" in page.words
    assert stored(house, "T-1").work_started_at is None
    house.slack.forgets()


@pytest.mark.clause("PS-17")
def test_a_suspected_breach_pages_those_named_for_it_and_says_nothing_of_it_in_a_channel(house: House) -> None:
    """Its own policy, as the desk has one for what the answers flag; the channel hears the number alone."""
    _desk(house, steps=[{"person": "ingrid", "wait": 2}])
    with house.vakt.database.transaction() as session:
        desk = session.exec(select(Desk)).one()
        desk.escalation, desk.escalations_for = None, {"security_breach": "night"}
    house.opens(house.person("nina"), "Noen har lest alt", *BREACH, in_="#bykommune", card=False)
    page = _page_to(house, "ingrid")
    assert "Noen har lest alt" in page.words
    house.moves(minutes=2)
    said = house.slack.expects("Nobody is left to page", in_="#desk", thread=None)
    assert "T-1" in said.words
    heard = [one for one in house.slack.world.heard if one.channel == "C0DESK"]
    assert all("lest alt" not in str(one.body) for one in heard)
    house.slack.forgets()


@pytest.mark.clause("EM-19")
def test_what_watches_pages_whoever_is_on_call_outside_hours_too(house: House) -> None:
    """Whatever finds that something is wrong calls the same door; asked for again, the page goes on as it is."""
    ticket = opened(house, by="marit", in_="#fjordvideo", kind="Noe virker ikke", summary="Broen svarer ikke")
    for _ in range(2):
        with house.vakt.database.transaction() as session:
            found = ticket_by_number(session, house.slack.team_id, ticket.number, lock=True)
            assert found is not None
            happening = Happening(event=Event.PAGED, at=house.now(), facts={"clause": "EM-19"})
            page_next(Ledger(session, house.vakt.desk.machine_now()), found, happening)
        house.settles()
    _page_to(house, "sara", "Broen svarer ikke")
    house.slack.expects("is paged already", in_="#desk", thread=ticket.card)
    house.moves(minutes=4)
    house.slack.forgets()
    house.moves(minutes=1)
    _page_to(house, "ingrid", "Broen svarer ikke")
    house.slack.forgets()


def test_a_page_for_a_ticket_that_is_worked_on_already_ends_when_it_is_acknowledged(house: House) -> None:
    ticket = opened(house, by="marit", in_="#fjordvideo", kind="Noe virker ikke", summary="Broen svarer ikke")
    house.person("ola").clicks("Start work", on=ticket.card)
    house.slack.expects_edit(ticket.card, "Work started")
    with house.vakt.database.transaction() as session:
        found = ticket_by_number(session, house.slack.team_id, ticket.number, lock=True)
        assert found is not None
        happening = Happening(event=Event.PAGED, at=house.now())
        page_next(Ledger(session, house.vakt.desk.machine_now()), found, happening)
    page = _page_to(house, "sara", "Broen svarer ikke")
    assert "Påbörja arbetet" not in page.words
    house.person("sara").clicks("Kvittera", on=page)
    house.slack.expects_edit(page, "kvitterat av dig")
    assert _page(house).state == PageState.ENDED
    house.moves(hours=1)
    house.is_quiet()


def test_a_command_that_slack_delivers_twice_pages_once(house: House) -> None:
    house.slack.fault("slash_commands", kind="duplicate")
    house.person("ola").types("/page <@U0INGRID> The fire alarm rings", in_="#desk")
    _page_to(house, "ingrid", "The fire alarm rings")
    house.settles()
    with house.vakt.database.reading() as session:
        assert len(session.exec(select(Page)).all()) == 1
    house.slack.forgets()


def test_nobody_is_woken_for_what_was_begun_before_slack_had_the_message(house: House) -> None:
    """Slack was away when it came in; somebody at the desk saw it and began."""
    house.slack.fault("chat.postMessage", kind="503", times=99, where=lambda args: args.get("channel") == "U0SARA")
    ticket = opened(house, *STOPPED, by="kari", in_="#nordkonf", summary="Registration is down")
    assert house.slack.until(lambda: _page(house) is not None, 10)
    house.person("ola").clicks("Start work", on=ticket.card)
    house.slack.expects_edit(ticket.card, "Work started")
    house.settles()
    with house.vakt.database.reading() as session:
        row = session.exec(select(Outgoing).where(Outgoing.kind == Kind.PAGE)).one()
    assert (row.state, row.ts) == (State.DROPPED, None), row
    house.slack.forgets()


def test_a_press_that_comes_too_late_is_told_so_and_changes_nothing(house: House) -> None:
    """Who was first, that it has gone on, or that it is over: each in private, nothing is done twice."""
    ticket = _critical(house)
    sara, ingrid = house.person("sara"), house.person("ingrid")
    first = _page_to(house, "sara")
    house.moves(minutes=5)
    second = _page_to(house, "ingrid")
    presses_old(house, sara, first, "page.decline", block="page:T-1", value="T-1")
    house.slack.expects_private("har redan gått vidare", to=sara)
    ingrid.clicks("Kvitter", on=second)
    house.slack.expects("Ingrid Berg acknowledged", in_="#desk", thread=ticket.card)
    presses_old(house, sara, first, "page.acknowledge", block="page:T-1", value="T-1")
    house.slack.expects_private("Ingrid Berg var först", to=sara)
    house.person("ola").clicks("Start work", on=ticket.card)
    house.slack.expects_edit(second, "Arbeidet er")
    before = len(_told(house, Event.PAGED)), len(_told(house, Event.ACKNOWLEDGED))
    presses_old(house, sara, first, "page.escalate", block="page:T-1", value="T-1")
    house.slack.expects_private("Det larmet var slut", to=sara)
    assert (len(_told(house, Event.PAGED)), len(_told(house, Event.ACKNOWLEDGED))) == before == (2, 1)
    house.slack.forgets()


def test_a_page_by_hand_is_answered_once_and_by_nobody_from_outside(house: House) -> None:
    ola, sara, kari = (house.person(each) for each in ("ola", "sara", "kari"))
    ola.types("/page <@U0SARA> The fire alarm rings", in_="#desk")
    page = _page_to(house, "sara", "The fire alarm rings")
    value = _page(house).name
    theirs = opened(house, by="kari", in_="#nordkonf", kind="Et spørsmål").theirs
    presses_old(house, kari, theirs, "page.acknowledge", block="page:x", value=value)
    assert _page(house).state == PageState.PAGING
    house.slack.forgets()
    sara.clicks("Eskalera nu", on=page)
    second = _page_to(house, "ingrid", "The fire alarm rings")
    house.person("ingrid").clicks("Kvitter", on=second)
    house.slack.expects_edit(second, "kvittert av deg")
    presses_old(house, sara, page, "page.acknowledge", block="page:x", value=value)
    house.slack.expects_private("Ingrid Berg var först", to=sara)
    assert "500" in ola.types(f"/page on_call {'x' * 501}", in_="#desk").words
    house.slack.forgets()


@pytest.mark.clause("PS-16")
def test_what_fell_due_while_vakt_was_down_goes_on_by_one_step_when_it_is_back(house: House) -> None:
    """An hour away: the next is paged then, with all of the time to answer; nobody in between was asked in vain."""
    _critical(house)
    _page_to(house, "sara")
    house.settles()
    house.slack.clock.set((NIGHT + timedelta(hours=1)).astimezone(UTC))
    house.settles()
    _page_to(house, "ingrid")
    assert [call["to"] for call in _page(house).calls] == [_id(house, "sara"), _id(house, "ingrid")]
    assert _page(house).next_at == NIGHT + timedelta(hours=1, minutes=5)
    house.slack.forgets()


def _lowers(house: House, ticket: Opened, to: str = "Minor (PI-03)") -> None:
    ola = house.person("ola")
    ola.clicks("Severity…", on=ticket.card)
    ola.modal().choose("Class", to).fill("Reason", "Bare treg").submit()
    house.slack.expects("Bare treg", in_="#nordkonf", thread=ticket.theirs)


@pytest.mark.clause("PI-06")
def test_a_class_that_pages_nobody_ends_the_page_that_the_class_before_it_began(house: House) -> None:
    """Whoever was woken reads why in the message; nobody else is woken, and raising it again pages anew."""
    ticket = _critical(house)
    page = _page_to(house, "sara")
    house.moves(minutes=2)
    _lowers(house, ticket)
    house.slack.expects_edit(page, "Klassen är nu Mindre allvarlig")
    assert (_page(house).state, _page(house).ended_why) == (PageState.ENDED, "reclassified")
    house.moves(hours=3)
    house.is_quiet()
    _lowers(house, ticket, "Critical (PI-01)")
    _page_to(house, "sara")
    house.slack.forgets()


def test_a_page_that_somebody_asked_for_goes_on_whatever_the_class_becomes(house: House) -> None:
    """Its messages show the new class."""
    ticket = _critical(house)
    page = _page_to(house, "sara")
    with house.vakt.database.transaction() as session:
        found = ticket_by_number(session, house.slack.team_id, ticket.number, lock=True)
        assert found is not None
        happening = Happening(event=Event.PAGED, at=house.now(), actor_id=_id(house, "ola"))
        page_next(Ledger(session, house.vakt.desk.machine_now()), found, happening)
    house.settles()
    _lowers(house, ticket)
    house.slack.expects_edit(page, "T-1 · Mindre allvarlig")
    assert _page(house).state == PageState.PAGING
    house.moves(minutes=5)
    _page_to(house, "ingrid")
    house.slack.forgets()
