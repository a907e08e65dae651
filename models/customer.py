"""Customers: whose contract is kept, by which desk, and who may speak for them."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint, bindparam
from sqlmodel import Field, Session, col, or_, select

from models.ids import new_id
from models.person import Person
from models.record import BY_KEY, Record


class Customer(Record, table=True):
    """A customer of one desk.

    `options` are what it holds beside the agreement (such as day and night support), `overrides`
    single values of the contract that its own agreement changes, `products` the keys of those of
    the desk's products that it holds.
    """

    __table_args__ = (UniqueConstraint("team_id", "key"), BY_KEY)

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True, default_factory=new_id)
    key: str
    name: str
    desk_id: str
    language: str | None = None
    region: str | None = None
    options: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    overrides: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    products: list[str] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))


class Contact(Record, table=True):
    """A person who speaks for a customer; a super user answers the customer's own people first."""

    team_id: str = Field(primary_key=True)
    customer_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    super_user: bool = False


class Agreement(Record, table=True):
    """Which contract a customer is under, from a day on (to `until`, exclusive, when it ended)."""

    team_id: str = Field(primary_key=True)
    customer_id: str = Field(primary_key=True)
    since: date = Field(primary_key=True)
    contract: str
    until: date | None = None


def agreement_on(session: Session, customer: Customer, day: date) -> Agreement | None:
    """The agreement in force on a civil day: at any date a customer has at most one."""
    asked = {"team": customer.team_id, "customer": customer.id, "day": day}
    return session.exec(_AGREEMENT, params=asked).first()


_AGREEMENT = (
    select(Agreement)
    .where(
        Agreement.team_id == bindparam("team"),
        Agreement.customer_id == bindparam("customer"),
        Agreement.since <= bindparam("day"),
        or_(col(Agreement.until).is_(None), col(Agreement.until) > bindparam("day")),
    )
    .order_by(col(Agreement.since).desc())
)


def agreements_until(session: Session, customer: Customer, day: date) -> list[Agreement]:
    """Every agreement of a customer that had begun by a civil day, the first first; most are over."""
    query = select(Agreement).where(
        Agreement.team_id == customer.team_id, Agreement.customer_id == customer.id, Agreement.since <= day
    )
    return list(session.exec(query.order_by(col(Agreement.since))))


def customers_under(session: Session, team_id: str, contract: str, day: date) -> list[tuple[Customer, Agreement]]:
    """Every customer under a contract on a civil day, by name, with the agreement that says so."""
    query = (
        select(Customer, Agreement)
        .join(Agreement, col(Agreement.customer_id) == Customer.id)
        .where(
            Customer.team_id == team_id,
            Agreement.team_id == team_id,
            Agreement.contract == contract,
            Agreement.since <= day,
            or_(col(Agreement.until).is_(None), col(Agreement.until) > day),
        )
        .order_by(col(Customer.name), col(Customer.id))
    )
    return [(customer, agreement) for customer, agreement in session.exec(query)]


def contacts_of(session: Session, team_id: str, customer_id: str) -> list[Person]:
    """Everybody who speaks for a customer, by name."""
    query = (
        select(Person)
        .join(Contact, col(Contact.person_id) == Person.id)
        .where(
            Contact.team_id == team_id,
            Person.team_id == team_id,
            Contact.customer_id == customer_id,
        )
        .order_by(col(Person.name))
    )
    return list(session.exec(query))


def super_users_of(session: Session, team_id: str, customer_id: str) -> list[Person]:
    """Those who answer the customer's own people first, by name. Source: PI-11."""
    query = select(Contact.person_id).where(
        Contact.team_id == team_id, Contact.customer_id == customer_id, col(Contact.super_user).is_(True)
    )
    held = set(session.exec(query))
    return [person for person in contacts_of(session, team_id, customer_id) if person.id in held]


def customer_by_key(session: Session, team_id: str, key: str) -> Customer | None:
    """The customer that the workspace file calls so."""
    return session.exec(_BY_KEY, params={"team": team_id, "named": key}).first()


_BY_KEY = select(Customer).where(Customer.team_id == bindparam("team"), Customer.key == bindparam("named"))


def customers_at(session: Session, team_id: str, desk_ids: list[str]) -> list[Customer]:
    """Every customer of these desks, by name."""
    query = (
        select(Customer)
        .where(Customer.team_id == team_id, col(Customer.desk_id).in_(desk_ids))
        .order_by(col(Customer.name))
    )
    return list(session.exec(query))
