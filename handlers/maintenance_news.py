"""Maintenance as it is told, drawn from present state; and what its timers ask."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from handlers import (
    announcing,
    language,
    maintenance_acts,
    maintenance_running,
    maintenance_series,
    maintenance_telling,
)
from handlers.announcing import words_of
from handlers.maintenance_doing import Doing, about_of, remind_planner
from handlers.maintenance_pictures import line_facts, work_facts
from handlers.owed import Ledger
from handlers.present import Present
from handlers.views import maintenance_cards as cards
from handlers.views.blocks import Rendered
from handlers.views.words import Words
from models.desk import Desk
from models.maintenance import Maintenance, Stage, entry_at_step, maintenance_by_number, maintenance_entry
from models.outbox import Outgoing
from models.store import Session
from models.timer import Timer


def _work(session: Session, team_id: str, name: str, *, lock: bool = False) -> Maintenance | None:
    return maintenance_by_number(session, team_id, int(name.removeprefix("M-")), lock=lock)


# Drawn


def announcement(row: Outgoing, here: Present) -> Rendered | None:
    """What those who use the services read, as it stands."""
    work = _work(here.session, row.team_id, row.args["about"])
    return cards.announcement(work_facts(here.session, work, here.now), words_of(row)) if work else None


def announced(row: Outgoing, here: Present) -> Rendered | None:
    """One update in its thread."""
    work = _work(here.session, row.team_id, row.args["about"])
    entry = entry_at_step(here.session, work, row.args["step"]) if work else None
    if work is None or entry is None:
        return None
    return cards.line(line_facts(here.session, work, entry, here.now), words_of(row))


def desk_card(row: Outgoing, here: Present) -> Rendered | None:
    """The desk's own card."""
    work = _work(here.session, row.team_id, row.args["about"])
    if work is None:
        return None
    return cards.desk_card(work_facts(here.session, work, here.now), _desk_words(here.session, work))


def log_line(row: Outgoing, here: Present) -> Rendered | None:
    """One event in the thread of the desk's card."""
    work = _work(here.session, row.team_id, row.args["about"])
    entry = maintenance_entry(here.session, work.team_id, work.number, row.args["position"]) if work else None
    if work is None or entry is None:
        return None
    return cards.log_line(line_facts(here.session, work, entry, here.now), _desk_words(here.session, work))


STILL_SAID = frozenset({"declined", "skipped"})
"""What is said of one that is over, too."""


def reminder(row: Outgoing, here: Present) -> Rendered | None:
    """A direct message to somebody of the desk; nothing once it is of no use."""
    work = _work(here.session, row.team_id, row.args["about"])
    what = row.args["what"]
    if work is None or (work.is_over and what not in STILL_SAID):
        return None
    words = announcing.words_for(here, about_of(work), row.conversation)
    if what == "skipped":
        entry = maintenance_entry(here.session, work.team_id, work.number, int(row.args["position"]))
        return cards.skipped(line_facts(here.session, work, entry, here.now), words) if entry else None
    return cards.reminder(work_facts(here.session, work, here.now), what, words)


def _desk_words(session: Session, work: Maintenance) -> Words:
    desk = session.get(Desk, (work.team_id, work.desk_id))
    return language.spoken(desk.language) if desk else language.UNKNOWN_READER


# Due


def on_due(session: Session, timer: Timer, now: datetime, batch: Any) -> None:  # noqa: ANN401 - a `timers.Batch`
    """A timer of a maintenance fell due: what it asks is asked of the maintenance as it is now."""
    work = _work(session, timer.team_id, str(timer.args["about"]), lock=True)
    doing = Doing(Ledger(session, batch.machine_now), batch.agreements, now)
    if work is not None and timer.args["what"] == maintenance_series.EXTEND:
        maintenance_series.extend(doing, work)
        return
    if work is None or work.is_over:
        return
    ON_DUE[timer.args["what"]](doing, work)


def _unapproved(doing: Doing, work: Maintenance) -> None:
    if work.stage is Stage.ASKED:
        maintenance_acts.unapproved(doing, work)


def _tell(doing: Doing, work: Maintenance) -> None:
    if work.stage is Stage.PLANNED and work.told_at is None:
        maintenance_telling.tell(doing, work)


def _tell_soon(doing: Doing, work: Maintenance) -> None:
    if work.stage is Stage.PLANNED and work.told_at is None:
        remind_planner(doing, work, "tell_soon")


def _again(doing: Doing, work: Maintenance) -> None:
    if work.stage is Stage.PLANNED and work.told_at is not None:
        maintenance_telling.tell_again(doing, work)


def _start(doing: Doing, work: Maintenance) -> None:
    if work.stage is Stage.PLANNED:
        remind_planner(doing, work, "start")


def _not_started(doing: Doing, work: Maintenance) -> None:
    if work.stage is Stage.PLANNED:
        maintenance_running.not_started(doing, work)


def _overrun(doing: Doing, work: Maintenance) -> None:
    if work.stage is Stage.RUNNING:
        maintenance_running.overrun(doing, work)


def _never_started(doing: Doing, work: Maintenance) -> None:
    if work.stage in {Stage.ASKED, Stage.PLANNED}:
        remind_planner(doing, work, "never_started")
        maintenance_running.unmute(doing, work)


ON_DUE: Mapping[str, Callable[[Doing, Maintenance], None]] = {
    "unapproved": _unapproved,
    "tell": _tell,
    "tell_soon": _tell_soon,
    "again": _again,
    "start": _start,
    "not_started": _not_started,
    "overrun": _overrun,
    "never_started": _never_started,
}
"""What each of its timers asks."""
