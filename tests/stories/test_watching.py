"""What a process counts, what it finds when somebody looks, and what it then says of its health."""

import json
import re
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from sqlmodel import Session, col, select

from bot.doors.web import Watch
from bot.gauges import Clocks, Gauges, Question, UnansweredError
from bot.health import LONGEST_TURN, Health
from bot.metrics import Page
from bot.storage.database import Database
from bot.tally import COUNTED, Tally
from models import backlog
from models.clock import Clock
from models.timer import Timer, hold_back
from tests.house.tree import ROOT
from tests.stories.conftest import P2, TEAM, House, oslo
from tests.stories.scenes import forget, opened

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass
class Ajar:
    """A door."""

    is_open: bool = True
    silent_seconds: float = 0.5


@dataclass
class Turned:
    """A loop that turned last at an instant."""

    turned_at: datetime


Case = tuple[tuple[str, str], ...]


def scraped(house: House) -> dict[tuple[str, Case], float]:
    """Every sample of a scrape, by its name and labels."""
    answer = Watch(house.vakt, Ajar()).answer("/metrics")
    assert answer is not None
    assert answer.status == 200
    families = text_string_to_metric_families(answer.body)
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def of(samples: dict[tuple[str, Case], float], name: str, **labels: str) -> float:
    """One sample; 0 when nothing of that kind happened."""
    return samples.get((name, tuple(sorted(labels.items()))), 0.0)


def test_what_people_did_and_what_was_posted_is_counted(house: House) -> None:
    it = opened(house, *P2)
    ola, anna = house.person("ola"), house.person("anna")
    ola.clicks("Start work", on=it.card)
    anna.types("/ticket T-77", in_="#acme")
    anna.types("Any news?", in_="#acme", thread=it.theirs)
    house.settles()
    samples = scraped(house)
    assert of(samples, "vakt_requests_total", kind="command", outcome="done") == 1
    assert of(samples, "vakt_requests_total", kind="command", outcome="refused") == 1
    assert of(samples, "vakt_requests_total", kind="view", outcome="done") == 1
    assert of(samples, "vakt_requests_total", kind="click", outcome="done") >= 2
    assert of(samples, "vakt_requests_total", kind="event", outcome="done") >= 1
    assert of(samples, "vakt_ack_seconds_count", kind="command") == 2
    assert 0 < of(samples, "vakt_ack_seconds_sum", kind="command") < 60
    assert of(samples, "vakt_ack_seconds_bucket", kind="command", le="+Inf") == 2
    assert of(samples, "vakt_slack_calls_total", method="chat.postMessage", outcome="done") >= 4
    assert of(samples, "vakt_slack_calls_total", method="views.open", outcome="done") == 1
    assert of(samples, "vakt_database_up") == 1
    forget(house)


def test_a_breach_is_counted_by_strength_once_it_is_stored(house: House) -> None:
    it = opened(house, *P2)
    before = scraped(house)
    house.moves_to(oslo("2026-11-23 14:30"))
    with house.vakt.database.reading() as session:
        late = [clock.strength for clock in session.exec(select(Clock)) if clock.late_at is not None]
    assert late, it.name
    after = scraped(house)
    for strength in late:
        assert of(before, "vakt_breaches_total", strength=strength) == 0
        assert of(after, "vakt_breaches_total", strength=strength) == late.count(strength)
    assert of(after, "vakt_timers_handled_total", kind="clock", outcome="done") >= 1
    forget(house)


def test_a_breach_that_is_undone_is_not_counted(house: House) -> None:
    """Undone with its savepoint or with its transaction; the one that stays is counted, and once."""
    it = opened(house, *P2)
    with house.vakt.database.transaction() as session:
        clock = _clock(session)
        savepoint = session.begin_nested()
        _note_late(session, clock)
        savepoint.rollback()
    assert _breaches(house) == 0
    with pytest.raises(ZeroDivisionError):
        _note_late_and_fail(house)
    assert _breaches(house) == 0
    with house.vakt.database.transaction() as session:
        with session.begin_nested():
            _note_late(session, _clock(session))
        assert _breaches(house) == 0
    assert _breaches(house) == 1, it.name
    forget(house)


def _clock(session: Session) -> Clock:
    return session.exec(select(Clock)).all()[0]


def _note_late(session: Session, clock: Clock) -> None:
    clock.late_at = NOW
    session.flush()


def _note_late_and_fail(house: House) -> None:
    with house.vakt.database.transaction() as session:
        _note_late(session, _clock(session))
        raise ZeroDivisionError


def _breaches(house: House) -> float:
    return sum(value for (name, _), value in scraped(house).items() if name == "vakt_breaches_total")


def test_refusals_and_retries_are_counted_by_what_slack_said(house: House) -> None:
    it = opened(house)
    house.settles()
    house.slack.fault("chat.postMessage", kind="restricted_action", where=lambda args: bool(args.get("thread_ts")))
    house.person("anna").types("Any news?", in_="#acme", thread=it.theirs)
    house.settles()
    house.slack.fault("chat.postMessage", kind="ratelimited", retry_after=1)
    house.person("anna").types("Well?", in_="#acme", thread=it.theirs)
    house.slack.expects("Well?", in_="#desk", thread=it.card)
    house.settles()
    samples = scraped(house)
    assert of(samples, "vakt_slack_refusals_total", method="chat.postMessage", error="restricted_action") == 1
    assert of(samples, "vakt_outbox_ended_total", kind="log_line", state="refused") == 1
    assert of(samples, "vakt_slack_calls_total", method="chat.postMessage", outcome="ratelimited") == 1
    assert of(samples, "vakt_outbox_retries_total", kind="log_line", certain="yes") == 1
    forget(house)


def test_due_timers_and_owed_messages_are_seen_when_somebody_looks(house: House) -> None:
    """With the loops standing still, so that what is due and owed stays so."""
    it, _ = opened(house, *P2), opened(house, *P2)
    house.settles()
    house.vakt.ticker.stop()
    house.vakt.sender.stop()
    ola = house.person("ola")
    ola.chooses("Assign", ola, on=it.card)
    house.slack.idle()
    with house.vakt.database.transaction() as session:
        timers = session.exec(select(Timer).where(Timer.ticket_number > 0).order_by(col(Timer.due_at))).all()
        for ago, timer in zip((300, 30), timers, strict=True):
            timer.due_at = house.now() - timedelta(seconds=ago)
    samples = scraped(house)
    assert of(samples, "vakt_timers_due") == 2
    assert of(samples, "vakt_timers_late") == 1
    assert 300 <= of(samples, "vakt_timer_oldest_seconds") < 400
    assert of(samples, "vakt_outbox_depth", kind="desk_card") == 1
    assert of(samples, "vakt_outbox_depth", kind="log_line") == 1
    assert 0 <= of(samples, "vakt_outbox_oldest_seconds", kind="log_line") < 60
    with house.vakt.database.transaction() as session:
        hold_back(session.exec(select(Timer).order_by(col(Timer.due_at))).all()[0], NOW, "it broke")
    samples = scraped(house)
    assert (of(samples, "vakt_timers_due"), of(samples, "vakt_timers_held")) == (1, 1)
    forget(house)


def test_looking_reads_by_index_whatever_the_tables_hold(sqlite_template: Path, tmp_path: Path) -> None:
    """As SQLite plans it; PostgreSQL scans tables as small as a test's whatever indexes there are."""
    shutil.copy(sqlite_template, tmp_path / "vakt.db")
    database, said = Database(f"sqlite:///{tmp_path / 'vakt.db'}"), list[str]()
    with database.reading() as session:
        raw = session.connection().connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.set_trace_callback(said.append)
        backlog.timers_due(session, TEAM, NOW, NOW)
        backlog.owed_by_kind(session, TEAM)
        raw.set_trace_callback(None)
        plans = [str(raw.execute(f"explain query plan {statement}").fetchall()) for statement in said]
    database.dispose()
    due, owed = plans
    assert "timer_due" in due
    assert "outbox_waiting" in owed or "outbox_order" in owed, "both hold the waiting rows only"


# Health


def health(house: House, *, door: Ajar | None = None, stopping: bool = False, turned: datetime = NOW) -> Health:
    """The health of a process whose loops turned last at an instant, looked at now."""
    gauges = Gauges(TEAM, house.vakt.database, Clocks(house.now, lambda: NOW))
    return Health(
        {"ticker": Turned(turned), "sender": Turned(NOW)}, door or Ajar(), gauges, lambda: NOW, lambda: stopping
    )


def test_a_loop_that_stands_still_is_not_well(house: House) -> None:
    well = health(house, turned=NOW - LONGEST_TURN).alive()
    assert well["ticker"].ok
    stuck = health(house, turned=NOW - LONGEST_TURN - timedelta(seconds=1)).alive()
    assert (stuck["ticker"].ok, stuck["ticker"].age_seconds) == (False, 31.0)
    assert "has not turned for 31 s" in str(stuck["ticker"].why)
    assert stuck["sender"].ok


def test_a_closed_door_an_old_schema_and_a_stop_make_a_process_unready(house: House) -> None:
    assert all(part.ok for part in health(house).ready().values())
    unready = health(house, door=Ajar(is_open=False), stopping=True).ready()
    assert [name for name, part in unready.items() if not part.ok] == ["door", "going"]
    with house.vakt.database.transaction() as session:
        kept = session.execute(text("select version_num from alembic_version")).scalar_one()
        session.execute(text("update alembic_version set version_num = '0000'"))
    assert "run vakt db upgrade" in str(health(house).ready()["schema"].why)
    with house.vakt.database.transaction() as session:
        session.execute(text("update alembic_version set version_num = '9999'"))
    assert health(house).ready()["schema"].ok, "a newer schema works with the running version"
    with house.vakt.database.transaction() as session:
        session.execute(text("update alembic_version set version_num = :kept"), {"kept": kept})


def test_a_database_that_fails_is_told_with_its_own_words(house: House) -> None:
    """And the counts are still there to be read."""
    with house.vakt.database.transaction() as session:
        session.execute(text("alter table outbox rename to outbox_away"))
        session.execute(text("alter table alembic_version rename to version_away"))
    try:
        answer = Watch(house.vakt, Ajar()).answer("/healthz")
        assert answer is not None
        assert answer.status == 503
        assert "alembic_version" in json.loads(answer.body)["parts"]["database"]["why"]
        samples = scraped(house)
        assert of(samples, "vakt_database_up") == 0
        assert ("vakt_loop_age_seconds", (("loop", "ticker"),)) in samples
    finally:
        with house.vakt.database.transaction() as session:
            session.execute(text("alter table outbox_away rename to outbox"))
            session.execute(text("alter table version_away rename to alembic_version"))


def test_a_database_that_hangs_holds_up_one_thread_and_nobody_who_looks() -> None:
    """Everybody who looks shares the question in flight; once it is answered, it can be asked again."""
    opened_, release, asked = threading.Event(), threading.Event(), []

    @contextmanager
    def hanging() -> Iterator[Session]:
        asked.append(1)
        opened_.set()
        release.wait(10)
        yield Session()

    question = Question(hanging, lambda _: "here", patience=0.05)
    for _ in range(3):
        with pytest.raises(UnansweredError, match=r"has not answered for \d"):
            question.answer()
    assert opened_.wait(5)
    assert asked == [1]
    release.set()
    patient = Question(hanging, lambda _: "here", patience=10)
    assert patient.answer() == "here"


def test_waits_for_the_database_that_were_given_up_are_counted(house: House) -> None:
    ready, done = threading.Event(), threading.Event()

    def hold() -> None:
        with house.vakt.database.engine.connect() as connection:
            begin = (
                "begin immediate" if house.vakt.database.is_sqlite else "lock table received in access exclusive mode"
            )
            connection.execute(text(begin))
            ready.set()
            done.wait(10)
            connection.rollback()

    it = opened(house)
    house.settles()
    other = threading.Thread(target=hold)
    other.start()
    assert ready.wait(10)
    house.person("ola").clicks("Start work", on=it.card)
    done.set()
    other.join(10)
    house.settles()
    samples = scraped(house)
    assert of(samples, "vakt_database_busy_total", who="people") == 1
    assert of(samples, "vakt_requests_total", kind="click", outcome="busy") == 1
    forget(house)


# The papers


def exported(house: House) -> set[str]:
    """The name of every sample that can be exported; counts are there before anything is counted."""
    tally = Tally()
    for what in COUNTED:
        tally.count(what, *(["x"] * len(what.labels)))
    tally.acknowledged("command", "done", 0.1)
    page = Page(tally, Gauges(TEAM, house.vakt.database, Clocks(house.now, lambda: NOW)), health(house))
    return {sample.name for family in text_string_to_metric_families(page.text()) for sample in family.samples}


@pytest.mark.parametrize("paper", ["docs/grafana.json", "docs/watching.md"])
def test_every_metric_that_a_paper_names_is_exported(house: House, paper: str) -> None:
    opened(house)
    house.vakt.sender.stop()
    house.person("anna").types("/ticket help", in_="#acme")
    with house.vakt.database.transaction() as session:
        session.execute(text("update outbox set state = 'waiting'"))
    said = (ROOT / paper).read_text("utf-8")
    named = set(re.findall(r"\bvakt_[a-z_]+\b", said))
    known = exported(house)
    assert len(named) > 10
    assert not named - known
    if paper.endswith(".json"):
        assert {name for what in COUNTED for name in known if name.startswith(what.name)} <= named | {
            name for name in known if name.endswith("_created")
        }
        assert {panel["datasource"]["uid"] for panel in json.loads(said)["panels"]} == {"${datasource}"}
    forget(house)
