"""What goes wrong is answered by its kind of payload, and nothing is lost or half stored."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlmodel import select
from structlog.testing import capture_logs

from models.contract_version import ContractVersion
from models.history import Event
from models.received import Received
from models.ticket import Ticket
from sandbox.inspector import redact
from tests.stories.conftest import House
from tests.stories.scenes import GUIDANCE, events, forget, hears, opened, presses_old, stored, times


def _tickets(house: House) -> int:
    with house.vakt.database.reading() as session:
        return len(session.exec(select(Ticket.number)).all())


# Slack's own conditions


def test_a_window_that_could_not_be_opened_in_time_becomes_a_private_answer(house: House) -> None:
    """By command, click and shortcut; nothing is stored, and the next press works."""
    it = opened(house)
    anna, ola = house.person("anna"), house.person("ola")
    house.slack.world.limits = replace(house.slack.world.limits, trigger=0.2)
    house.slack.fault("views.open", kind="delay", seconds=0.4, times=3)
    anna.types("/ticket Invoices", in_="#acme")
    hears(house, anna, "they had passed", in_="#acme")
    ola.clicks("Reply", on=it.card)
    hears(house, ola, "they had passed", in_="#desk")
    anna.uses_shortcut("Open a ticket")
    house.slack.expects("they had passed", to=anna)
    assert not anna.has_modal()
    assert _tickets(house) == 1
    house.slack.world.limits = replace(house.slack.world.limits, trigger=3.0)
    ola.clicks("Reply", on=it.card)
    ola.modal().close()
    house.is_quiet()


def test_a_private_answer_finds_another_way_when_its_address_is_used_up(house: House) -> None:
    """In the channel for her alone; where that is refused too, directly."""
    it = opened(house)
    anna = house.person("anna")
    house.slack.fault("response_url", kind="500", times=2)
    presses_old(house, anna, it.theirs, "ticket.start", block="x", value=it.name)
    hears(house, anna, "This needs the role agent", in_="#acme")
    house.slack.fault("chat.postEphemeral", kind="user_not_in_channel")
    presses_old(house, anna, it.theirs, "ticket.start", block="x", value=it.name)
    house.slack.expects("This needs the role agent", to=anna)
    house.is_quiet()


def test_a_view_submitted_after_the_ticket_changed_says_so_and_keeps_the_text(house: House) -> None:
    """A class that another has changed is refused at its field; an ended ticket in the window."""
    it = opened(house)
    ola, ingrid = house.person("ola"), house.person("ingrid")
    for agent in (ola, ingrid):
        agent.clicks("Severity…", on=it.card)
        agent.modal().choose("act.severity", "P3" if agent is ola else "P4").fill("act.reason", "Several are hit")
    assert not ola.modal().submit().errors
    refused = ingrid.modal().submit()
    assert "er endret siden" in refused.errors["act.severity"]
    assert ingrid.modal().values["act.reason"]["act.reason"]["value"] == "Several are hit"
    ingrid.modal().close()
    assert (stored(house, it.name).severity, times(house, it.name, Event.SEVERITY_CHANGED)) == ("P3", 1)
    ingrid.clicks("Reply", on=it.card)
    ingrid.modal().fill("act.text", "Vent litt")
    ola.clicks("Resolve", on=it.card)
    ola.modal().fill("Outcome", "Under Settings.").submit()
    ingrid.modal().submit()
    assert "T-1 er løst" in ingrid.modal().text
    assert times(house, it.name, Event.REPLIED) == 0
    house.slack.forgets()


def test_an_opening_view_kept_open_over_a_change_of_its_customer_is_asked_again(house: House) -> None:
    """A customer without an agreement any more has nothing to open under."""
    anna = house.person("anna")
    anna.types("/ticket Invoices", in_="#acme")
    anna.modal().choose("What is it?", GUIDANCE)
    anna.modal().waits_for("Priority 5")
    house.slack.idle()
    assert house.vakt.aside.idle(5)
    with house.vakt.database.transaction() as session:
        session.execute(text("update agreement set until = '2026-06-01'"))
    anna.modal().submit()
    assert "no agreement holds here" in anna.modal().text
    assert _tickets(house) == 0
    house.is_quiet()


# The same thing twice


def test_a_delivery_that_comes_again_changes_nothing_and_gets_the_same_answer(house: House) -> None:
    """A submitted view, a click, an event and a command."""
    anna, ola = house.person("anna"), house.person("ola")
    anna.types("/ticket How are invoices sent", in_="#acme")
    anna.modal().choose("What is it?", GUIDANCE)
    anna.modal().waits_for("Priority 5")
    house.slack.idle()
    assert house.vakt.aside.idle(5)
    with _again(house, "interactive") as answers:
        anna.modal().submit()
    assert answers[0] == answers[1]
    assert "T-1" in str(answers[0])
    assert _tickets(house) == 1
    card, theirs = house.card("T-1"), house.slack.expects("T-1", in_="#acme", thread=None)
    house.settles()  # words under a card whose place is not stored yet are asked for again
    with _again(house, "interactive") as answers:
        ola.clicks("Start work", on=card)
    assert answers[0] == answers[1]
    assert times(house, "T-1", Event.WORK_STARTED) == 1
    with _again(house, "events_api", "Any news?") as answers:
        anna.types("Any news?", in_="#acme", thread=theirs)
        house.slack.expects("Any news?", in_="#desk", thread=card)
    assert times(house, "T-1", Event.CUSTOMER_WROTE) == 1
    with _again(house, "slash_commands") as answers:
        anna.types("/ticket T-1", in_="#acme")
    assert answers[0] == answers[1]
    house.settles()
    assert not ola.private_answers(in_="#desk")
    forget(house)


def test_a_form_submitted_again_is_told_what_was_opened(house: House) -> None:
    """Later, and with other words in it: the ticket that there is keeps its words and its times."""
    anna = house.person("anna")
    anna.types("/ticket How are invoices sent", in_="#acme")
    anna.modal().choose("What is it?", GUIDANCE)
    anna.modal().waits_for("Priority 5")
    house.slack.idle()
    fault = house.slack.fault("interactive", kind="delay", seconds=0)
    anna.modal().submit()
    [payload] = fault.happened
    house.moves(hours=3)
    anew = json.loads(json.dumps(payload).replace("How are invoices sent", "How are they paid"))
    assert house.slack.run(house.slack.world.dispatch.ask("interactive", anew)).ok
    first, second = (row["response"] for row in house.slack.requests if row["request"] in map(redact, (payload, anew)))
    assert first == second
    assert "How are invoices sent" in str(second)
    assert _tickets(house) == 1
    forget(house)


@contextmanager
def _again(house: House, kind: str, words: str = "") -> Iterator[list[object]]:
    """Deliver what comes now once more afterwards; gives both answers."""
    answers: list[object] = []
    fault = house.slack.fault(kind, kind="delay", seconds=0, where=lambda payload: words in str(payload))
    yield answers
    house.slack.idle()
    [payload] = fault.happened
    again = house.slack.run(house.slack.world.dispatch.ask(kind, payload))
    assert again.ok
    rows = [row["response"] for row in house.slack.requests if row["request"] == redact(payload)]
    assert len(rows) == 2
    answers += rows


def test_a_double_click_and_a_doubled_event_act_once(house: House) -> None:
    """Both deliveries at the same moment, through different threads."""
    it = opened(house)
    ola, anna = house.person("ola"), house.person("anna")
    house.slack.fault("interactive", kind="duplicate")
    ola.clicks("Start work", on=it.card)
    house.slack.expects_edit(it.card, "Owner: Ola Hansen")
    house.slack.fault("events_api", kind="duplicate")
    anna.types("Any news?", in_="#acme", thread=it.theirs)
    house.slack.expects("Anna Svensson wrote:", in_="#desk", thread=it.card)
    house.settles()
    assert events(house, it.name).count(Event.WORK_STARTED) == 1
    assert events(house, it.name).count(Event.CUSTOMER_WROTE) == 1
    house.is_quiet()


# A bug


@contextmanager
def _away(house: House, table: str) -> Iterator[None]:
    """A table that is not there: an honest cause of what nobody foresaw."""
    with house.vakt.database.engine.connect() as connection:
        connection.execute(text(f"alter table {table} rename to {table}_away"))
        connection.commit()
    try:
        yield
    finally:
        with house.vakt.database.engine.connect() as connection:
            connection.execute(text(f"alter table {table}_away rename to {table}"))
            connection.commit()


@pytest.mark.parametrize("table", ["ticket", "person"])
def test_a_bug_is_answered_with_a_reference_that_the_log_has_too(house: House, table: str) -> None:
    """Command: a private text. View: the window says it. Click and shortcut: privately. It is not retried."""
    it = opened(house)
    anna, ola = house.person("anna"), house.person("ola")
    ola.clicks("Reply", on=it.card)
    ola.modal().fill("Answer to the customer", "Hello")
    references = []
    with capture_logs() as logged, _away(house, table):
        answer = anna.types("/ticket list", in_="#acme")
        assert answer.error is None
        references.append(_reference(answer.text))
        ola.modal().submit()
        references.append(_reference(ola.modal().text))
        presses_old(house, ola, it.card, "ticket.start", block=f"desk:{it.name}", value=it.name)
        references.append(_reference(hears(house, ola, "Reference", in_="#desk").text))
        assert house.vakt.aside.idle(5)
        if table == "person":
            ola.uses_shortcut("Open a ticket")
            references.append(_reference(house.slack.expects("Reference", to=ola).text))
    in_log = {line["reference"] for line in logged if line["event"] == "bug"}
    assert set(references) == in_log
    assert len(references) == len(in_log)
    assert not [line for line in logged if "Hello" in str(line)]
    assert times(house, it.name, Event.WORK_STARTED) + times(house, it.name, Event.REPLIED) == 0
    forget(house)


def _reference(said: str) -> str:
    found = said.partition("Reference ")[2].partition(";")[0]
    assert len(found) == 8, said
    return found


def test_a_broken_stored_contract_is_a_bug_with_a_reference(house: House) -> None:
    """Nothing is opened under terms that cannot be read."""
    anna = house.person("anna")
    with house.vakt.database.transaction() as session:
        for version in session.exec(select(ContractVersion).where(ContractVersion.contract == "softone")):
            version.content = '{"id": "softone"}'
    house.vakt.desk.agreements._kept.clear()  # noqa: SLF001 - as after a restart
    with capture_logs() as logged:
        answer = anna.types("/ticket Invoices", in_="#acme")
    assert _reference(answer.text) in {line["reference"] for line in logged if line["event"] == "bug"}
    assert not anna.has_modal()
    forget(house)


# The database is busy


@contextmanager
def _locked(house: House) -> Iterator[None]:
    """Another process writes and does not come to an end."""
    if house.vakt.database.is_sqlite:
        other = sqlite3.connect(str(house.vakt.database.url.database), isolation_level=None)
        other.execute("begin immediate")
        try:
            yield
        finally:
            other.execute("rollback")
            other.close()
        return
    with house.vakt.database.engine.connect() as connection:
        connection.execute(text("lock table received, history in access exclusive mode"))
        yield
        connection.rollback()


def test_what_cannot_be_stored_in_time_says_so_within_slacks_three_seconds(house: House) -> None:
    """A click and a view; nothing is stored afterwards either."""
    it = opened(house)
    ola = house.person("ola")
    house.settles()
    ola.clicks("Reply", on=it.card)
    ola.modal().fill("Answer to the customer", "Hello")
    with _locked(house):
        assert ola.clicks("Start work", on=it.card) is None
        hears(house, ola, "could not be stored in time", in_="#desk")
        assert ola.modal().submit().error is None
        assert "could not be stored in time" in ola.modal().text
    house.settles()
    assert times(house, it.name, Event.WORK_STARTED) + times(house, it.name, Event.REPLIED) == 0
    ola.clicks("Start work", on=it.card)
    house.slack.expects_edit(it.card, "Owner: Ola Hansen")
    house.is_quiet()


@pytest.mark.parametrize("ack", [3.0])
def test_an_event_that_cannot_be_stored_is_not_acknowledged_and_comes_again(house: House) -> None:
    """So that the customer's words are not lost; when it can be stored they are there once."""
    it = opened(house)
    anna = house.person("anna")
    house.settles()
    with _locked(house):
        anna.types("It says error 500", in_="#acme", thread=it.theirs)
        refused = house.slack.until(lambda: _unacknowledged(house), 8.0)
        assert refused
    house.slack.expects("Anna Svensson wrote:", in_="#desk", thread=it.card, timeout=10.0)
    house.slack.idle(10.0)
    assert times(house, it.name, Event.CUSTOMER_WROTE) == 1
    tries = [row for row in house.slack.requests if row["name"] == "message" and row["status"]]
    assert tries
    house.is_quiet()


def _unacknowledged(house: House) -> bool:
    rows = house.slack.world.inspector.rows
    return any(row.door in {"socket", "http"} and row.error and "message" in str(row.request) for row in rows)


# Odd words


@pytest.mark.parametrize("typed", ["the payload is broken", "payload=1&command=/ticket", "100 % of payload=%7B"])
def test_a_command_that_says_payload_is_a_command(house: House, typed: str) -> None:
    """Bolt takes such a form for an interaction and answers 404; Vakt does not."""
    anna = house.person("anna")
    assert anna.types(f"/ticket {typed}", in_="#acme").error is None
    assert anna.modal().values["open.summary"]["open.summary"]["value"] == typed
    anna.modal().close()
    house.is_quiet()


def test_what_was_received_is_kept_once_for_each_delivery(house: House) -> None:
    """Two people at the same moment are two deliveries: both are done, in some order."""
    it = opened(house)
    ola, ingrid = house.person("ola"), house.person("ingrid")
    pressed = [threading.Thread(target=who.clicks, args=("Start work", it.card)) for who in (ola, ingrid)]
    for thread in pressed:
        thread.start()
    for thread in pressed:
        thread.join(10)
    house.settles()
    assert times(house, it.name, Event.WORK_STARTED) == 1
    with house.vakt.database.reading() as session:
        keys = session.exec(select(Received.key)).all()
    assert len([key for key in keys if key.startswith("trigger:")]) == 1
    forget(house)
