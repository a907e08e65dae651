"""An outage's own channel, drawn: its steps, its card, its summary; and what follows when each is done or refused."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from handlers import announcing, incident, language
from handlers.errand import DONE, Errand, Step
from handlers.incident import card_key, slack_ids
from handlers.outage_handling import about, in_charge, write
from handlers.outage_pictures import desk_facts, line_facts, outage_facts
from handlers.outage_reports import canvas_before, place_of_file, report_facts
from handlers.owed import Ledger
from handlers.present import Present
from handlers.scene import person_fact
from handlers.views import incidents as views
from handlers.views import outage_desk as outage_views
from handlers.views import outage_report as report_views
from handlers.views.blocks import Rendered, rendered, section
from handlers.views.words import Words
from models import outbox
from models.chronicle import Happening
from models.desk import Desk
from models.outage import Outage, OutageEvent, outage_by_number, outage_entry
from models.outbox import Kind, Outgoing, State
from models.store import Session
from models.ticket import Team
from models.timer import Timer


def _outage(session: Session, row: Outgoing | Timer, *, lock: bool = False) -> Outage | None:
    number = int(str(row.args["about"]).removeprefix("O-"))
    return outage_by_number(session, row.team_id, number, lock=lock)


def _words(session: Session, outage: Outage) -> Words:
    desk = session.get(Desk, (outage.team_id, outage.desk_id))
    return language.spoken(desk.language) if desk else language.UNKNOWN_READER


# Drawing


def step(row: Outgoing, here: Present) -> Errand | None:
    """One step, with what it needs as things are; None when it is not to be done any more."""
    outage = _outage(here.session, row)
    if outage is None:
        return None
    drawn = STEPS[Step(row.args["step"])]
    return drawn(outage, row, here)


def _errand(outage: Outage, row: Outgoing, **facts: Any) -> Errand:
    return Errand(
        step=Step(row.args["step"]),
        team_id=row.team_id,
        channel=facts.pop("channel", None) or outage.channel_id or "",
        repeated=bool(row.args.get("repeated")),
        **facts,
    )


def _create(outage: Outage, row: Outgoing, here: Present) -> Errand | None:
    if outage.is_over:
        return None
    team = here.session.get(Team, outage.team_id)
    name = incident.channel_name(outage.number, outage_facts(here.session, outage, here.now).title)
    return _errand(outage, row, texts={"name": name, "bot": team.bot_user if team else ""})


def _topic(outage: Outage, row: Outgoing, here: Present) -> Errand:
    facts = outage_facts(here.session, outage, here.now)
    lead = person_fact(here.session, outage.team_id, outage.lead_id)
    return _errand(outage, row, texts={"text": views.topic(facts, lead, _words(here.session, outage))})


def _invite(outage: Outage, row: Outgoing, here: Present) -> Errand:
    return _errand(outage, row, people=slack_ids(here.session, row.team_id, row.args["people"]))


def _bookmark(outage: Outage, row: Outgoing, here: Present) -> Errand:
    card = outbox.seen_of_key(here.session, row.team_id, about(outage).desk_key)
    title = views.bookmark_title(outage.name, _words(here.session, outage))
    texts = {"title": title, "of": (card.channel if card else None) or "", "ts": (card.ts if card else None) or ""}
    return _errand(outage, row, texts=texts)


def _pin(outage: Outage, row: Outgoing, here: Present) -> Errand | None:
    card = outbox.seen_of_key(here.session, row.team_id, card_key(outage))
    return _errand(outage, row, texts={"ts": card.ts}) if card is not None and card.ts else None


def _archive(outage: Outage, row: Outgoing, here: Present) -> Errand:
    del here
    return _errand(outage, row)


def _upload(outage: Outage, row: Outgoing, here: Present) -> Errand:
    words = _words(here.session, outage)
    channel, ts = place_of_file(here.session, outage)
    facts = report_facts(here.session, here.agreements, outage, here.now)
    texts = {
        "name": f"{outage.name}-report.md",
        "title": report_views.title(outage.name, row.args["revision"], words),
        "comment": report_views.comment(outage.name, words),
        "text": report_views.markdown(facts, words),
        "ts": ts,
    }
    return _errand(outage, row, channel=channel, texts=texts)


def _canvas(outage: Outage, row: Outgoing, here: Present) -> Errand | None:
    """The canvas of its own channel; without an open one a canvas of its own, as a tab of the desk's."""
    words = _words(here.session, outage)
    facts = report_facts(here.session, here.agreements, outage, here.now)
    texts = {"text": report_views.markdown(facts, words), "canvas": canvas_before(here.session, outage)}
    channel, ts = place_of_file(here.session, outage)
    if ts:  # the file goes into the thread of the desk's card, and not into a channel of the outage's
        texts["title"] = report_views.canvas_title(outage.name, words)
    return _errand(outage, row, channel=channel, texts=texts)


STEPS: Mapping[Step, Callable[[Outage, Outgoing, Present], Errand | None]] = {
    Step.CREATE: _create,
    Step.TOPIC: _topic,
    Step.INVITE: _invite,
    Step.BOOKMARK: _bookmark,
    Step.PIN: _pin,
    Step.UPLOAD: _upload,
    Step.CANVAS: _canvas,
    Step.ARCHIVE: _archive,
}
"""How each step is drawn."""


def card(row: Outgoing, here: Present) -> Rendered | None:
    """The outage's card in its own channel: the desk's, which whoever is there works with."""
    outage = _outage(here.session, row)
    if outage is None:
        return None
    facts = desk_facts(here.session, here.agreements, outage, here.now)
    return outage_views.desk_card(facts, _words(here.session, outage))


def line(row: Outgoing, here: Present) -> Rendered | None:
    """An update, as whoever handles it reads it."""
    outage = _outage(here.session, row)
    entry = outage_entry(here.session, row.team_id, outage.number, int(row.args["position"])) if outage else None
    if outage is None or entry is None:
        return None
    facts = line_facts(here.session, outage, entry, here.now)
    said = outage_views.line_text(facts, _words(here.session, outage))
    return rendered(said, [section(said)])


def summary(row: Outgoing, here: Present) -> Rendered | None:
    """The last message: what it was, and when the channel is archived."""
    outage = _outage(here.session, row)
    if outage is None or outage.ended_at is None:
        return None
    facts = desk_facts(here.session, here.agreements, outage, here.now)
    archived_at = datetime.fromisoformat(row.args["archived_at"])
    return views.summary(facts, archived_at, _words(here.session, outage))


def refusal(row: Outgoing, here: Present) -> Rendered | None:
    """To the lead: what Slack refused, and the way out."""
    outage = _outage(here.session, row)
    if outage is None:
        return None
    facts = outage_facts(here.session, outage, here.now)
    words = announcing.words_for(here, about(outage), row.conversation)
    return views.refusal(facts, row.args["refused"], row.args["error"], words)


# What follows


def followed(session: Session, row: Outgoing, machine_now: datetime, now: datetime) -> None:
    """Store what follows when a step or a message of an outage's channel was done, or refused."""
    outage = _outage(session, row, lock=True)
    if outage is None:
        return
    ledger = Ledger(session, machine_now)
    what = str(row.args.get("step") or row.kind)
    if row.state == State.REFUSED:
        _not_done(ledger, outage, what, row.refused_with, now)
        return
    if row.ts is None:
        return
    if row.kind == Kind.INCIDENT_CARD:
        incident.owe_step(ledger, outage, Step.PIN)
    elif what in AFTER:
        AFTER[Step(what)](ledger, outage, row, now)


def _made(ledger: Ledger, outage: Outage, row: Outgoing, now: datetime) -> None:
    happening = Happening(
        event=OutageEvent.CHANNEL, at=now, actor_id=row.args.get("by"), facts={"channel": str(row.ts)}
    )
    write(ledger, outage, happening, channel_id=str(row.ts))
    incident.furnish(ledger, outage, row.args["people"])
    if outage.is_over:
        incident.close(ledger, outage, now)


def _invited(ledger: Ledger, outage: Outage, row: Outgoing, now: datetime) -> None:
    if row.ts != DONE:
        _not_done(ledger, outage, Step.INVITE, str(row.ts), now)


def _archived(ledger: Ledger, outage: Outage, row: Outgoing, now: datetime) -> None:
    del row
    write(ledger, outage, Happening(event=OutageEvent.ARCHIVED, at=now, facts={"channel": outage.channel_id}))


AFTER: Mapping[Step, Callable[[Ledger, Outage, Outgoing, datetime], None]] = {
    Step.CREATE: _made,
    Step.INVITE: _invited,
    Step.ARCHIVE: _archived,
}
"""What follows a step that was done."""


def _not_done(ledger: Ledger, outage: Outage, what: str, error: str, now: datetime) -> None:
    """Write down what Slack refused, and tell the lead with the way out."""
    happening = Happening(event=OutageEvent.NOT_DONE, at=now, facts={"refused": what, "error": error})
    entry = write(ledger, outage, happening)
    if what not in views.QUIETLY:
        told = {"refused": what, "error": error}
        announcing.remind(ledger, about(outage), in_charge(outage), f"refused:{entry.position}", told)


def archive_due(session: Session, timer: Timer, machine_now: datetime) -> None:
    """A day after the end: owe that the channel is archived."""
    outage = _outage(session, timer, lock=True)
    if outage is not None and outage.is_over and outage.channel_id is not None:
        incident.owe_step(Ledger(session, machine_now), outage, Step.ARCHIVE)
