"""Products: what a desk supports, and who is the specialist for each."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, col, select

from models.customer import Customer
from models.ids import new_id
from models.record import BY_KEY, Record


class Product(Record, table=True):
    """Something that customers hold and that a desk supports. Its name is the vendor's, in no language."""

    __table_args__ = (UniqueConstraint("team_id", "desk_id", "key"), BY_KEY)

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True, default_factory=new_id)
    desk_id: str
    key: str
    name: str
    specialist_id: str | None = None


def products_of(session: Session, customer: Customer) -> tuple[Product, ...]:
    """What a customer holds, by name; nothing is asked of the database for one that holds none."""
    if not customer.products:
        return ()
    query = (
        select(Product)
        .where(
            Product.team_id == customer.team_id,
            Product.desk_id == customer.desk_id,
            col(Product.key).in_(customer.products),
        )
        .order_by(col(Product.name), col(Product.key))
    )
    return tuple(session.exec(query))


def products_at(session: Session, team_id: str, desk_id: str) -> list[Product]:
    """Everything that a desk supports, by key."""
    query = select(Product).where(Product.team_id == team_id, Product.desk_id == desk_id).order_by(col(Product.key))
    return list(session.exec(query))
