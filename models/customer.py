"""Customers: whose contract is kept, by which desk, and who may speak for them."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, or_, select

from models.ids import new_id
from models.person import Person


class Customer(SQLModel, table=True):
    """A customer of one desk.

    `options` are what it holds beside the agreement (such as day and night support), `overrides`
    single values of the contract that its own agreement changes.
    """

    __table_args__ = (UniqueConstraint("team_id", "key"),)

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True, default_factory=new_id)
    key: str
    name: str
    desk_id: str
    language: str | None = None
    region: str | None = None
    options: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    overrides: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class Contact(SQLModel, table=True):
    """A person who speaks for a customer; a super user answers the customer's own people first."""

    team_id: str = Field(primary_key=True)
    customer_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    super_user: bool = False


class Agreement(SQLModel, table=True):
    """Which contract a customer is under, from a day on (to `until`, exclusive, when it ended)."""

    team_id: str = Field(primary_key=True)
    customer_id: str = Field(primary_key=True)
    since: date = Field(primary_key=True)
    contract: str
    until: date | None = None


def customer_by_key(session: Session, team_id: str, key: str) -> Customer | None:
    """The customer that the workspace file calls `key`."""
    query = select(Customer).where(Customer.team_id == team_id, Customer.key == key)
    return session.exec(query).first()


def agreement_on(session: Session, customer: Customer, day: date) -> Agreement | None:
    """The agreement in force on a civil day: at any date a customer has at most one."""
    query = (
        select(Agreement)
        .where(
            Agreement.team_id == customer.team_id,
            Agreement.customer_id == customer.id,
            Agreement.since <= day,
            or_(col(Agreement.until).is_(None), col(Agreement.until) > day),
        )
        .order_by(col(Agreement.since).desc())
    )
    return session.exec(query).first()


def customers_of(session: Session, team_id: str, person_id: str) -> dict[str, bool]:
    """The customers a person speaks for, and for each whether as a super user."""
    query = select(Contact.customer_id, Contact.super_user).where(
        Contact.team_id == team_id, Contact.person_id == person_id
    )
    return dict(session.exec(query).all())


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


def customers_at(session: Session, team_id: str, desk_ids: list[str]) -> list[Customer]:
    """Every customer of these desks, by name."""
    query = (
        select(Customer)
        .where(Customer.team_id == team_id, col(Customer.desk_id).in_(desk_ids))
        .order_by(col(Customer.name))
    )
    return list(session.exec(query))
