"""Stalls, sleep, and clocks that are set: nothing is lost, nothing repeated, and downtime is told once."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep
from typing import cast

import pytest
from sqlmodel import col, select
from structlog.testing import capture_logs

from bot.machine import MachineClock, MovableClock
from bot.pulse import HEART, Pulse, machine_clock
from bot.storage.database import Database
from bot.ticker import LONGEST_SLEEP
from models import heartbeat
from models.contract_version import ContractVersion
from models.history import Event
from models.outbox import Outgoing, State
from models.timer import Timer
from tests.stories.conftest import P2, TEAM, House, oslo
from tests.stories.scenes import GUIDANCE, Opened, clocks, in_oslo, opened, times

PATIENCE = 3 * LONGEST_SLEEP
NOW = datetime(2026, 11, 23, 8, 40, tzinfo=UTC)


@dataclass
class Steady:
    """The machine's steady clock: it runs, and what the machine sleeps is added to it."""

    slept: float = 0.0

    def __call__(self) -> float:
        """Seconds, sleep counted."""
        return monotonic() + self.slept


@pytest.fixture
def steady() -> Steady:
    """Runs from here."""
    return Steady()


@pytest.fixture
def machine(steady: Steady) -> MachineClock:
    """The real machine clock on a steady clock that can be made to sleep."""
    return MachineClock(NOW, steady)


@contextmanager
def _no_turn(house: House) -> Iterator[None]:
    """Between two turns of the timers, as a kernel changes all its clocks at once."""
    with house.vakt.ticker._turning:  # noqa: SLF001 - the only place where a story may stand
        yield


def _sleeps(house: House, steady: Steady, by: timedelta) -> None:
    """The machine is suspended for that long; the loops' waits do not notice."""
    with _no_turn(house):
        house.slack.clock.move(by)
        steady.slept += by.total_seconds()


def _two_of_ola(house: House) -> list[Opened]:
    ola = house.person("ola")
    tickets = [opened(house, *P2, summary=summary) for summary in ("Invoices", "Orders")]
    for ticket in tickets:
        ola.chooses("Assign", ola, on=ticket.card)
    house.settles()
    return tickets


def _breached(house: House, tickets: list[Opened]) -> None:
    """What everybody but the owner hears of a breach, once."""
    for ticket in tickets:
        house.slack.expects(f"(senior): {ticket.name} is late", in_="#desk", thread=ticket.card)
        house.slack.expects("Det bryter avtalet", in_="#acme", thread=ticket.theirs)


def test_what_fell_due_while_the_machine_slept_is_said_once_and_gathered(house: House, steady: Steady) -> None:
    """A laptop closed from 09:40 to 13:50: two promises breached, one message to their owner."""
    tickets = _two_of_ola(house)
    _sleeps(house, steady, timedelta(hours=4, minutes=10))
    house.settles()
    said = house.slack.expects("While Vakt was down", to=house.person("ola"))
    assert "2 reminders fell due" in said.words
    _breached(house, tickets)
    for ticket in tickets:
        assert in_oslo(clocks(house, ticket.name)["start_of_work"].late_at) == "2026-11-23 13:40"
        assert times(house, ticket.name, Event.LATE) == 1
    house.moves(minutes=1)
    house.is_quiet()


def test_a_clock_set_forward_is_no_downtime_and_what_fell_due_is_said_once(house: House) -> None:
    """From 11:00 to 12:45: half and three quarters are past, the later one is said."""
    _two_of_ola(house)
    house.moves_to(oslo("2026-11-23 11:00"))
    with _no_turn(house):
        house.slack.clock.set(oslo("2026-11-23 12:45"))
    house.settles()
    said = house.slack.expects("2 tickets fall due soon", to=house.person("ola"))
    assert "down" not in said.words
    house.is_quiet()


def test_a_clock_set_back_by_an_hour_repeats_nothing_and_loses_nothing(house: House) -> None:
    """After the first reminder at 11:40 the clock shows 10:41 again: the second comes at 12:40, then the others."""
    tickets = _two_of_ola(house)
    ola = house.person("ola")
    house.moves_to(oslo("2026-11-23 11:41"))
    house.slack.expects("2 tickets fall due soon", to=ola)
    with _no_turn(house):
        house.slack.clock.set(oslo("2026-11-23 10:41"))
    turned = house.vakt.ticker.turned_at, house.vakt.sender.turned_at
    house.person("anna").types("Any news?", in_="#acme", thread=tickets[0].theirs)
    house.slack.expects("Any news?", in_="#desk", thread=tickets[0].card)
    house.moves_to(oslo("2026-11-23 12:39"))
    deadline = monotonic() + PATIENCE
    while house.vakt.ticker.turned_at <= turned[0] or house.vakt.sender.turned_at <= turned[1]:
        assert monotonic() < deadline, "a loop waits for an instant that lies an hour ahead"
        sleep(0.1)
    house.is_quiet()
    house.moves_to(oslo("2026-11-23 12:41"))
    house.slack.expects("2 tickets fall due soon", to=ola)
    house.is_quiet()
    house.moves_to(oslo("2026-11-23 13:41"))
    house.slack.expects("2 tickets fall due soon", to=ola)
    for ticket in tickets:
        house.slack.expects(f"{ticket.name}: breached", to=ola)
    _breached(house, tickets)
    house.is_quiet()


def test_slack_gone_for_an_hour_loses_nothing_and_says_what_is_stale_once(house: House, steady: Steady) -> None:
    """What people do is stored where it arrives; afterwards it is said in order, and what fell due is gathered."""
    first, second = _two_of_ola(house)
    anna, ola = house.person("anna"), house.person("ola")
    house.moves_to(oslo("2026-11-23 11:30"))
    assert anna.types("/ticket How are invoices sent", in_="#acme").error is None
    form = anna.modal()
    form.choose("open.kind", GUIDANCE)
    form.waits_for("Priority 5")
    house.settles()
    gone = house.slack.fault("*", kind="503", times=1_000_000)
    assert not form.submit().errors
    for words in ("Any news?", "It is urgent."):
        anna.types(words, in_="#acme", thread=first.theirs)
        house.slack.idle()
    ola.clicks("Start work", on=second.card)
    house.slack.idle()
    said = len(house.slack.world.heard)
    _passes(house, steady, oslo("2026-11-23 12:41"))
    assert len(house.slack.world.heard) == said
    gone.times = 0
    for _ in range(10):  # what asks for all the others is tried again within half a minute
        if house.vakt.settle(2.0) and not _waiting(house):
            break
        steady.slept += 60
    house.settles()
    house.slack.expects("T-1 due Mon 13:40, 59 min of working time left", to=ola)
    heard = house.slack.world.heard[said:]
    assert [line.body["text"].count("T-1") for line in heard if line.channel.startswith("D")] == [1]
    [line] = [line.body["text"] for line in heard if line.body.get("thread_ts") == first.card.ts]
    assert line.startswith("Anna Svensson wrote: Any news?\nAnna Svensson wrote: It is urgent.\nReminder")
    house.slack.expects("Work started", in_="#desk", thread=second.card)
    house.slack.expects("T-3", in_="#desk")
    house.slack.expects("T-3", in_="#acme")
    house.slack.expects("It is urgent.", in_="#desk", thread=first.card)
    house.is_quiet()


def _passes(house: House, steady: Steady, until: datetime) -> None:
    """Contract and machine time go on together to that instant, not a minute at a time; no call takes as long."""
    while house.now() < until:
        step = min(timedelta(seconds=50), until - house.now())
        with _no_turn(house):
            steady.slept += step.total_seconds()
            house.slack.clock.move(step)
        house.vakt.ticker.catch_up()
        house.vakt.sender.wake()
        assert house.slack.until(lambda: not _leased(house), PATIENCE)


def _waiting(house: House) -> bool:
    with house.vakt.database.reading() as session:
        return session.exec(select(Outgoing.id).where(Outgoing.state == State.WAITING)).first() is not None


def _leased(house: House) -> bool:
    with house.vakt.database.reading() as session:
        return session.exec(select(Outgoing.id).where(col(Outgoing.leased_until).is_not(None))).first() is not None


def test_what_turns_out_to_be_late_at_night_is_said_at_the_next_opening(house: House) -> None:
    """The fact is noted at once, at its own instant; nobody is told of it while it is closed."""
    it = opened(house)
    ola = house.person("ola")
    ola.chooses("Assign", ola, on=it.card)
    house.moves_to(oslo("2026-11-23 20:00"))
    house.settles()
    house.slack.forgets()
    ola.clicks("Severity…", on=it.card)
    ola.modal().choose("act.severity", "P2").fill("act.reason", "All of them wait").submit()
    house.slack.expects("All of them wait", in_="#acme", thread=it.theirs)
    house.slack.expects_edit(it.card, re.compile("Breached .*13:40"))
    house.settles()
    assert times(house, it.name, Event.LATE) + times(house, it.name, Event.ESCALATED) == 0
    house.moves_to(oslo("2026-11-24 07:59"))
    assert times(house, it.name, Event.LATE) + times(house, it.name, Event.ESCALATED) == 0
    house.moves_to(oslo("2026-11-24 08:00"))
    assert times(house, it.name, Event.LATE) == 1
    house.slack.expects("T-1", to=ola)
    house.slack.forgets()
    house.is_quiet()


def test_a_ticket_whose_contract_cannot_be_read_holds_up_no_other(house: House, steady: Steady) -> None:
    """Its timer is pushed ahead with the reason kept; when the contract is mended it says what it has to say."""
    broken = opened(house, *P2)
    other = opened(house, by="nina", in_="#bykommune", kind="Et spørsmål")
    ola = house.person("ola")
    for ticket in (broken, other):
        ola.chooses("Assign", ola, on=ticket.card)
    house.settles()
    kept = _contract(house, "softone", '{"id": "softone"}')
    house.slack.clock.set(oslo("2026-11-23 11:41"))
    with capture_logs():
        house.vakt.ticker.catch_up()
    [held] = _timers(house, broken.number)
    assert (held.attempts, held.held_until is not None) == (1, True)
    assert "validation errors for PolicyFile" in str(held.failure)
    house.slack.clock.set(oslo("2026-11-27 12:00"))
    house.vakt.ticker.catch_up()
    assert times(house, other.name, Event.LATE) == 1
    assert times(house, broken.name, Event.REMINDED) + times(house, broken.name, Event.LATE) == 0
    _contract(house, "softone", kept)
    steady.slept += 300
    house.settles()
    assert times(house, broken.name, Event.LATE) == 1
    assert [timer.attempts for timer in _timers(house, broken.number)] in ([], [0])
    house.slack.forgets()


def _contract(house: House, contract: str, content: str) -> str:
    """Store other content for a contract's version; gives what was there."""
    with house.vakt.database.transaction() as session:
        version = session.exec(select(ContractVersion).where(ContractVersion.contract == contract)).one()
        before, version.content = version.content, content
    house.vakt.desk.agreements._kept.clear()  # noqa: SLF001 - as after a restart
    return before


def _timers(house: House, number: int) -> list[Timer]:
    with house.vakt.database.reading() as session:
        return list(session.exec(select(Timer).where(Timer.ticket_number == number)))


# Machine time alone


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The real database, without anything in it."""
    made = Database(database_url)
    yield made
    made.dispose()


def test_machine_time_counts_sleep_and_never_goes_back(steady: Steady) -> None:
    """Somebody else's earlier time changes nothing; a later one is kept up with."""
    clock = MachineClock(NOW, steady)
    steady.slept += 3600
    assert clock.now() >= NOW + timedelta(hours=1)
    clock.keep_up(NOW)
    assert clock.now() >= NOW + timedelta(hours=1)
    clock.keep_up(NOW + timedelta(hours=2))
    assert clock.now() >= NOW + timedelta(hours=2)


def test_a_process_is_not_behind_what_an_earlier_one_stored(database: Database) -> None:
    """The clock was set back by an hour while Vakt was stopped: nothing stored lies ahead of the next one."""
    ahead = machine_clock(database).now() + timedelta(hours=1)
    with database.transaction() as session:
        heartbeat.beat(session, HEART, ahead, NOW)
    assert machine_clock(database).now() >= ahead


def test_a_replica_catches_up_with_the_clock_they_share(steady: Steady) -> None:
    """And is not set back by it."""
    shown = [NOW, NOW + timedelta(hours=1), NOW]
    clock = MachineClock(None, steady, lambda: shown.pop(0))
    assert NOW <= clock.now() < NOW + timedelta(hours=1)
    for _ in range(2):
        clock.follow()
        assert clock.now() >= NOW + timedelta(hours=1)


def test_who_slept_while_another_process_was_awake_was_not_missed(database: Database) -> None:
    """Replicas share the heartbeat: it is downtime when nobody was there."""
    steadies = Steady(), Steady()
    sleeper, other = (Pulse(TEAM, database, (MovableClock(NOW), MachineClock(NOW, each))) for each in steadies)
    assert sleeper.beat() is None
    for each in steadies:
        each.slept += 600
    assert other.beat() is not None
    assert sleeper.beat() is None
    for each in steadies:
        each.slept += 600
    assert cast("datetime", sleeper.beat()) - NOW < timedelta(minutes=1)
    assert sleeper.beat() is None


def test_a_team_was_down_while_nobody_was_there_for_it_whoever_was_for_others(database: Database) -> None:
    """Each has processes of its own, with its own token; the machine's time is one for all."""
    steadies = Steady(), Steady()
    clocks = [(MovableClock(NOW), MachineClock(NOW, each)) for each in steadies]
    sleeper, other = Pulse(TEAM, database, clocks[0]), Pulse("T2", database, clocks[1])
    assert (sleeper.beat(), other.beat()) == (None, None)
    for _ in range(20):
        for each in steadies:
            each.slept += 30
        assert other.beat() is None
    assert cast("datetime", sleeper.beat()) - NOW < timedelta(minutes=1)


def test_the_stored_beat_never_goes_back(database: Database) -> None:
    """A process whose clock lags does not make the others' past look like silence."""
    for at in (NOW, NOW - timedelta(minutes=5)):
        with database.transaction() as session:
            heartbeat.beat(session, HEART, at, at)
    with database.reading() as session:
        last = heartbeat.last_beat(session, HEART)
    assert last is not None
    assert last.beat_at == NOW
