"""Downtime and reports, put into a house's database as an outage leaves them there."""

from datetime import date, datetime
from typing import Any

from sqlmodel import select

from bot.storage.database import Lane
from models.affected import Affected, report_affected
from models.claim import Claim, claims_of
from models.customer import Agreement, Contact, Customer
from models.desk import Desk
from models.downtime import (
    Change,
    Downtime,
    DowntimeEvent,
    NewDowntime,
    Scope,
    Source,
    close_downtime,
    open_downtime,
)
from models.person import Person
from tests.stories.conftest import TEAM, House, oslo


def notes(house: House, begins: str, ends: str | None, **more: Any) -> str:
    """Downtime of the portal between two instants in Oslo; gives its id."""
    with house.vakt.database.transaction(Lane.LOOP) as session:
        desk = session.exec(select(Desk)).one()
        given = {"scope": Scope.ALL_USERS, "services": ("portal",), "source": Source.OUTAGE} | more
        new = NewDowntime(
            team_id=TEAM,
            desk_id=desk.id,
            began_at=oslo(begins),
            ended_at=oslo(ends) if ends else None,
            **given,
        )
        return open_downtime(session, new, house.now()).id


def ends(house: House, downtime_id: str, at: str) -> None:
    """It is over."""
    with house.vakt.database.transaction(Lane.LOOP) as session:
        row = session.get(Downtime, (TEAM, downtime_id))
        assert row is not None
        close_downtime(row, oslo(at), Change(event=DowntimeEvent.CLOSED), house.now())


def reports(house: House, outage: str, who: str = "nina", customer: str = "bykommune", at: str | None = None) -> None:
    """Somebody pressed *We are affected*."""
    with house.vakt.database.transaction(Lane.LOOP) as session:
        person = session.exec(select(Person.id).where(Person.handle == who)).one()
        found = session.exec(select(Customer.id).where(Customer.key == customer)).one()
        moment: datetime = oslo(at) if at else house.now()
        report_affected(
            session,
            Affected(team_id=TEAM, happening_id=outage, customer_id=found, person_id=person, at=moment),
        )


def claims(house: House, customer: str = "bykommune") -> list[Claim]:
    """A customer's claims, the first first."""
    with house.vakt.database.reading() as session:
        found = session.exec(select(Customer.id).where(Customer.key == customer)).one()
        return claims_of(session, TEAM, found)


def noted(house: House, downtime_id: str) -> Downtime:
    """An interval as it is stored."""
    with house.vakt.database.reading() as session:
        row = session.get(Downtime, (TEAM, downtime_id))
        assert row is not None
        return row


def speaks(house: House, who: str, customer: str = "bykommune") -> None:
    """Somebody else speaks for a customer too."""
    with house.vakt.database.transaction(Lane.LOOP) as session:
        person = session.exec(select(Person.id).where(Person.handle == who)).one()
        found = session.exec(select(Customer.id).where(Customer.key == customer)).one()
        session.add(Contact(team_id=TEAM, customer_id=found, person_id=person))


def agrees_otherwise(house: House, day: str, contract: str | None = None) -> None:
    """Bykommune's agreement ends on a day; another one begins where it is named."""
    with house.vakt.database.transaction(Lane.LOOP) as session:
        customer = session.exec(select(Customer).where(Customer.key == "bykommune")).one()
        [held] = session.exec(select(Agreement).where(Agreement.customer_id == customer.id)).all()
        held.until = date.fromisoformat(day)
        if contract is not None:
            session.add(Agreement(team_id=TEAM, customer_id=customer.id, since=held.until, contract=contract))
