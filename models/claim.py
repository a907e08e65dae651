"""Claims: a customer's right to a credit, from the day it is offered to what became of it. Source: PS-13."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index
from sqlmodel import Field, Session, col, select

from models.ids import new_id
from models.record import BY_KEY, Record


class ClaimState(StrEnum):
    """What became of it."""

    OFFERED = "offered"
    CLAIMED = "claimed"
    LAPSED = "lapsed"


class Outcome(StrEnum):
    """What the desk made of a claim."""

    GRANTED = "granted"
    DECLINED = "declined"
    OPEN = "open"
    """What was decided was taken back."""


class Claim(Record, table=True):
    """The credit of one customer for one period of its contract, and for one service where each is measured.

    `period` is as `models.sla.periods` writes it ("2026-11"); `service` is empty for the whole agreement.
    `person_id` is who is told: whoever reported it first. `lapses_at` is when the last of what may be
    claimed lapses; None: never. `registered_by` is the agent who claimed on the customer's behalf.
    `figure` is the arithmetic as it was when it was claimed, `covers` the ids of the intervals it was
    claimed for and `lapsed` of those whose time was over. `decisions` are what the desk made of it, the last
    one in force: nothing of it is taken away. Instants are contract time.
    """

    __table_args__ = (
        CheckConstraint("state in ('offered', 'claimed', 'lapsed')", name="claim_state"),
        Index("claim_of_customer", "team_id", "customer_id", "period"),
        BY_KEY,
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True, default_factory=new_id)
    customer_id: str
    desk_id: str
    contract: str
    contract_hash: str
    period: str
    service: str = ""
    state: str = ClaimState.OFFERED
    person_id: str
    offered_at: datetime
    lapses_at: datetime | None = None
    reminded_at: datetime | None = None
    claimed_at: datetime | None = None
    claimed_by: str | None = None
    registered_by: str | None = None
    covers: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    lapsed: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    figure: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    decisions: list[dict[str, Any]] | None = Field(
        default=None, sa_column=Column(JSON(none_as_null=True), nullable=True)
    )

    @property
    def outcome(self) -> Outcome:
        """How it was decided, as it stands."""
        return Outcome(self.decisions[-1]["outcome"]) if self.decisions else Outcome.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What somebody decided about a claim, by id; `fee` is the granted share of the monthly fee.

    `amount_id` and `text_id` are ids of typed texts: the amount as it stands on paper, and why.
    """

    outcome: Outcome
    at: datetime
    by: str
    fee: Fraction | None = None
    amount_id: str | None = None
    text_id: str | None = None


def decide(claim: Claim, decision: Decision) -> int:
    """Write a decision: the only way a claim gets one. Gives its place among them."""
    kept = {
        "outcome": decision.outcome.value,
        "at": decision.at.isoformat(),
        "by": decision.by,
        "fee": None if decision.fee is None else str(decision.fee),
        "amount_id": decision.amount_id,
        "text_id": decision.text_id,
    }
    claim.decisions = [*(claim.decisions or ()), kept]
    return len(claim.decisions) - 1


def decisions_of(claim: Claim) -> list[Decision]:
    """Everything that was decided about it, in order."""
    return [
        Decision(
            outcome=Outcome(each["outcome"]),
            at=datetime.fromisoformat(each["at"]),
            by=each["by"],
            fee=Fraction(each["fee"]) if each["fee"] else None,
            amount_id=each["amount_id"],
            text_id=each["text_id"],
        )
        for each in claim.decisions or ()
    ]


def claim_by_id(session: Session, team_id: str, claim_id: str) -> Claim | None:
    """A claim, locked, as it is stored now."""
    return session.get(Claim, (team_id, claim_id), with_for_update=True, populate_existing=True)


@dataclass(frozen=True, slots=True)
class ClaimedFor:
    """What a claim is for: the contract by its id, the period, and the service where each is measured."""

    contract: str
    period: str
    service: str

    @classmethod
    def of(cls, claim: Claim) -> "ClaimedFor":
        """What that one is for."""
        return cls(claim.contract, claim.period, claim.service)


def offered_claim(session: Session, team_id: str, customer_id: str, what: ClaimedFor) -> Claim | None:
    """The claim of a customer for that which is not made yet, locked."""
    query = select(Claim).where(
        Claim.team_id == team_id,
        Claim.customer_id == customer_id,
        Claim.contract == what.contract,
        Claim.period == what.period,
        Claim.service == what.service,
        Claim.state == ClaimState.OFFERED,
    )
    return session.exec(query.with_for_update()).first()


def claims_of(session: Session, team_id: str, customer_id: str) -> list[Claim]:
    """Every claim of a customer, the first first."""
    query = select(Claim).where(Claim.team_id == team_id, Claim.customer_id == customer_id)
    return list(session.exec(query.order_by(col(Claim.offered_at), col(Claim.id))))


def latest_claims(session: Session, team_id: str, limit: int) -> list[Claim]:
    """A team's claims, the newest first."""
    query = select(Claim).where(Claim.team_id == team_id)
    return list(session.exec(query.order_by(col(Claim.offered_at).desc(), col(Claim.id).desc()).limit(limit)))
