"""`/maintenance`: a plan checked by every agreement, told when it must be, moved, started and ended.

The portal is used by Nordkonf (Pindena), Fjordvideo (Easymeeting) and Bykommune (Pureservice), the app by everybody.
"""

import re
from datetime import timedelta

import pytest
from sqlmodel import col, select

from handlers.views.names import Action
from models.channel import Channel
from models.customer import Customer
from models.downtime import Downtime
from models.maintenance import Maintenance, Stage, maintenance_entries
from models.ticket import Ticket
from models.told import Told
from sandbox import Message
from sandbox.screens import Modal
from tests.stories.conftest import TEAM, House, oslo
from tests.stories.hooked import hooked
from tests.stories.scenes import forget, hears, presses_old

READERS = ("#nordkonf", "#fjordvideo", "#bykommune")

on_one_wiring = pytest.mark.parametrize("wiring", ["socket-sqlite"])
"""For what a window says: neither the door nor the database has a part in that."""


def plain(said: str) -> str:
    """Words with their times as a screen that cannot draw them shows them, and without formatting."""
    return re.sub(r"<!date\^\d+\^[^|]*\|([^>]*)>", r"\1", said).replace("*", "")


def window(house: House, who: str = "ola") -> Modal:
    """The window, as `/maintenance plan` opens it."""
    person = house.person(who)
    assert person.types("/maintenance plan", in_="#desk").error is None
    return person.modal()


@on_one_wiring
def test_what_is_typed_after_plan_is_the_title_and_stays_while_the_rest_is_chosen(house: House) -> None:
    ola = house.person("ola")
    assert ola.types("/maintenance plan  Portal   upgrade", in_="#desk").error is None
    modal = ola.modal()
    assert modal.values["maintenance.title"]["maintenance.title"]["value"] == "Portal upgrade"
    modal.choose("Services", "Customer portal")
    modal.choose("Starts", oslo("2026-12-05 20:00").isoformat())
    modal.choose("Ends", oslo("2026-12-05 22:00").isoformat())
    modal.waits_for("PI-05")
    assert modal.values["maintenance.title"]["maintenance.title"]["value"] == "Portal upgrade"


def filled(
    house: House,
    start: str,
    end: str,
    *,
    who: str = "ola",
    services: tuple[str, ...] = ("Customer portal",),
    kind: str = "Major upgrade",
    away: bool = True,
    title: str = "Portal upgrade",
) -> Modal:
    """A window filled in, with what the agreements make of it."""
    modal = window(house, who)
    modal.fill("In one line", title)
    modal.choose("Kind", kind)
    modal.choose("Is it unavailable meanwhile?", "Yes" if away else "No")
    modal.choose("Services", *services)
    modal.choose("Starts", oslo(start).isoformat())
    modal.choose("Ends", oslo(end).isoformat())
    settled(house)
    return modal


def settled(house: House) -> None:
    house.slack.idle()
    assert house.vakt.aside.idle(5)


def quiet(house: House) -> None:
    """Nothing was said but the rota's handovers."""
    for heard in house.slack.world.heard:
        heard.expected = heard.expected or "hands over to" in heard.words
    house.slack.sees_nothing_more()


def shown(modal: Modal) -> str:
    return plain(modal.text)


def planned(house: House, modal: Modal) -> str:
    """Submit, and give the number of what was planned."""
    done = modal.submit()
    assert not done.errors, done.errors
    found = re.search(r"M-\d+", modal.person.modal().waits_for("M-").text)
    assert found is not None
    modal.person.modal().close()
    return found[0]


def stored(house: House, name: str) -> Maintenance:
    with house.vakt.database.reading() as session:
        return session.exec(select(Maintenance).where(Maintenance.number == int(name[2:]))).one()


def events(house: House, name: str) -> list[str]:
    with house.vakt.database.reading() as session:
        return [entry.event for entry in maintenance_entries(session, TEAM, int(name[2:]))]


# --- the guard ----------------------------------------------------------------------------------------


@pytest.mark.clause("EM-03")
@pytest.mark.clause("PI-05")
@pytest.mark.clause("PS-11")
def test_the_picture_each_clause_is_judged_and_the_earliest_slot_is_shown(house: House) -> None:
    modal = filled(house, "2026-11-28 20:00", "2026-11-28 22:00")
    said = shown(modal)
    assert "Affects 3 customers · under 3 agreements" in said
    for line in (
        "✗ Easymeeting AS · planned at least 2 weeks ahead · 5 days · EM-03",
        "✗ Easymeeting AS · told at least 1 week ahead · 5 days · EM-03",
        "✗ Pindena · at most 30 min · 2 h · PI-05",
        "✓ Pindena · at most once a quarter · first this quarter · PI-05",
        "✓ Pindena · outside working hours · PI-05",
        "✓ Pureservice AS · in an agreed window, or a major upgrade · major upgrade · PS-11",
        "No slot of 2 h keeps PI-05.",
        "Without Pindena the earliest is Sat 12 Dec 20:00 CET–22:00 CET.",
    ):
        assert line in said, said
    forget(house)


def without_pindena(house: House) -> str:
    """Saturday 12 December 20:00–22:00 for the two who can have it, asked of Per."""
    modal = filled(house, "2026-11-28 20:00", "2026-11-28 22:00")
    modal.click("Use it")
    modal.waits_for("left out: Pindena")
    modal.fill("What users notice", "You cannot sign in for two hours.")
    modal.choose("Who approves it", house.person("per"))
    settled(house)
    return planned(house, modal)


def card(house: House, name: str) -> Message:
    return house.slack.expects(name, in_="#desk", thread=None)


def approved(house: House) -> str:
    """The same, approved, with the desk's own messages out of the way."""
    name = without_pindena(house)
    house.settles()
    per = house.person("per")
    asked = house.slack.expects("asks you to approve maintenance", to=per)
    per.clicks("Approve", on=asked)
    house.settles()
    forget(house)
    return name


def heard_in(house: House, channel: str) -> list[str]:
    """What was said in a channel, with its present words."""
    here = house.slack.channel_id(channel)
    return [plain(one.words) for one in house.slack.world.heard if one.channel == here]


@pytest.mark.clause("EM-03")
def test_taking_the_slot_leaves_them_out_and_asks_the_approver_before_anybody_hears(house: House) -> None:
    name = without_pindena(house)
    house.settles()
    work = stored(house, name)
    assert (work.starts_at, work.ends_at) == (oslo("2026-12-12 20:00"), oslo("2026-12-12 22:00"))
    assert (work.stage, len(work.without), len(work.customers)) == (Stage.ASKED, 1, 2)
    said = plain(card(house, name).words)
    assert "waits for approval" in said
    assert "Per Lind is asked to approve it; nobody is told before." in said
    assert "Tell now" not in said
    forget(house)
    house.moves_to(oslo("2026-11-29 19:00"))  # a day before customers would have been told
    house.slack.expects("Per Lind has not approved M-1", to=house.person("ola"))
    house.slack.expects("asks you to approve maintenance", to=house.person("per"))
    house.moves_to(oslo("2026-12-12 22:00"))
    house.slack.expects("was never started", to=house.person("ola"))
    assert [heard_in(house, channel) for channel in READERS] == [[], [], []]
    forget(house)


@pytest.mark.clause("EM-03")
def test_what_is_approved_too_late_is_told_at_once_and_the_log_says_how_late(house: House) -> None:
    name = without_pindena(house)
    house.settles()
    per = house.person("per")
    asked = house.slack.expects("asks you to approve maintenance", to=per)
    house.moves_to(oslo("2026-12-01 08:00"))
    forget(house)
    per.clicks("Approve", on=asked)
    house.settles()
    house.slack.expects("Told in 2 places · 12 h after the latest moment to tell", in_="#desk")
    house.slack.expects("Portal upgrade", in_="#fjordvideo", thread=None)
    assert events(house, name)[-2:] == ["approved", "told"]
    forget(house)


@pytest.mark.clause("EM-03")
def test_only_the_approver_or_an_administrator_approves_and_once(house: House) -> None:
    name = without_pindena(house)
    house.settles()
    per, ola, sara = (house.person(who) for who in ("per", "ola", "sara"))
    asked = house.slack.expects("asks you to approve maintenance", to=per)
    card_there = card(house, name)
    presses_old(house, ola, card_there, Action.MAINTENANCE_APPROVE, block="b", value=name)
    hears(house, ola, "Per Lind's to approve", in_="#desk")
    assert stored(house, name).stage is Stage.ASKED
    forget(house)
    per.clicks("Approve", on=asked)
    house.settles()
    house.slack.expects("Per Lind approved M-1", to=ola)
    assert stored(house, name).stage is Stage.PLANNED
    assert events(house, name) == ["planned", "approved"]
    forget(house)
    presses_old(house, sara, card_there, Action.MAINTENANCE_DECLINE, block="b", value=name)
    hears(house, sara, "Per Lind", in_="#desk")
    assert stored(house, name).stage is Stage.PLANNED
    forget(house)


@pytest.mark.clause("EM-03")
def test_what_is_not_approved_does_not_take_place(house: House) -> None:
    name = without_pindena(house)
    house.settles()
    per = house.person("per")
    per.clicks("Decline", on=house.slack.expects("asks you to approve maintenance", to=per))
    house.settles()
    house.slack.expects("Per Lind did not approve M-1", to=house.person("ola"))
    assert stored(house, name).stage is Stage.CANCELLED
    house.moves_to(oslo("2026-12-14 08:00"))
    assert [heard_in(house, channel) for channel in READERS] == [[], [], []]
    forget(house)


# --- told ---------------------------------------------------------------------------------------------


@pytest.mark.clause("EM-03")
@pytest.mark.clause("PS-14")
def test_the_notice_goes_out_by_itself_before_it_must_and_the_planner_is_reminded_the_day_before(house: House) -> None:
    name = approved(house)
    assert stored(house, name).latest_at == oslo("2026-11-30 20:00")  # PS-14: ten working days
    house.moves_to(oslo("2026-11-29 18:59"))
    quiet(house)
    house.moves_to(oslo("2026-11-29 19:00"))
    reminded = plain(house.slack.expects("Customers are told", to=house.person("ola")).words)
    assert "Latest moment to tell: Mon 30 Nov 20:00" in reminded
    house.moves_to(oslo("2026-11-30 18:59"))
    quiet(house)
    house.moves_to(oslo("2026-11-30 19:00"))
    for channel in ("#fjordvideo", "#bykommune"):
        told = plain(house.slack.expects("Portal upgrade", in_=channel, thread=None).words)
        assert "Større oppgradering: Portal upgrade" in told
        assert "lør. 12. des. 20:00 CET–22:00 CET" in told
        assert "You cannot sign in for two hours." in told
    assert heard_in(house, "#nordkonf") == []
    with house.vakt.database.reading() as session:
        register = session.exec(select(Told).where(Told.about == name)).all()
    assert sorted((told.step, told.way, told.language) for told in register) == [(0, "channel", "nb")] * 2
    assert events(house, name) == ["planned", "approved", "told"]
    forget(house)


def test_it_is_told_now_when_the_desk_says_so_and_once(house: House) -> None:
    name = approved(house)
    ola = house.person("ola")
    ola.types(f"/maintenance {name}", in_="#desk")
    answer = ola.private_answers(in_="#desk")[-1]
    ola.clicks("Tell now", on=answer)
    house.settles()
    house.slack.expects("Portal upgrade", in_="#fjordvideo", thread=None)
    house.slack.expects("Portal upgrade", in_="#bykommune", thread=None)
    forget(house)
    ola.clicks("Tell now", on=answer)
    hears(house, ola, "was told", in_="#desk")
    house.moves_to(oslo("2026-12-01 20:00"))
    quiet(house)


def told(house: House) -> str:
    """Told, with the messages of that out of the way."""
    name = approved(house)
    house.moves_to(oslo("2026-11-30 19:00"))
    forget(house)
    return name


def posts(house: House, channel: str) -> list[Message]:
    """The announcements in a channel: what stands in no thread."""
    here = house.slack.channel_id(channel)
    found = [
        one
        for one in house.slack.world.heard
        if one.channel == here and one.body.get("thread_ts") in {None, one.body["ts"]}
    ]
    return [Message(house.slack, here, str(one.body["ts"])) for one in found]


@pytest.mark.clause("PS-15")
def test_a_reminder_a_start_and_an_end_in_the_thread_and_the_message_edited_in_place(house: House) -> None:
    name = told(house)
    [post] = posts(house, "#bykommune")
    house.moves_to(oslo("2026-12-11 20:00"))
    house.slack.expects("En påminnelse", in_="#bykommune", thread=post)
    forget(house)
    house.moves_to(oslo("2026-12-12 20:00"))
    ola = house.person("ola")
    due = house.slack.expects("was to begin now", to=ola)
    house.moves_to(oslo("2026-12-12 20:03"))
    ola.clicks("Start", on=due)
    house.settles()
    began = plain(house.slack.expects("Det begynte", in_="#bykommune", thread=post).words)
    assert "enn varslet" not in began  # within five minutes
    house.slack.expects_edit(post, "Pågår")
    forget(house)
    house.moves_to(oslo("2026-12-12 21:57"))
    ola.types(f"/maintenance {name}", in_="#desk")
    ola.clicks("End", on=ola.private_answers(in_="#desk")[-1])
    house.settles()
    house.slack.expects("Det er over", in_="#bykommune", thread=post)
    house.slack.expects_edit(post, "Avsluttet")
    assert len(posts(house, "#bykommune")) == 1
    assert events(house, name)[3:] == ["told_again", "started", "ended"]
    forget(house)
    house.moves_to(oslo("2026-12-14 08:00"))
    quiet(house)


@pytest.mark.clause("PS-15")
def test_starting_late_and_running_over_are_flagged_and_told(house: House) -> None:
    name = told(house)
    [post] = posts(house, "#bykommune")
    ola = house.person("ola")
    house.moves_to(oslo("2026-12-12 20:05"))
    house.slack.expects("Det har ikke begynt til varslet tid", in_="#bykommune", thread=post)
    house.slack.expects("has not begun", to=ola)
    house.moves_to(oslo("2026-12-12 20:20"))
    forget(house)
    ola.types(f"/maintenance {name}", in_="#desk")
    ola.clicks("Start", on=ola.private_answers(in_="#desk")[-1])
    house.settles()
    house.slack.expects("20 min senere enn varslet", in_="#bykommune", thread=post)
    house.slack.expects("20 min later than announced · PS-15", in_="#desk")
    house.moves_to(oslo("2026-12-12 22:05"))
    house.slack.expects("Det tar lengre tid enn varslet", in_="#bykommune", thread=post)
    over = house.slack.expects("runs over", to=ola)
    house.moves_to(oslo("2026-12-12 22:40"))
    ola.clicks("End", on=over)
    house.settles()
    house.slack.expects("40 min senere enn varslet", in_="#bykommune", thread=post)
    flags = [each for each in events(house, name) if each in {"not_started", "overrun"}]
    assert flags == ["not_started", "overrun"]
    forget(house)


def test_a_start_before_the_time_announced_is_flagged(house: House) -> None:
    name = told(house)
    early = house.person("ola")
    early.types(f"/maintenance {name}", in_="#desk")
    early.clicks("Start", on=early.private_answers(in_="#desk")[-1])
    hears(house, early, "more than a day from now", in_="#desk")
    assert stored(house, name).stage is Stage.PLANNED
    house.moves_to(oslo("2026-12-12 19:30"))
    ola = house.person("ola")
    forget(house)
    ola.types(f"/maintenance {name}", in_="#desk")
    answer = ola.private_answers(in_="#desk")[-1]
    ola.clicks("Start", on=answer)
    house.settles()
    house.slack.expects("30 min tidligere enn varslet", in_="#fjordvideo")
    forget(house)
    ola.clicks("Start", on=answer)
    hears(house, ola, "has been under way since", in_="#desk")
    assert events(house, name).count("started") == 1
    forget(house)


def test_whoever_reads_no_channel_is_mailed_by_the_desk_with_a_ready_text(house: House) -> None:
    """Bykommune loses its channel; its signatory is mailed."""
    with house.vakt.database.transaction() as session:
        session.delete(session.exec(select(Channel).where(Channel.id == "C0BYKOM")).one())
    name = approved(house)
    house.moves_to(oslo("2026-11-30 19:00"))
    line = house.slack.expects("To be mailed by the desk", in_="#desk")
    said = plain(line.words)
    assert "Bodil Dahl <bodil.dahl@bykommune.example>" in said
    assert "Større oppgradering: Portal upgrade · lør. 12. des. 20:00–22:00 CET" in said
    house.person("ola").clicks("Sent", on=line)
    house.settles()
    with house.vakt.database.reading() as session:
        mail = session.exec(select(Told).where(Told.about == name, Told.way == "mail")).one()
    assert mail.sent_at == house.now()
    assert events(house, name)[-1] == "mailed"
    forget(house)
    cancels(house, name, "Not needed")
    assert "Bodil Dahl" in plain(house.slack.expects("To be mailed by the desk", in_="#desk").words)
    forget(house)


# --- moved, cancelled ---------------------------------------------------------------------------------


def test_everybody_who_was_told_hears_of_another_time_which_is_checked_anew(house: House) -> None:
    name = told(house)
    [post] = posts(house, "#fjordvideo")
    sara = house.person("sara")
    sara.types(f"/maintenance {name}", in_="#desk")
    sara.clicks("Flytta…", on=sara.private_answers(in_="#desk")[-1])
    modal = sara.modal()
    modal.choose("Börjar", oslo("2026-12-05 20:00").isoformat())
    modal.choose("Slutar", oslo("2026-12-05 22:00").isoformat())
    settled(house)
    assert "EM-03" in modal.submit().errors["maintenance.starts"]
    modal.choose("Börjar", oslo("2026-12-19 20:00").isoformat())
    modal.choose("Slutar", oslo("2026-12-19 22:00").isoformat())
    settled(house)
    assert planned(house, modal) == name
    house.settles()
    moved = plain(house.slack.expects("Flyttet", in_="#fjordvideo", thread=post).words)
    assert "lør. 19. des. 20:00" in moved
    assert "lør. 12. des. 20:00" in moved
    house.slack.expects_edit(post, "19. des.")
    house.slack.expects("Flyttet", in_="#bykommune")
    forget(house)
    house.moves_to(oslo("2026-12-17 20:00"))
    quiet(house)  # nothing of the old time
    house.moves_to(oslo("2026-12-18 20:00"))
    house.slack.expects("En påminnelse", in_="#fjordvideo", thread=post)
    forget(house)


def cancels(house: House, name: str, why: str) -> None:
    ola = house.person("ola")
    ola.types(f"/maintenance {name}", in_="#desk")
    ola.clicks("Cancel…", on=ola.private_answers(in_="#desk")[-1])
    modal = ola.modal()
    modal.fill("Why", why)
    assert not modal.submit().errors
    house.settles()


def test_everybody_who_was_told_hears_that_it_is_off(house: House) -> None:
    name = told(house)
    [post] = posts(house, "#bykommune")
    cancels(house, name, "The vendor <!channel> withdrew the version")
    house.slack.expects("det blir ikke noe av", in_="#bykommune", thread=post)
    house.slack.expects_edit(post, "Avlyst")
    assert "<!channel>" not in str(post.body())
    house.slack.expects("Avlyst", in_="#fjordvideo")
    assert heard_in(house, "#nordkonf") == []
    forget(house)
    house.moves_to(oslo("2026-12-14 08:00"))
    quiet(house)
    ola = house.person("ola")
    ola.types(f"/maintenance {name}", in_="#desk")
    assert "cancelled" in plain(ola.private_answers(in_="#desk")[-1].words)
    forget(house)


def test_nobody_hears_that_something_is_off_of_which_nobody_heard(house: House) -> None:
    name = approved(house)
    cancels(house, name, "Not needed")
    house.moves_to(oslo("2026-12-14 08:00"))
    assert [heard_in(house, channel) for channel in READERS] == [[], [], []]
    forget(house)


# --- broken all the same ------------------------------------------------------------------------------


@pytest.mark.clause("PI-05")
def test_what_breaks_an_agreement_is_refused_with_its_clauses(house: House) -> None:
    modal = filled(house, "2026-11-28 20:00", "2026-11-28 22:00")
    assert "This breaks EM-03, PI-05, PS-14." in modal.submit().errors["maintenance.starts"]
    modal.click("Override… (administrator)")
    settled(house)
    refused = house.person("ola").modal().waits_for("Only an administrator may break an agreement")
    assert "Sara Holm" in refused.text
    forget(house)


@pytest.mark.clause("PI-05")
def test_an_administrator_breaks_it_with_a_reason_and_both_are_shown_in_the_log(house: House) -> None:
    modal = window(house, "sara")
    modal.fill("På en rad", "Portal upgrade")
    modal.choose("Tjänster", "Customer portal")
    modal.choose("Börjar", oslo("2026-11-28 20:00").isoformat())
    modal.choose("Slutar", oslo("2026-11-28 22:00").isoformat())
    settled(house)
    modal.click("Bryt ändå… (administratör)")
    modal.waits_for("Varför det görs ändå")
    assert modal.submit().errors == {"act.reason": "Detta loggas med ett skäl. Skriv det här."}
    modal.fill("Varför det görs ändå", "A hole that is being used")
    name = planned(house, modal)
    house.settles()
    shown_card = plain(card(house, name).words)
    assert "Overridden by Sara Holm: EM-03, PI-05, PS-11. A hole that is being used" in shown_card
    logged = plain(house.slack.expects("Overridden: EM-03, PI-05, PS-11", in_="#desk").words)
    assert "A hole that is being used" in logged
    assert "Sara Holm" in logged
    for channel in READERS:  # its notice is due already, so it goes out at once
        house.slack.expects("Portal upgrade", in_=channel, thread=None)
    work = stored(house, name)
    assert {(each["contract"], each["rule"]) for each in work.broken} == {
        ("easymeeting", "approved"),
        ("easymeeting", "planned"),
        ("easymeeting", "told"),
        ("pindena", "length"),
        ("pureservice", "windows"),
    }
    forget(house)


@pytest.mark.clause("PI-05")
def test_two_hours_are_split_in_half_hours_over_the_quarters(house: House) -> None:
    modal = filled(house, "2026-11-28 20:00", "2026-11-28 22:00")
    modal.choose("Who approves it", house.person("per"))
    settled(house)
    modal.click("Split in parts of 30 min")
    said = plain(modal.waits_for("In 4 parts that keep everything").text)
    assert "Sat 12 Dec 20:00 CET–20:30 CET" in said
    assert "Sat 2 Jan 20:00 CET–20:30 CET" in said
    first = planned(house, modal)
    house.settles()
    with house.vakt.database.reading() as session:
        works = session.exec(select(Maintenance).order_by(col(Maintenance.number))).all()
    assert [(work.name, work.series) for work in works] == [(f"M-{n}", 1) for n in range(1, 5)]
    assert {work.ends_at - work.starts_at for work in works} == {timedelta(minutes=30)}
    assert not any(work.broken for work in works)
    assert first == "M-1"
    forget(house)


@pytest.mark.clause("PI-05")
def test_the_second_in_a_quarter_waits_for_the_next_and_one_that_was_cancelled_does_not_count(house: House) -> None:
    saturday = filled(house, "2026-11-28 20:00", "2026-11-28 20:30", kind="Unplanned maintenance")
    name = planned(house, saturday)
    house.settles()
    forget(house)
    again = filled(house, "2026-12-12 20:00", "2026-12-12 20:30")
    assert "✗ Pindena · at most once a quarter · 1 other this quarter · PI-05" in shown(again)
    assert "The earliest that keeps everything is Sat 2 Jan 20:00 CET–20:30 CET." in shown(again)
    again.close()
    cancels(house, name, "Not needed")
    again = filled(house, "2026-12-12 20:00", "2026-12-12 20:30")
    assert "✓ Pindena · at most once a quarter · first this quarter · PI-05" in shown(again)
    forget(house)


# --- unplanned, for some only -------------------------------------------------------------------------


@pytest.mark.clause("EM-04")
def test_unplanned_maintenance_is_told_at_once_and_never_refused(house: House) -> None:
    modal = filled(house, "2026-11-23 09:30", "2026-11-23 12:00", kind="Unplanned maintenance")
    assert "✓ Easymeeting AS · told at once · EM-04" in shown(modal)
    assert "Broken" not in shown(modal)
    name = planned(house, modal)
    house.settles()
    for channel in READERS:
        post = house.slack.expects("Ikke planlagt vedlikehold", in_=channel, thread=None)
        house.slack.expects_edit(post, "Pågår")
    work = stored(house, name)
    assert (work.stage, work.began_at, work.told_at) == (Stage.RUNNING, oslo("2026-11-23 09:30"), house.now())
    forget(house)


@on_one_wiring
@pytest.mark.clause("EM-26")
def test_a_change_for_chosen_customers_needs_their_consent(house: House) -> None:
    modal = filled(house, "2026-12-12 20:00", "2026-12-12 21:00", kind="Planned maintenance")
    modal.choose("Only for", "Fjordvideo")
    modal.choose("Who approves it", house.person("per"))
    settled(house)
    assert "✗ Easymeeting AS · agreed with the customer · not yet · EM-26" in shown(modal)
    assert "EM-26" in modal.submit().errors["maintenance.agreed"]
    modal.choose("Consent", "Each of them has agreed")
    settled(house)
    assert "✓ Easymeeting AS · agreed with the customer · EM-26" in shown(modal)
    name = planned(house, modal)
    work = stored(house, name)
    assert len(work.only or ()) == len(work.agreed) == len(work.customers) == 1
    house.settles()
    forget(house)


@on_one_wiring
@pytest.mark.clause("HP-10")
def test_planned_downtime_is_told_five_working_days_before(house: House) -> None:
    modal = filled(
        house, "2026-11-27 20:00", "2026-11-27 20:30", services=("App",), kind="Planned maintenance", title="App"
    )
    assert "✓ Heartpace AB · told at least 5 working days ahead · 5 working days · HP-10" not in shown(modal)
    assert "✗ Heartpace AB · told at least 5 working days ahead · 4 working days · HP-10" in shown(modal)
    modal.choose("Starts", oslo("2026-11-30 20:00").isoformat())
    modal.choose("Ends", oslo("2026-11-30 20:30").isoformat())
    settled(house)
    said = shown(modal)
    assert "✓ Heartpace AB · told at least 5 working days ahead · 5 working days · HP-10" in said
    forget(house)


# --- bad input ----------------------------------------------------------------------------------------


@on_one_wiring
def test_an_end_before_the_start_and_a_plan_in_the_past_are_refused_where_they_stand(house: House) -> None:
    modal = filled(house, "2026-12-12 20:00", "2026-12-12 19:00")
    assert "which is not after its start" in shown(modal)
    assert "which is not after its start" in modal.submit().errors["maintenance.ends"]
    modal.choose("Starts", oslo("2026-11-22 20:00").isoformat())
    modal.choose("Ends", oslo("2026-11-24 20:00").isoformat())
    settled(house)
    assert "has passed; what is planned is still to come" in modal.submit().errors["maintenance.starts"]
    modal.choose("Kind", "Unplanned maintenance")
    modal.choose("Starts", oslo("2026-11-21 20:00").isoformat())
    settled(house)
    assert "too long ago" in modal.submit().errors["maintenance.starts"]
    modal.choose("Starts", oslo("2028-11-21 20:00").isoformat())
    modal.choose("Ends", oslo("2028-11-21 21:00").isoformat())
    settled(house)
    assert "more than a year ahead" in modal.submit().errors["maintenance.ends"]
    forget(house)


@on_one_wiring
def test_over_the_end_of_a_quarter_and_over_a_change_of_clocks_it_says_so(house: House) -> None:
    modal = filled(house, "2026-12-31 23:45", "2027-01-01 00:15")
    assert "It ends in another quarter, and counts in the one in which it starts." in shown(modal)
    modal.choose("Starts", oslo("2027-03-28 01:30").isoformat())
    modal.choose("Ends", oslo("2027-03-28 03:30").isoformat())
    settled(house)
    said = shown(modal)
    assert "The clocks change during it; its length is real time." in said
    assert "at most 30 min · 1 h · PI-05" in said  # 01:30 to 03:30 that night is one hour
    forget(house)


@on_one_wiring
def test_two_plans_on_one_service_warn(house: House) -> None:
    name = told(house)
    modal = filled(house, "2026-12-12 21:00", "2026-12-12 23:00", title="Another")
    said = shown(modal)
    assert f"Overlaps {name}, Portal upgrade, Sat 12 Dec 20:00 CET–22:00 CET on the same service." in said
    modal.close()
    other = filled(house, "2026-12-12 21:00", "2026-12-12 23:00", services=("App",), title="Another")
    assert "Overlaps" not in shown(other)
    forget(house)


@on_one_wiring
def test_people_of_customers_do_not_plan(house: House) -> None:
    said = house.person("kari").types("/maintenance plan", in_="#nordkonf").words
    assert "planlegges av folkene" in said
    said = house.person("ola").types("/maintenance M-9", in_="#desk").words
    assert "There is no maintenance M-9 at your desks." in said
    assert "none of the commands" in house.person("ola").types("/maintenance tomorrow", in_="#desk").words
    assert "/maintenance plan" in house.person("ola").types("/maintenance help", in_="#desk").words
    assert "No maintenance is planned." in house.person("ola").types("/maintenance", in_="#desk").words
    forget(house)


# --- what repeats -------------------------------------------------------------------------------------


def test_what_repeats_is_planned_occurrence_by_occurrence_and_each_is_judged(house: House) -> None:
    modal = filled(house, "2027-01-02 20:00", "2027-01-02 20:30", away=False, kind="Planned maintenance")
    modal.choose("Who approves it", house.person("per"))
    modal.fill("Repeats", "FREQ=MONTHLY;BYDAY=1SA;COUNT=3")
    modal.presses_enter("Repeats")
    settled(house)
    assert "3 occurrences are planned · the last Sat 6 Mar 20:00 CET–20:30 CET" in shown(modal)
    planned(house, modal)
    house.settles()
    listed = plain(house.person("ola").types("/maintenance list", in_="#desk").words)
    for when in ("M-1", "Sat 2 Jan 20:00", "M-2", "Sat 6 Feb 20:00", "M-3", "Sat 6 Mar 20:00"):
        assert when in listed
    forget(house)


@on_one_wiring
def test_with_downtime_every_month_breaks_once_a_quarter(house: House) -> None:
    modal = filled(house, "2027-01-02 20:00", "2027-01-02 20:30")
    modal.choose("Who approves it", house.person("per"))
    modal.fill("Repeats", "FREQ=MONTHLY;BYDAY=1SA;COUNT=4")
    modal.presses_enter("Repeats")
    settled(house)
    assert "2 break an agreement" in shown(modal)  # February and March; April is another quarter
    assert "PI-05" in modal.submit().errors["maintenance.starts"]
    forget(house)


@on_one_wiring
@pytest.mark.parametrize(
    ("rule", "says"),
    [("every Monday", "is not understood"), ("FREQ=HOURLY", "an event repeats"), ("FREQ=DAILY;COUNT=3", "")],
)
def test_a_rule_that_cannot_be_read_is_refused(house: House, rule: str, says: str) -> None:
    modal = filled(house, "2027-01-02 20:00", "2027-01-04 20:30", away=False, kind="Minor upgrade")
    modal.fill("Repeats", rule)
    error = modal.submit().errors["maintenance.repeats"]
    assert (says or "before the one before it has ended") in error
    forget(house)


# --- twice --------------------------------------------------------------------------------------------


def test_a_window_submitted_twice_plans_once(house: House) -> None:
    modal = filled(house, "2026-12-12 20:00", "2026-12-12 21:00", away=False, kind="Minor upgrade")
    modal.choose("Who approves it", house.person("per"))
    settled(house)
    assert modal.submit().errors == {}
    with house.vakt.database.reading() as session:
        assert len(session.exec(select(Maintenance)).all()) == 1
    forget(house)


# --- downtime -----------------------------------------------------------------------------------------


def test_its_downtime_is_stored_with_what_it_was(house: House) -> None:
    name = told(house)
    ola = house.person("ola")
    house.moves_to(oslo("2026-12-12 20:00"))
    ola.clicks("Start", on=house.slack.expects("was to begin now", to=ola))
    house.moves_to(oslo("2026-12-12 21:30"))
    ola.types(f"/maintenance {name}", in_="#desk")
    ola.clicks("End", on=ola.private_answers(in_="#desk")[-1])
    house.settles()
    with house.vakt.database.reading() as session:
        [interval] = session.exec(select(Downtime)).all()
    assert (interval.began_at, interval.ended_at) == (oslo("2026-12-12 20:00"), oslo("2026-12-12 21:30"))
    assert (interval.source, interval.maintenance, interval.maintenance_id) == ("maintenance", "major_upgrade", name)
    assert len(interval.customers or ()) == 2  # Nordkonf was left out
    forget(house)


@pytest.mark.clause("PS-11")
def test_what_lies_in_a_customers_own_window_is_downtime_in_a_window_for_that_customer_alone(house: House) -> None:
    with house.vakt.database.transaction() as session:
        theirs = session.exec(select(Customer).where(Customer.key == "bykommune")).one()
        theirs.overrides = {"maintenance.windows": {"sat": ["20:00-24:00"]}}
        bykommune = theirs.id
    modal = filled(house, "2026-12-12 20:00", "2026-12-12 20:30", kind="Planned maintenance")
    assert "✓ Pureservice AS · in an agreed window, or a major upgrade · PS-11" in shown(modal)
    modal.choose("Who approves it", house.person("per"))
    settled(house)
    name = planned(house, modal)
    house.settles()
    per, ola = house.person("per"), house.person("ola")
    per.clicks("Approve", on=house.slack.expects("asks you to approve maintenance", to=per))
    house.moves_to(oslo("2026-12-12 20:00"))
    ola.clicks("Start", on=house.slack.expects("was to begin now", to=ola))
    house.moves_to(oslo("2026-12-12 20:30"))
    ola.types(f"/maintenance {name}", in_="#desk")
    ola.clicks("End", on=ola.private_answers(in_="#desk")[-1])
    house.settles()
    with house.vakt.database.reading() as session:
        kept = {row.maintenance: row.customers for row in session.exec(select(Downtime)).all()}
    assert kept["in_window"] == [bykommune]
    assert len(kept["planned"] or ()) == 2
    forget(house)


@pytest.mark.clause("PS-11", "PS-13")
def test_maintenance_that_counts_as_downtime_is_reported_and_claimed_like_an_outage(house: House) -> None:
    """Five hours that are neither in a window nor a major upgrade: 99.306 % of November."""
    name = planned(house, filled(house, "2026-11-23 09:30", "2026-11-23 14:30", kind="Unplanned maintenance"))
    house.settles()
    nina, ola = house.person("nina"), house.person("ola")
    theirs = house.slack.expects("Ikke planlagt vedlikehold", in_="#bykommune", thread=None)
    nina.clicks("Vi er rammet", on=theirs)
    hears(house, nina, f"Bykommune meldte {name}", in_="#bykommune")
    nina.clicks("Vi er rammet", on=theirs)
    hears(house, nina, f"Bykommune meldte {name}", in_="#bykommune")
    said = ola.types(f"/sla affected nordkonf {name} 2026-11-23T09:35", in_="#desk").words
    assert f"Nordkonf reported {name}" in said
    house.moves_to(oslo("2026-11-23 14:30"))
    ola.types(f"/maintenance {name}", in_="#desk")
    ola.clicks("End", on=ola.private_answers(in_="#desk")[-1])
    house.slack.expects_edit(theirs, "Avsluttet")
    assert "Vi er rammet" not in theirs.words
    forget(house)
    house.moves_to(oslo("2026-11-24 08:00"))
    offer = house.slack.expects("Bykommune kan kreve fradrag for november 2026", to=nina)
    assert "Foreløpig fradrag: 25 % av månedsavgiften" in plain(offer.words)
    forget(house)


# --- alerts -------------------------------------------------------------------------------------------


def running(house: House, *, until: str = "2026-11-23 12:00") -> str:
    """Unplanned work on the portal that goes on now, with its messages out of the way."""
    name = planned(house, filled(house, "2026-11-23 09:30", until, kind="Unplanned maintenance"))
    house.settles()
    forget(house)
    return name


PORTAL = [{"key": "portal", "customer": "fjordvideo", "services": ["portal"], "page": True}]


def tickets(house: House) -> int:
    with house.vakt.database.reading() as session:
        return len(session.exec(select(Ticket)).all())


def test_alerts_on_its_services_are_muted_and_what_still_fires_afterwards_opens(house: House) -> None:
    name = running(house)
    with hooked(house, routes=PORTAL) as hook:
        assert hook.fires("Down", "Slow").status == 202
        assert hook.fires("Down").status == 202
        assert hook.fires("Slow", status="resolved").status == 202
        house.settles()
        quiet(house)
        assert tickets(house) == 0
        ola = house.person("ola")
        ola.types(f"/maintenance {name}", in_="#desk")
        answer = ola.private_answers(in_="#desk")[-1]
        assert "2 alerts were muted" in plain(answer.words)
        ola.clicks("End", on=answer)
        house.settles()
        assert "Down is wrong" in plain(house.slack.expects("T-1", in_="#desk", thread=None).words)
        assert tickets(house) == 1
        house.slack.expects("Down is wrong", to=house.person("sara"))  # paged now
        assert hook.fires("Down", status="resolved").status == 202  # it belongs to the ticket now
        house.settles()
        house.slack.expects("The alert is over", in_="#desk")
    forget(house)


@on_one_wiring
@pytest.mark.parametrize(
    "route",
    [
        {"key": "app", "customer": "fjordvideo", "services": ["app"]},
        {"key": "other", "customer": "talentia", "services": ["portal"]},
        {"key": "none", "customer": "fjordvideo"},
    ],
    ids=["another service", "a customer it does not concern", "no service named"],
)
def test_other_alerts_open_as_always(house: House, route: dict[str, object]) -> None:
    running(house)
    with hooked(house, routes=[route]) as hook:
        assert hook.fires("Down").status == 202
        house.settles()
        assert tickets(house) == 1
    forget(house)


@on_one_wiring
def test_the_label_service_names_the_service_where_the_route_does_not(house: House) -> None:
    running(house)
    with hooked(house, routes=[{"key": "all", "customer": "fjordvideo"}]) as hook:
        assert hook.fires("Down", service="portal").status == 202
        house.settles()
        quiet(house)
        assert tickets(house) == 0
    forget(house)


def test_planned_work_that_nobody_started_mutes_for_its_planned_time_only(house: House) -> None:
    told(house)
    with hooked(house, routes=PORTAL) as hook:
        house.moves_to(oslo("2026-12-12 20:30"))
        forget(house)
        assert hook.fires("Down").status == 202
        house.settles()
        assert tickets(house) == 0
        house.moves_to(oslo("2026-12-12 22:00"))
        assert tickets(house) == 1
    forget(house)
