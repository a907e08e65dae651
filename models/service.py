"""Services: what a desk keeps running, its components, and the customers that hang on it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import JSON, Column, and_
from sqlmodel import Field, Session, col, or_, select

from models.channel import Channel
from models.customer import Agreement, Customer
from models.record import Record


class Service(Record, table=True):
    """Something that customers use and that can fail or be maintained.

    Who uses it: `customers` by key, everybody under one of `contracts`, everybody who holds one of
    `products`; every customer of the desk where none of the three is given. `retired`: the workspace
    file does not name it any more; what happened to it stays.
    """

    team_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    desk_id: str
    name: str
    components: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    customers: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    contracts: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    products: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    retired: bool = False

    def is_used_by(self, customer: Customer, contract: str) -> bool:
        """Whether a customer under that contract hangs on it."""
        if customer.desk_id != self.desk_id:
            return False
        if not (self.customers or self.contracts or self.products):
            return True
        return (
            customer.key in self.customers
            or contract in self.contracts
            or any(product in self.products for product in customer.products or ())
        )


@dataclass(frozen=True, slots=True)
class Using:
    """A customer that hangs on services: its contract's id, its own channel, and the keys of what it uses."""

    customer: Customer
    contract: str
    channel: Channel | None = None
    services: tuple[str, ...] = field(default=())


def services_of(session: Session, team_id: str, desk_ids: Collection[str] | None = None) -> list[Service]:
    """The services that desks keep now, by name; of every desk when None."""
    query = select(Service).where(Service.team_id == team_id, col(Service.retired).is_(False))
    if desk_ids is not None:
        query = query.where(col(Service.desk_id).in_(sorted(desk_ids)))
    return list(session.exec(query.order_by(col(Service.name), col(Service.key))))


def services_with_keys(session: Session, team_id: str, keys: Iterable[str]) -> list[Service]:
    """These services, by name; retired ones too."""
    query = select(Service).where(Service.team_id == team_id, col(Service.key).in_(sorted(set(keys))))
    return list(session.exec(query.order_by(col(Service.name), col(Service.key))))


def names_with(services: Iterable[Service], components: Mapping[str, Sequence[str]] | None) -> tuple[str, ...]:
    """What services are called, with the components where only some are meant: "Customer portal (Signing in)"."""
    narrowed = components or {}
    return tuple(
        f"{service.name} ({', '.join(narrowed[service.key])})" if narrowed.get(service.key) else service.name
        for service in services
    )


def all_services(session: Session, team_id: str) -> list[Service]:
    """Every service there ever was, by key."""
    return list(session.exec(select(Service).where(Service.team_id == team_id).order_by(col(Service.key))))


def customers_on(session: Session, team_id: str, services: Collection[Service], day: date) -> list[Using]:
    """Who hangs on any of these services by a contract in force on a civil day, by name of the customer."""
    desks = sorted({service.desk_id for service in services})
    found = []
    for customer, contract, channel in session.execute(_under_contract(team_id, desks, day)):
        used = tuple(service.key for service in services if service.is_used_by(customer, contract))
        if used:
            found.append(Using(customer, contract, channel, used))
    return found


def services_used_by(session: Session, customer: Customer, contract: str) -> list[Service]:
    """What a customer under that contract hangs on, by name."""
    kept = services_of(session, customer.team_id, [customer.desk_id])
    return [service for service in kept if service.is_used_by(customer, contract)]


def _under_contract(team_id: str, desks: list[str], day: date):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a query
    """Customers of desks with the contract in force on a day, and the customer's own channel."""
    in_force = and_(
        col(Agreement.team_id) == Customer.team_id,
        col(Agreement.customer_id) == Customer.id,
        col(Agreement.since) <= day,
        or_(col(Agreement.until).is_(None), col(Agreement.until) > day),
    )
    own = and_(col(Channel.team_id) == Customer.team_id, col(Channel.customer_id) == Customer.id)
    return (
        select(Customer, Agreement.contract, Channel)
        .join(Agreement, in_force)
        .outerjoin(Channel, own)
        .where(Customer.team_id == team_id, col(Customer.desk_id).in_(desks))
        .order_by(col(Customer.name), col(Customer.id), col(Channel.id))
    )
