"""What people are told of a rota, drawn from what is stored when it is sent."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers import language
from handlers.clock_pictures import clock_fact
from handlers.present import Present
from handlers.rota_changes import changed_facts, swap_facts
from handlers.scene import person_fact, scene
from handlers.views import oncall, oncall_watch
from handlers.views.blocks import Rendered
from handlers.views.facts.rotas import DueFact, GapFacts, HandoverFacts
from handlers.views.words import Words
from models import typed_text
from models.clock import Clock
from models.desk import Desk
from models.outbox import Outgoing
from models.stored_rota import RotaChange, StoredRota


def changed(row: Outgoing, here: Present) -> Rendered | None:
    """To who is on call by a change, and to who was."""
    found = _change(row, here)
    if found is None:
        return None
    rota, change = found
    facts = changed_facts(here.session, rota, change, here.now, reader_is_on_call=bool(row.args["on_call"]))
    if not row.args.get("taken_back"):
        return oncall.changed_message(facts, _words(row, here))
    since, until = (datetime.fromisoformat(row.args[end]) for end in ("since", "until"))
    by = person_fact(here.session, row.team_id, change.settled_by) or facts.by
    return oncall.taken_back_message(replace(facts, since=since, until=until, by=by), _words(row, here))


def swap(row: Outgoing, here: Present) -> Rendered | None:
    """To who is asked for a swap, and to who asked, once it is answered."""
    found = _change(row, here)
    if found is None:
        return None
    rota, change = found
    facts = swap_facts(here.session, rota, change, here.now, to_asker=bool(row.args.get("to_asker")))
    return oncall.swap_message(facts, _words(row, here))


def _change(row: Outgoing, here: Present) -> tuple[StoredRota, RotaChange] | None:
    change = here.session.get(RotaChange, (row.team_id, row.args["change"]))
    rota = here.session.get(StoredRota, (row.team_id, change.rota_id)) if change else None
    return (rota, change) if rota is not None and change is not None else None


def _words(row: Outgoing, here: Present) -> Words:
    reader = here.person(row.team_id, row.conversation)
    return language.for_person(reader) if reader else language.UNKNOWN_READER


def gaps(row: Outgoing, here: Present) -> Rendered | None:
    """To a rota's owner: where nobody is on call in the days ahead."""
    rota = here.session.get(StoredRota, (row.team_id, row.args["rota"]))
    if rota is None:
        return None
    spans = [tuple(datetime.fromisoformat(at) for at in gap) for gap in row.args["gaps"]]
    facts = GapFacts(
        name=rota.name,
        key=rota.key,
        gaps=tuple((since, until) for since, until in spans),
        now=here.now,
        desk=row.args["desk"],
        contract=row.args["contract"],
        clause=row.args["clause"],
        more=int(row.args["more"]),
    )
    return oncall_watch.gaps_message(facts, _words(row, here))


def handover(row: Outgoing, here: Present) -> Rendered | None:
    """To a desk: who hands over to whom, and what falls due in the shift that begins."""
    args, session = row.args, here.session
    rota = session.get(StoredRota, (row.team_id, args["rota"]))
    desk = session.get(Desk, (row.team_id, args["desk"]))
    incoming = person_fact(session, row.team_id, args["incoming"])
    if rota is None or desk is None or incoming is None:
        return None
    outgoing, accepted = (person_fact(session, row.team_id, args.get(who)) for who in ("outgoing", "accepted_by"))
    facts = HandoverFacts(
        id=row.id,
        name=rota.name,
        layer=args["layer"],
        outgoing=outgoing,
        incoming=incoming,
        until=datetime.fromisoformat(args["until"]),
        now=here.now,
        due=tuple(each for clock_id in args["due"] if (each := _due(row.team_id, clock_id, here)) is not None),
        total=int(args["total"]),
        accepted_by=accepted,
        accepted_at=datetime.fromisoformat(args["accepted_at"]) if accepted else None,
    )
    words = replace(language.spoken(desk.language), zone=ZoneInfo(str(rota.document["zone"])))
    return oncall_watch.handover_message(facts, words)


def _due(team_id: str, clock_id: str, here: Present) -> DueFact | None:
    """A clock that falls due in the shift, as it stands now."""
    clock = here.session.get(Clock, (team_id, clock_id))
    ticket = here.ticket(team_id, clock.ticket_number) if clock else None
    if clock is None or ticket is None:
        return None
    at = scene(here.session, here.agreements, ticket, here.now)
    return DueFact(
        number=ticket.name,
        summary=typed_text.read(here.session, team_id, ticket.summary_id),
        customer=at.customer.name,
        clock=clock_fact(at, clock, here.waits_of(team_id, ticket.number)),
    )


def group_refused(row: Outgoing, here: Present) -> Rendered | None:
    """To a desk: why a rota's user group is not kept."""
    rota = here.session.get(StoredRota, (row.team_id, row.args["rota"]))
    desk = here.session.get(Desk, (row.team_id, row.args["desk"]))
    if rota is None or desk is None:
        return None
    return oncall_watch.group_refused(rota.name, str(row.args["error"]), language.spoken(desk.language))
