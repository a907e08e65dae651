"""Outages: declared with a word, announced to those who use it in their language, told on, ended everywhere."""

import json
from datetime import datetime

import pytest
from sqlmodel import select

from models import typed_text
from models.affected import reports_of
from models.desk import Desk
from models.downtime import Scope, downtime_of_outage
from models.outage import Outage, OutageEvent, outage_by_number, outage_entries
from models.outbox import Outgoing
from models.told import tellings_of
from sandbox import Message
from sandbox.screens import Modal
from tests.stories.conftest import OSLO, TEAM, House, oslo
from tests.stories.scenes import deletes, hears, opened, stored


def declares(
    house: House, title: str = "Signing in fails", *services: str, announce: bool = True, **fields: str
) -> Modal:
    """Fill in the first window, as Ola; gives the preview."""
    ola = house.person("ola")
    assert ola.types("/outage", in_="#desk").error is None
    modal = ola.modal()
    modal.fill("outage.title", title)
    modal.choose("about.services", *(services or ("App",)))
    for field, value in fields.items():
        if field.startswith("extra__"):
            modal.fill(field.replace("__", ":"), value)
        else:
            modal.choose(f"outage.{field}", value)
    if not announce:
        modal.choose("outage.announce")
    submitted = modal.submit()
    assert not submitted.errors, submitted.errors
    return ola.modal()


def declared(house: House, *services: str, title: str = "Signing in fails") -> Message:
    """An outage, announced; gives the desk's card."""
    preview = declares(house, title, *services)
    assert not preview.submit().errors
    return house.slack.expects(f"O-1 · {title}", in_="#desk", thread=None)


def outage(house: House, number: int = 1) -> Outage:
    with house.vakt.database.reading() as session:
        found = outage_by_number(session, TEAM, number)
        assert found is not None
        return found


def happened(house: House, number: int = 1) -> list[str]:
    with house.vakt.database.reading() as session:
        return [entry.event for entry in outage_entries(session, TEAM, number)]


CHANNELS = ("#acme", "#nordkonf", "#talentia", "#fjordvideo", "#bykommune")


def announced(house: House, words: str) -> dict[str, Message]:
    """The announcement in each customer's channel."""
    return {channel: house.slack.expects(words, in_=channel, thread=None) for channel in CHANNELS}


@pytest.mark.clause("HP-07", "PS-05")
def test_an_outage_reaches_every_channel_in_its_language_and_ends_everywhere(house: House) -> None:
    """The announcement is edited in place, each update and the end are one line in its thread."""
    preview = declares(house)
    assert "5 channels" in preview.text
    assert "Norsk bokmål 3" in preview.text
    assert "Svenska 2" in preview.text
    assert not preview.submit().errors
    card = house.slack.expects("O-1 · Signing in fails", in_="#desk", thread=None)
    told = announced(house, "Signing in fails")
    assert "Avbrott: Signing in fails" in told["#acme"].words
    assert "Driftsstans: Signing in fails" in told["#bykommune"].words
    assert "utreds" in told["#talentia"].words
    assert "Nästa besked senast" in told["#talentia"].words
    house.moves(minutes=18)
    house.slack.expects("the next update is promised by", to=house.person("ola"))
    updates(house, card, "The identity provider answers again for some", cause="An expired certificate")
    for channel, message in told.items():
        house.slack.expects("The identity provider answers again", in_=channel, thread=message)
        house.slack.expects_edit(message, "An expired certificate")
    house.slack.expects_edit(card, "An expired certificate")
    house.moves(minutes=20)
    house.slack.expects("the next update is promised by", to=house.person("ola"))
    ends(house, card, "Please sign in again")
    for channel, message in told.items():
        house.slack.expects("38 min", in_=channel, thread=message)
        house.slack.expects_edit(message, "38 min")
        assert "We are affected" not in message.words
    house.slack.expects_edit(card, "38 min")
    assert happened(house) == ["declared", "announced", "reminded", "updated", "reminded", "ended"]
    with house.vakt.database.reading() as session:
        [downtime] = downtime_of_outage(session, TEAM, "O-1")
        assert downtime.began_at == oslo("2026-11-23 09:40")
        assert downtime.ended_at == oslo("2026-11-23 10:18")
        assert downtime.scope == Scope.ALL_USERS
    house.is_quiet()


def updates(house: House, card: Message, text: str, *, who: str = "ola", button: str = "Update", **fields: str) -> None:
    person = house.person(who)
    person.clicks(button, on=card)
    modal = person.modal()
    modal.fill("act.text", text)
    for field, value in fields.items():
        (modal.choose if field == "scope" else modal.fill)(f"outage.{field}", value)
    submitted = modal.submit()
    assert not submitted.errors, submitted.errors


def ends(house: House, card: Message, text: str = "", *, who: str = "ola") -> None:
    person = house.person(who)
    person.clicks("End", on=card)
    modal = person.modal()
    modal.fill("act.text", text)
    submitted = modal.submit()
    assert not submitted.errors, submitted.errors


@pytest.mark.clause("PS-08")
def test_everybody_who_was_told_stands_in_the_register_with_the_text(house: House) -> None:
    card = declared(house)
    announced(house, "Signing in fails")
    house.settles()
    with house.vakt.database.reading() as session:
        told = tellings_of(session, TEAM, "O-1")
        assert {telling.receiver for telling, _ in told} == {
            "C0ACME", "C0NORDKONF", "C0TALENTIA", "C0FJORD", "C0BYKOM",
        }  # fmt: skip
        assert all(sent_at is not None for _, sent_at in told)
        texts = {telling.language: typed_text.read(session, TEAM, telling.text_id) for telling, _ in told}
    assert texts["sv"].startswith("Avbrott: Signing in fails, sedan Mon 23 Nov"[:33])
    assert "under utredning" in texts["nb"]
    ola = house.person("ola")
    ola.clicks("Everything about it", on=card)
    shown = ola.modal().waits_for("Who was told")
    assert "<#C0BYKOM>" in shown.text
    house.is_quiet()


@pytest.mark.clause("PS-13")
def test_we_are_affected_is_the_customers_report_with_person_and_time(house: House) -> None:
    card = declared(house)
    told = announced(house, "Signing in fails")
    house.moves(minutes=3)
    nina = house.person("nina")
    nina.clicks("Vi er rammet", on=told["#bykommune"])
    hears(house, nina, "Notert: Bykommune", in_="#bykommune")
    house.slack.expects_edit(card, "Bykommune")
    with house.vakt.database.reading() as session:
        [report] = reports_of(session, TEAM, "O-1")
        assert report.at == oslo("2026-11-23 09:43")
        assert report.channel_id == "C0BYKOM"
    assert outage(house).reported_at == oslo("2026-11-23 09:43")
    nina.clicks("Vi er rammet", on=told["#bykommune"])
    hears(house, nina, "allerede", in_="#bykommune")
    assert house.person("ola").clicks("Vi er rammet", on=told["#bykommune"]) is None
    hears(house, house.person("ola"), "people of a customer", in_="#bykommune")
    house.is_quiet()


def test_the_lead_is_reminded_before_a_promise_and_told_when_it_was_not_kept(house: House) -> None:
    card = declared(house)
    announced(house, "Signing in fails")
    house.moves_to(oslo("2026-11-23 09:54"))
    house.is_quiet()
    house.moves_to(oslo("2026-11-23 09:55"))
    house.slack.expects("the next update is promised by", to=house.person("ola"))
    house.moves_to(oslo("2026-11-23 10:10"))
    house.slack.expects("the next update was promised by", to=house.person("ola"))
    assert happened(house)[-2:] == ["reminded", "promise_broken"]
    house.slack.expects_edit(card, "Next update was promised by")
    house.is_quiet()


def test_a_promise_that_was_renewed_in_time_is_not_broken(house: House) -> None:
    card = declared(house)
    told = announced(house, "Signing in fails")
    house.moves_to(oslo("2026-11-23 09:50"))
    updates(house, card, "Still looking")
    house.moves_to(oslo("2026-11-23 10:04"))
    assert "promise_broken" not in happened(house)
    for channel, message in told.items():
        house.slack.expects("Still looking", in_=channel, thread=message)
    house.moves_to(oslo("2026-11-23 10:05"))
    house.slack.expects("the next update is promised by", to=house.person("ola"))
    house.is_quiet()


@pytest.mark.clause("EM-05")
def test_an_emergency_that_nobody_was_told_of_is_usually_told_the_same_day(house: House) -> None:
    preview = declares(house, "Everything is down", "Video meetings", announce=False, gravity="Emergency",
                       extra__people="Fjordvideo's managers", extra__steps="Hourly in the channel")  # fmt: skip
    assert "for the desk only" in preview.text
    assert not preview.submit().errors
    card = house.slack.expects("O-1 · Everything is down", in_="#desk", thread=None)
    assert "EM-05" in card.words
    house.moves_to(oslo("2026-11-23 23:45"))
    house.slack.expects("telling those affected is promised by", to=house.person("ola"))
    house.moves_to(oslo("2026-11-24 00:00"))
    house.slack.expects("telling those affected was promised by", to=house.person("ola"))
    with house.vakt.database.reading() as session:
        broken = outage_entries(session, TEAM, 1)[-1]
    assert broken.event == OutageEvent.PROMISE_BROKEN
    assert broken.facts["late"] == "later_than_usual"
    assert broken.facts["clause"] == "EM-05"
    updates(house, card, "We mend it", button="Announce")
    house.slack.expects("Everything is down", in_="#fjordvideo", thread=None)
    house.is_quiet()


@pytest.mark.clause("EM-05")
def test_a_lesser_failure_is_usually_told_by_the_next_working_day(house: House) -> None:
    preview = declares(house, "Sound is poor", "Video meetings", announce=False, gravity="Lesser failure")
    assert not preview.submit().errors
    house.slack.expects("O-1 · Sound is poor", in_="#desk", thread=None)
    house.moves_to(oslo("2026-11-24 15:44"))
    house.is_quiet()
    house.moves_to(oslo("2026-11-24 16:00"))
    house.slack.expects("telling those affected is promised by", to=house.person("ola"))
    house.slack.expects("telling those affected was promised by", to=house.person("ola"))
    house.is_quiet()


@pytest.mark.clause("EM-27")
def test_in_an_emergency_who_was_told_and_how_to_communicate_cannot_be_blank(house: House) -> None:
    ola = house.person("ola")
    ola.types("/outage Everything is down", in_="#desk")
    modal = ola.modal()
    modal.choose("about.services", "Video meetings")
    modal.choose("outage.gravity", "Emergency")
    modal.fill("extra:people", "The managers")
    refused = modal.submit()
    assert "EM-27" in refused.errors["extra:steps"]
    modal.fill("extra:steps", "Hourly")
    assert not modal.submit().errors
    assert not ola.modal().submit().errors
    house.slack.expects("O-1 · Everything is down", in_="#desk", thread=None)
    house.slack.expects("Everything is down", in_="#fjordvideo", thread=None)
    house.is_quiet()


@pytest.mark.clause("HP-07")
def test_where_mail_is_agreed_and_no_channel_is_read_the_desk_gets_the_ready_text(house: House) -> None:
    erik = house.person("erik")
    assert erik.types("/unsubscribe", in_="#talentia").error is None
    preview = declares(house)
    assert "1 mail for the desk to send" in preview.text
    assert not preview.submit().errors
    card = house.slack.expects("O-1", in_="#desk", thread=None)
    for channel in CHANNELS:
        if channel != "#talentia":
            house.slack.expects("Signing in fails", in_=channel, thread=None)
    task = house.slack.expects("To be mailed by the desk", in_="#desk", thread=card)
    assert "HP-07" in task.words
    assert "Avbrott: Signing in fails" in task.words
    house.slack.expects("Signing in fails", to=erik)
    house.person("ola").clicks("Sent", on=task)
    house.settles()
    with house.vakt.database.reading() as session:
        mails = [told for told, _ in tellings_of(session, TEAM, "O-1") if told.way == "mail"]
    assert [mail.sent_at is not None for mail in mails] == [True]
    house.is_quiet()


def test_the_same_outage_declared_twice_is_offered_as_one(house: House) -> None:
    declared(house)
    announced(house, "Signing in fails")
    house.moves(minutes=2)
    preview = declares(house, "Nobody can sign in")
    assert "O-1 is open for one of these services" in preview.text
    refused = preview.submit()
    assert "O-1 is open for the same service" in refused.errors["outage.all_the_same"]
    preview.choose("outage.all_the_same", "This is another one")
    assert not preview.submit().errors
    house.slack.expects("O-2 · Nobody can sign in", in_="#desk", thread=None)
    announced(house, "Nobody can sign in")
    house.is_quiet()


def test_two_people_at_once_the_second_is_told_who_was_first_and_keeps_the_text(house: House) -> None:
    card = declared(house)
    told = announced(house, "Signing in fails")
    ola, ingrid = house.person("ola"), house.person("ingrid")
    ingrid.clicks("Update", on=card)
    theirs = ingrid.modal()
    theirs.fill("act.text", "Half of it works")
    house.moves(minutes=5)
    updates(house, card, "A part is back")
    for channel, message in told.items():
        house.slack.expects("A part is back", in_=channel, thread=message)
    refused = theirs.submit()
    assert not refused.errors or "Ola Hansen" in str(refused.errors)
    assert "Ola Hansen" in ingrid.modal().text or "Ola Hansen" in str(refused.errors)
    assert happened(house).count("updated") == 1
    ola.clicks("End", on=card)
    ola.modal().close()
    house.is_quiet()


def test_an_update_after_the_end_changes_nothing(house: House) -> None:
    card = declared(house)
    told = announced(house, "Signing in fails")
    ola = house.person("ola")
    ola.clicks("Update", on=card)
    late = ola.modal()
    late.fill("act.text", "Not needed any more")
    house.moves(minutes=5)
    ends(house, card, who="ingrid")
    for channel, message in told.items():
        house.slack.expects("5 min", in_=channel, thread=message)
    late.submit()
    assert "O-1 ended" in ola.modal().text
    assert happened(house)[-1] == "ended"
    house.is_quiet()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("outage.began_at", "2026-11-23T11:00+01:00", "has not come yet"),
        ("outage.expected_end", "2026-11-23T09:00+01:00", "has passed"),
        ("act.next_update", "2026-11-23T09:00+01:00", "has passed"),
        ("act.next_update", "2028-11-23T09:00+01:00", "more than a year ahead"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_posted(
    house: House, field: str, value: str, said: str
) -> None:
    ola = house.person("ola")
    ola.types("/outage Signing in fails", in_="#desk")
    modal = ola.modal()
    modal.choose("about.services", "App")
    modal.choose(field, value)
    refused = modal.submit()
    assert said in refused.errors[field]
    modal.close()
    house.is_quiet()


def test_an_end_before_the_start_is_refused(house: House) -> None:
    card = declared(house)
    announced(house, "Signing in fails")
    house.moves(minutes=10)
    ola = house.person("ola")
    ola.clicks("End", on=card)
    modal = ola.modal()
    modal.choose("outage.ended_at", "2026-11-23T09:00+01:00")
    refused = modal.submit()
    assert "cannot have ended before" in refused.errors["outage.ended_at"]
    modal.close()
    assert happened(house) == ["declared", "announced"]
    house.is_quiet()


def test_help_says_what_may_be_typed_and_declares_nothing(house: House) -> None:
    ola = house.person("ola")
    answer = ola.types("/outage help", in_="#desk")
    assert "/outage list" in answer.text
    assert "who was told when" in str(answer.blocks)
    house.is_quiet()


def test_times_are_put_right_with_a_reason_and_the_downtime_with_them(house: House) -> None:
    card = declared(house)
    told = announced(house, "Signing in fails")
    house.moves(minutes=12)
    ola = house.person("ola")
    ola.clicks("Times", on=card)
    modal = ola.modal()
    modal.choose("outage.began_at", "2026-11-23T09:10+01:00")
    modal.fill("act.reason", "The log says so")
    assert not modal.submit().errors
    for message in told.values():
        house.slack.expects_edit(message, "09:10")
    with house.vakt.database.reading() as session:
        [downtime] = downtime_of_outage(session, TEAM, "O-1")
    assert downtime.began_at == oslo("2026-11-23 09:10")
    assert happened(house)[-1] == "corrected"
    house.is_quiet()


def test_times_are_put_right_when_it_is_over_too(house: House) -> None:
    card = declared(house)
    house.moves(minutes=12)
    ola = house.person("ola")
    ola.clicks("End", on=card)
    assert not ola.modal().submit().errors
    house.settles()
    house.slack.forgets()
    ola.clicks("Times", on=card)
    modal = ola.modal()
    modal.choose("outage.began_at", "2026-11-23T09:10+01:00")
    modal.fill("act.reason", "The log says so")
    assert not modal.submit().errors
    house.settles()
    assert happened(house)[-1] == "corrected"
    house.slack.forgets()


def spans(house: House) -> list[tuple[str, str, str]]:
    """The outage's downtime: scope, from and to by the wall in Oslo."""

    def wall(at: datetime | None) -> str:
        return f"{at.astimezone(OSLO):%H:%M}" if at else ""

    with house.vakt.database.reading() as session:
        rows = downtime_of_outage(session, TEAM, "O-1")
        return [(each.scope, wall(each.began_at), wall(each.ended_at)) for each in rows]


def puts_right(house: House, card: Message, **times: str) -> Modal:
    ola = house.person("ola")
    ola.clicks("Times", on=card)
    modal = ola.modal()
    for field, at in times.items():
        modal.choose(f"outage.{field}", at)
    modal.fill("act.reason", "The log says so")
    return modal


def test_an_end_that_was_noted_too_late_is_put_right_with_a_reason_and_the_downtime_with_it(house: House) -> None:
    card = declared(house)
    told = announced(house, "Signing in fails")
    house.moves(minutes=12)
    ends(house, card)
    for channel, message in told.items():
        house.slack.expects("12 min", in_=channel, thread=message)
    house.moves(minutes=30)
    modal = puts_right(house, card, ended_at="2026-11-23T09:30+01:00")
    assert "cannot have ended before" in modal.submit().errors["outage.ended_at"]
    modal.choose("outage.ended_at", "2026-11-23T11:30+01:00")
    assert modal.submit().errors["outage.ended_at"]
    modal.choose("outage.ended_at", "2026-11-23T09:45+01:00")
    assert not modal.submit().errors
    for message in told.values():
        house.slack.expects_edit(message, "5 min")
    house.slack.expects("ended Mon 23 Nov 09:52 CET → Mon 23 Nov 09:45 CET. Reason: The log says so", in_="#desk")
    assert spans(house) == [("all_users", "09:40", "09:45")]
    house.is_quiet()


def test_times_are_put_right_before_and_after_its_scope_changed(house: House) -> None:
    """All are kept out from 09:40, some from 09:50; it is put right to begin at 09:55, then at 09:30."""
    card = declared(house)
    announced(house, "Signing in fails")
    house.moves(minutes=10)
    updates(house, card, "Some are in again", scope="Some users")
    house.moves(minutes=20)
    assert not puts_right(house, card, began_at="2026-11-23T09:55+01:00").submit().errors
    assert ("some_users", "09:55", "") in spans(house)
    assert not puts_right(house, card, began_at="2026-11-23T09:30+01:00").submit().errors
    assert [each for each in spans(house) if each[1] != each[2]] == [
        ("all_users", "09:30", "09:55"),
        ("some_users", "09:55", ""),
    ]
    house.slack.forgets()


def test_an_end_before_its_scope_changed_leaves_no_downtime_beyond(house: House) -> None:
    card = declared(house)
    announced(house, "Signing in fails")
    house.moves(minutes=10)
    updates(house, card, "Some are in again", scope="Some users")
    house.moves(minutes=10)
    ola = house.person("ola")
    ola.clicks("End", on=card)
    modal = ola.modal()
    modal.choose("outage.ended_at", "2026-11-23T09:45+01:00")
    assert not modal.submit().errors
    assert [each for each in spans(house) if each[1] != each[2]] == [("all_users", "09:40", "09:45")]
    house.slack.forgets()


def test_where_the_lead_has_left_others_are_reminded_and_then_the_desks_channel(house: House) -> None:
    """Ola leads and declared it; Ingrid tells on. When she has left too, the desk's channel reads it."""
    card = declared(house)
    announced(house, "Signing in fails")
    ola, ingrid = house.person("ola"), house.person("ingrid")
    ola.clicks("Roles", on=card)
    modal = ola.modal()
    modal.choose("outage.communications", ingrid)
    assert not modal.submit().errors
    house.settles()
    house.slack.changes_account(ola, deleted=True)
    house.moves(minutes=15)
    house.slack.expects("neste oppdatering er lovet innen", to=ingrid)
    house.slack.changes_account(ingrid, deleted=True)
    house.moves(minutes=15)
    house.slack.expects("the next update was promised by", in_="#desk", thread=None)
    house.slack.forgets()


def test_an_announcement_that_somebody_deleted_is_posted_anew_with_the_next_word(house: House) -> None:
    card = declared(house)
    told = announced(house, "Signing in fails")
    house.settles()
    deletes(house, told["#acme"])
    updates(house, card, "Some are in again")
    anew = house.slack.expects("Signing in fails", in_="#acme", thread=None)
    house.slack.expects("Some are in again", in_="#acme", thread=anew)
    deletes(house, anew)  # it was answered: its thread is still there
    ends(house, card, "Please sign in again")
    house.settles()
    house.slack.expects("Avbrott över: Signing in fails", in_="#acme", thread=None)
    with house.vakt.database.reading() as session:
        assert {row.state for row in session.exec(select(Outgoing)).all()} == {"sent"}
    house.slack.forgets()


def test_linked_tickets_customers_hear_of_every_update_once_and_may_be_resolved(house: House) -> None:
    ticket = opened(house, by="anna", in_="#acme", summary="Cannot start meetings")
    preview = declares(house, "Meetings fail", "Video meetings")
    assert not preview.submit().errors
    card = house.slack.expects("O-1 · Meetings fail", in_="#desk", thread=None)
    house.slack.expects("Meetings fail", in_="#fjordvideo", thread=None)
    ola = house.person("ola")
    assert "Meetings fail" in ola.types(f"/outage link O-1 {ticket.name}", in_="#desk").text
    theirs = house.slack.expects("Meetings fail", in_="#acme", thread=None)
    house.slack.expects_edit(card, ticket.name)
    assert "belongs to O-1" in ola.types(f"/outage link O-1 {ticket.name}", in_="#desk").text
    house.moves(minutes=10)
    ola.clicks("End", on=card)
    modal = ola.modal()
    modal.fill("act.text", "Meetings start again")
    modal.choose("outage.resolve_tickets", "Resolve the 1 linked ticket")
    assert not modal.submit().errors
    house.slack.expects("Meetings start again", in_="#acme", thread=theirs)
    house.settles()
    assert stored(house, ticket.name).status == "resolved"
    house.slack.expects("Meetings start again", in_="#acme", thread=ticket.theirs)
    house.slack.expects("10 min", in_="#fjordvideo")
    house.is_quiet()


def test_only_the_desk_declares_and_sees_outages(house: House) -> None:
    declared(house)
    announced(house, "Signing in fails")
    for words in ("/outage", "/outage list", "/outage O-1", "/outage update O-1"):
        assert "people of a desk" in house.person("marit").types(words, in_="#fjordvideo").text or "supporten" in (
            house.person("marit").types(words, in_="#fjordvideo").text
        )
    house.is_quiet()


def test_without_a_promise_it_is_not_announced(house: House) -> None:
    ola = house.person("ola")
    ola.types("/outage Signing in fails", in_="#desk")
    modal = ola.modal()
    modal.choose("about.services", "App")
    modal.choose("act.next_update")
    refused = modal.submit()
    assert "when they hear again" in refused.errors["act.next_update"]
    modal.close()
    house.is_quiet()


def test_text_that_people_type_mentions_nobody_and_links_nothing(house: House) -> None:
    preview = declares(house, "<!channel> see <https://evil.example|this> *now*")
    assert not preview.submit().errors
    house.slack.expects("O-1", in_="#desk", thread=None)
    for channel in CHANNELS:
        message = house.slack.expects("<!channel>", in_=channel, thread=None)
        raw = json.dumps(message.blocks) + message.text
        assert "<!channel>" not in raw
        assert "<https://" not in raw
        assert "&lt;!channel&gt;" in raw
    house.is_quiet()


@pytest.mark.clause("PS-09", "PS-10", "PS-13")
def test_from_the_outage_to_the_claim_the_next_morning(house: House) -> None:
    """Four hours of nobody getting in leave 99.444 % of the month; who pressed may claim it, with one press."""
    preview = declares(house, "Nobody can sign in", "Customer portal")
    assert not preview.submit().errors
    card = house.slack.expects("O-1", in_="#desk", thread=None)
    told = {c: house.slack.expects("sign in", in_=c, thread=None) for c in ("#bykommune", "#nordkonf", "#fjordvideo")}
    nina = house.person("nina")
    nina.clicks("Vi er rammet", on=told["#bykommune"])
    hears(house, nina, "Notert", in_="#bykommune")
    house.moves_to(oslo("2026-11-23 09:50"))
    updates(house, card, "We know why, and mend it until two o'clock", cause="A full disk")
    for channel, message in told.items():
        house.slack.expects("We know why", in_=channel, thread=message)
    house.moves_to(oslo("2026-11-23 13:40"))
    ola = house.person("ola")
    house.slack.expects("the next update is promised", to=ola)
    house.slack.expects("the next update was promised", to=ola)
    ends(house, card, "The disk has room again")
    for channel, message in told.items():
        house.slack.expects("4 t", in_=channel, thread=message)
    house.moves_to(oslo("2026-11-24 08:00"))
    offer = house.slack.expects("Bykommune kan kreve fradrag for november 2026", to=nina)
    assert "25 % av månedsavgiften" in offer.words.replace("*", "")
    assert "21. des. kl. 24.00" in offer.words
    nina.clicks("Krev fradrag", on=offer)
    claimed = house.slack.expects("Bykommune claims its credit for November 2026", in_="#desk", thread=None)
    assert "%" not in claimed.words
    house.is_quiet()


def test_a_desk_says_it_in_its_own_words_where_it_has_some(house: House) -> None:
    own = {
        "outage": {"nb": "Vi har trøbbel: {title} ({services})"},
        "outage_update": {"nb": "*Nytt om {name}:* {text}"},
        "outage_ended": {"nb": "Det er løst. {text}"},
    }
    with house.vakt.database.transaction() as session:
        desk = session.exec(select(Desk)).one()
        desk.texts = own
    preview = declares(house, "Signing in <!channel> fails")
    assert "Vi har" not in preview.text  # whoever declares reads English
    assert not preview.submit().errors
    card = house.slack.expects("O-1", in_="#desk", thread=None)
    told = {channel: house.slack.expects("Signing in", in_=channel, thread=None) for channel in CHANNELS}
    assert "Vi har trøbbel: Signing in" in told["#bykommune"].words
    assert "(App)" in told["#bykommune"].words
    assert "<!channel>" not in told["#bykommune"].text
    assert "Avbrott:" in told["#acme"].words
    house.moves(minutes=5)
    updates(house, card, "Halvt oppe")
    house.slack.expects("*Nytt om O-1:* Halvt oppe", in_="#bykommune", thread=told["#bykommune"])
    house.slack.expects("Uppdatering: Halvt oppe", in_="#acme", thread=told["#acme"])
    for channel in ("#nordkonf", "#talentia", "#fjordvideo"):
        house.slack.expects("Halvt oppe", in_=channel, thread=told[channel])
    ends(house, card, "Takk for tålmodigheten")
    house.slack.expects("Det er løst. Takk for tålmodigheten", in_="#bykommune", thread=told["#bykommune"])
    house.settles()
    house.slack.forgets()
    house.is_quiet()
