"""Messages that are drawn together read as they do when each is drawn alone."""

from sqlmodel import select

from handlers import outgoing
from handlers.present import FEW, present
from models.outbox import Kind, Outgoing
from tests.stories.conftest import P2, House, oslo
from tests.stories.scenes import opened


def test_what_is_drawn_together_reads_as_drawn_alone(house: House) -> None:
    """Cards, lines, reminders and escalations of two tickets, one of which waited and went on."""
    ola, anna = house.person("ola"), house.person("anna")
    first, second = (opened(house, *P2, summary=summary) for summary in ("Invoices", "Orders"))
    for ticket in (first, second):
        ola.chooses("Assign", ola, on=ticket.card)
    house.moves_to(oslo("2026-11-23 10:10"))
    anna.types("Any news?", in_="#acme", thread=first.theirs)
    house.moves_to(oslo("2026-11-23 14:00"))
    here, now = house.vakt.desk, house.now()
    with house.vakt.database.reading() as session:
        rows = session.exec(select(Outgoing).order_by(Outgoing.id)).all()
        assert {Kind.DESK_CARD, Kind.CUSTOMER_CARD, Kind.LOG_LINE, Kind.CUSTOMER_LINE, Kind.REMINDER} <= {
            row.kind for row in rows
        }
        assert len(rows) >= FEW
        alone = [outgoing.render(row, present(session, [row], now, here.agreements)) for row in rows]
        together = present(session, rows, now, here.agreements)
        assert together.tickets
        assert [outgoing.render(row, together) for row in rows] == alone
    assert any(alone)
    for heard in house.slack.world.heard:
        heard.expected = True
