"""What is told of an outage, drawn from what is stored when it is sent; and what its timers ask."""

from datetime import datetime
from typing import Any

from handlers import announcing, incident, incident_news, language
from handlers.announcing import words_of
from handlers.outage_handling import about, in_charge, write
from handlers.outage_pictures import desk_facts, line_facts, outage_facts, strictest
from handlers.outage_promises import LATE, TELL, promised_at
from handlers.outage_reports import follow_ups
from handlers.owed import Ledger
from handlers.present import Present
from handlers.views import outage_desk
from handlers.views import outages as views
from handlers.views.blocks import Rendered
from handlers.views.outage_report import with_follow_ups
from models import typed_text
from models.chronicle import Happening
from models.desk import Desk
from models.outage import Outage, OutageEvent, outage_by_number, outage_entry, told_at_step
from models.outbox import Outgoing
from models.sla.contract import Strength
from models.store import Session
from models.timer import Timer


def _outage(session: Session, team_id: str, name: str, *, lock: bool = False) -> Outage | None:
    return outage_by_number(session, team_id, int(name.removeprefix("O-")), lock=lock)


def announcement(row: Outgoing, here: Present) -> Rendered | None:
    """To those who subscribe."""
    outage = _outage(here.session, row.team_id, row.args["about"])
    if outage is None:
        return None
    facts = outage_facts(here.session, outage, here.now, repeated=bool(row.args.get("repeated")))
    return views.announcement(facts, words_of(row))


def announced(row: Outgoing, here: Present) -> Rendered | None:
    """One update, or the end, in its thread: what was said then."""
    session = here.session
    outage = _outage(session, row.team_id, row.args["about"])
    entry = told_at_step(session, outage, int(row.args["step"])) if outage else None
    if outage is None or entry is None:
        return None
    text = typed_text.read(session, row.team_id, entry.text_id)
    facts, words = outage_facts(session, outage, here.now), words_of(row)
    if entry.event == OutageEvent.ENDED:
        return views.end_line(facts, text, words)
    return views.update_line(facts, text, words)


def desk_card(row: Outgoing, here: Present) -> Rendered | None:
    """The desk's own card."""
    outage = _outage(here.session, row.team_id, row.args["about"])
    desk = here.session.get(Desk, (row.team_id, outage.desk_id)) if outage else None
    if outage is None or desk is None:
        return None
    return outage_desk.desk_card(
        desk_facts(here.session, here.agreements, outage, here.now), language.spoken(desk.language)
    )


def log_line(row: Outgoing, here: Present) -> Rendered | None:
    """One line of its history, in the desk's thread."""
    session = here.session
    outage = _outage(session, row.team_id, row.args["about"])
    desk = session.get(Desk, (row.team_id, outage.desk_id)) if outage else None
    entry = outage_entry(session, row.team_id, outage.number, int(row.args["position"])) if outage else None
    if outage is None or desk is None or entry is None:
        return None
    words = language.spoken(desk.language)
    said = outage_desk.log_line(line_facts(session, outage, entry, here.now), words)
    if entry.event == OutageEvent.REPORTED:
        return with_follow_ups(said, outage.name, follow_ups(session, outage), words)
    return said


def reminder(row: Outgoing, here: Present) -> Rendered | None:
    """To the lead: a promise that comes due, or has passed; nothing once it was kept."""
    if "refused" in row.args:
        return incident_news.refusal(row, here)
    outage = _outage(here.session, row.team_id, row.args["about"])
    promise, at = str(row.args["promise"]), datetime.fromisoformat(row.args["at"])
    if outage is None or not still_promised(outage, promise, at):
        return None
    facts = outage_facts(here.session, outage, here.now)
    words = announcing.words_for(here, about(outage), row.conversation)
    return outage_desk.reminder(facts, promise, at, words)


def still_promised(outage: Outage, promise: str, at: datetime) -> bool:
    """Whether what was promised by that instant is so still."""
    if outage.is_over:
        return False
    if promise == TELL:
        return outage.announced_at is None
    return promised_at(outage, promise) == at


def on_due(session: Session, timer: Timer, now: datetime, batch: Any) -> None:  # noqa: ANN401 - a `timers.Batch`
    """A promise comes due, or has passed: the lead is reminded, and that it was not kept is written down."""
    args = timer.args
    if args["what"] == incident.ARCHIVE:
        incident_news.archive_due(session, timer, batch.machine_now)
        return
    outage = _outage(session, timer.team_id, args["about"], lock=True)
    at = datetime.fromisoformat(args["at"])
    if outage is None or not still_promised(outage, args["promise"], at):
        return
    ledger = Ledger(session, batch.machine_now)
    late = str(args["what"]).endswith(f"_{LATE}")
    facts: dict[str, Any] = {"promise": args["promise"], "promised_at": args["at"]}
    if late:
        facts |= _lateness(session, outage, args["promise"], now, batch)
    event = OutageEvent.PROMISE_BROKEN if late else OutageEvent.REMINDED
    write(ledger, outage, Happening(event=event, at=at if late else now, facts=facts))
    key, told = f"{args['what']}:{int(at.timestamp())}", {"promise": args["promise"], "at": args["at"]}
    announcing.remind(ledger, about(outage), in_charge(outage), key, told)


def _lateness(session: Session, outage: Outage, promise: str, now: datetime, batch: Any) -> dict[str, Any]:  # noqa: ANN401
    """By which clause it was promised and how firmly; what was said in public is a promise."""
    if promise != TELL:
        return {"late": "breached"}
    found = strictest(session, batch.agreements, outage, now)
    if found is None:
        return {}
    rule = found[0]
    return {"clause": rule.clause, "late": Strength(rule.strength).lateness}
