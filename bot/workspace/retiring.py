"""A rota that the file does not name any more is retired, unless something stored still goes by it."""

from collections.abc import Iterator

from sqlmodel import Session, col, delete, select

from bot.workspace.file import Change, Workspace
from models.desk import desks_with_rota
from models.escalation import Plan, StepKind
from models.page import escalations_of, running_pages
from models.stored_rota import RotaFeed, StoredRota, rotas_of
from models.timer import Timer, disarm_rota


def retire_rotas(session: Session, team_id: str, workspace: Workspace) -> Iterator[Change]:
    """Take away the rotas that the file does not name; a file without any word of rotas leaves them alone.

    What people changed about one stays stored: it is the account of who was on call.
    """
    named = {entry.key for entry in workspace.rotas}
    for rota in rotas_of(session, team_id):
        if rota.key in named:
            continue
        users = list(_users(session, team_id, rota.key))
        if "rotas" not in workspace.model_fields_set:
            yield Change("=", f"rota {rota.key} is not in the file and is kept")
        elif users:
            yield Change("=", f"rota {rota.key} is not in the file and is kept: {', '.join(users)} still use it")
        else:
            _retire(session, rota)
            yield Change("-", f"rota {rota.key}, with its calendar addresses")


def _users(session: Session, team_id: str, key: str) -> Iterator[str]:
    """What goes by a rota, in words."""
    yield from (f"desk {desk.key}" for desk in desks_with_rota(session, team_id, key))
    yield from (f"escalation {each.key}" for each in escalations_of(session, team_id) if _goes_by(each.document, key))
    pages = sum(_goes_by(page.plan, key) for page in running_pages(session, team_id))
    if pages:
        yield "1 open page" if pages == 1 else f"{pages} open pages"


def _goes_by(document: dict[str, object], key: str) -> bool:
    return any(step.kind is StepKind.ROTA and step.of == key for step in Plan.of(document).steps)


def _retire(session: Session, rota: StoredRota) -> None:
    disarm_rota(session, rota.team_id, rota.id)
    session.execute(
        delete(RotaFeed)
        .where(col(RotaFeed.team_id) == rota.team_id, col(RotaFeed.rota_id) == rota.id)
        .execution_options(synchronize_session=False)
    )
    for timer in session.exec(select(Timer).where(Timer.team_id == rota.team_id, Timer.clock_id == rota.id)):
        session.delete(timer)
    session.delete(rota)
