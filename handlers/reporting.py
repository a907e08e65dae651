"""When a desk's reports about availability are due. What they say is loaded on that morning.

A desk has one timer of its own kind. Armed without `since` it only looks when the month ends: nothing
about contracts is loaded before there is something to report.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Protocol

from handlers.agreements import Agreements
from models.desk import Desk, Reporting
from models.store import Session
from models.timer import Timer, TimerKind, disarm_reports, timers_of_reports

FARTHEST_AHEAD = timedelta(hours=14)
"""How far the earliest zone is ahead of UTC: no month ends sooner."""

DECEMBER = 12


class Turn(Protocol):
    """What one turn of the timers needs, as `handlers.timers.Batch` has it."""

    agreements: Agreements
    machine_now: datetime


def on_due(session: Session, timer: Timer, now: datetime, batch: Turn) -> None:
    """Owe what is due since somebody last looked, and look again when the next is."""
    desk = session.get(Desk, (timer.team_id, timer.clock_id or ""))
    others = timers_of_reports(session, timer.team_id, timer.clock_id or "")
    look = look_of([timer, *others], now)
    disarm_reports(session, timer.team_id, timer.clock_id or "")
    if desk is None or Reporting.of(desk).off:
        return
    at, args = month_ends(now), {"since": now.isoformat()}
    if look is not None:
        look = import_module("handlers.reports").owe_due(session, batch, desk, look)
        at, args = (now, look.stored()) if look.after else (look.coming or at, {"since": look.until.isoformat()})
    session.add(
        Timer(team_id=desk.team_id, kind=TimerKind.REPORT, ticket_number=0, clock_id=desk.id, due_at=at, args=args)
    )


@dataclass(frozen=True, slots=True)
class Look:
    """A look at a desk's customers, some of them at a turn, so that nobody who writes waits for long.

    What falls due after `since` until `until` is owed. `after` is the customer up to which that is done, empty
    where all are; `coming` is what is due next, as far as it was seen.
    """

    since: datetime
    until: datetime
    after: str = ""
    coming: datetime | None = None

    def stored(self) -> dict[str, str]:
        """As the timer of the next turn keeps it."""
        kept = {"since": self.since.isoformat(), "until": self.until.isoformat(), "after": self.after}
        return kept | ({"coming": self.coming.isoformat()} if self.coming else {})


def look_of(timers: Sequence[Timer], now: datetime) -> Look | None:
    """The look that goes on, or begins where somebody looked last; None where nobody ever did."""
    looked = [each.args for each in timers if "since" in each.args]
    if not looked:
        return None
    args = min(looked, key=lambda each: str(each["since"]))
    coming = args.get("coming")
    return Look(
        datetime.fromisoformat(args["since"]),
        datetime.fromisoformat(args.get("until") or now.isoformat()),
        args.get("after", ""),
        datetime.fromisoformat(coming) if coming else None,
    )


def month_ends(now: datetime) -> datetime:
    """The first instant after this one at which the month may be over, in any zone."""
    here = now.astimezone(UTC) + FARTHEST_AHEAD
    year, month = (here.year + here.month // DECEMBER, here.month % DECEMBER + 1)
    return datetime(year, month, 1, tzinfo=UTC) - FARTHEST_AHEAD
