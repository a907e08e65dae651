"""`vakt announcements`: what was announced, and who was told."""

import json
from datetime import UTC, date, datetime

import pytest
from sqlmodel import select

from bot.demo_seed import TEAM
from bot.storage.database import Database
from models import typed_text
from models.chronicle import Happening
from models.customer import Customer
from models.desk import Desk
from models.notice import Notice, NoticeEvent, NoticeState, change_notice
from models.person import Person
from models.told import NoticeContact, Told, Way
from tests.cli.conftest import Vakt

AT = datetime(2026, 11, 28, 13, 0, tzinfo=UTC)


@pytest.fixture
def told(well: Vakt) -> Vakt:
    """A shell whose database has a notice that was told in a channel and owed by mail."""
    made, team_id = Database(well.database_url), TEAM["id"]
    with made.transaction() as session:
        desk, ola = session.exec(select(Desk)).one(), session.exec(select(Person).where(Person.handle == "ola")).one()
        customer = session.exec(select(Customer).where(Customer.key == "bykommune")).one()
        entry = session.exec(select(NoticeContact).where(NoticeContact.customer_id == customer.id)).one()
        text = str(typed_text.keep(session, team_id, ola.id, "We move to Bergen."))
        title = str(typed_text.keep(session, team_id, ola.id, "New hosting"))
        notice = Notice(
            team_id=team_id,
            number=1,
            desk_id=desk.id,
            topic="sub_processor",
            title_id=title,
            texts={"en": text},
            effective=date(2026, 12, 26),
            made_by=ola.id,
            made_at=AT,
        )
        session.add(notice)
        session.flush()
        sent = Happening(event=NoticeEvent.SENT, at=AT, actor_id=ola.id, facts={"count": 2, "step": 0})
        change_notice(session, notice, sent, state=NoticeState.SENT, sent_at=AT)
        change_notice(session, notice, Happening(event=NoticeEvent.OBJECTED, at=AT, text_id=text))
        for way, receiver in ((Way.CHANNEL, "C0BYKOM"), (Way.MAIL, entry.id)):
            session.add(
                Told(
                    team_id=team_id,
                    about="N-1",
                    step=0,
                    customer_id=customer.id,
                    way=way,
                    receiver=receiver,
                    language="nb",
                    text_id=text,
                    owed_at=AT,
                    sent_at=AT if way is Way.CHANNEL else None,
                )
            )
    made.dispose()
    return well


def test_the_list_names_each_notice_with_its_state_and_objections(told: Vakt) -> None:
    said = told.says("announcements", "list").stdout
    assert "N-1  sub_processor  sent  2026-11-28T13:00:00+00:00  New hosting" in said
    assert "takes effect 2026-12-26 · 1 objected" in said
    [row] = [json.loads(line) for line in told.says("announcements", "list", "--json").stdout.splitlines()]
    assert row["name"] == "N-1"


@pytest.mark.clause("PS-08")
def test_one_is_shown_with_everybody_who_was_told_when_and_with_which_text(told: Vakt) -> None:
    said = told.says("announcements", "show", "n-1").stdout
    assert "sent by Ola Hansen" in said
    assert "2026-11-28T13:00:00+00:00  channel  C0BYKOM (Bykommune)  step 0, nb" in said
    assert "not sent yet  mail  Bodil Dahl <bodil.dahl@bykommune.example> (Bykommune)" in said
    assert "    We move to Bergen." in said
    shown = json.loads(told.says("announcements", "show", "N-1", "--json").stdout)
    assert [each["way"] for each in shown["told"]] == ["channel", "mail"]
    assert shown["notice"]["effective"] == "2026-12-26"


def test_what_is_not_there_is_said_and_fails(told: Vakt) -> None:
    gone = told.refuses("announcements", "show", "N-9")
    assert "Nothing is known of N-9" in gone
