"""What people are told of a changed rota, drawn from what is stored when it is sent."""

from handlers import language
from handlers.present import Present
from handlers.rota_changes import changed_facts, swap_facts
from handlers.views import oncall
from handlers.views.blocks import Rendered
from handlers.views.words import Words
from models.outbox import Outgoing
from models.stored_rota import RotaChange, StoredRota


def changed(row: Outgoing, here: Present) -> Rendered | None:
    """To who is on call by a change, and to who was."""
    found = _change(row, here)
    if found is None:
        return None
    rota, change = found
    facts = changed_facts(here.session, rota, change, here.now, reader_is_on_call=bool(row.args["on_call"]))
    return oncall.changed_message(facts, _words(row, here))


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
