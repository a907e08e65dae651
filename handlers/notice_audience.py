"""Whom a notice is for by each agreement's own rule, and whether its day keeps what each of them asks."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from handlers.agreements import Agreements, NoAgreementError
from handlers.audiences import Heard, Reader, Wanted, audience_of
from models.customer import Customer
from models.notice import Notice
from models.service import Using
from models.sla.contract import Contract
from models.sla.notice import NoticeRule, Timing, Verdict, judged
from models.store import Session
from models.subscription import Audience, Topic

OF_CUSTOMERS = frozenset({Audience.CUSTOMER, Audience.ADMINISTRATORS})


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a customer: its agreement, what that says of the topic, and how the day stands to it."""

    contract: Contract
    rule: NoticeRule | None
    timing: Timing | None


NONE = (None, None)
"""What readers of no customer share."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """Everybody a notice is for: readers, the terms by the customer's id, and the customers whom nothing reaches."""

    readers: tuple[Reader, ...]
    customers: tuple[Using, ...]
    terms: dict[str, Terms]
    unreached: tuple[Using, ...] = ()

    @property
    def too_soon(self) -> list[Terms]:
        """Where the wished day would break an agreement."""
        return [terms for terms in self.terms.values() if _verdict(terms) is Verdict.TOO_SOON]

    @property
    def dayless(self) -> list[Terms]:
        """Where an agreement needs a day, and none was given."""
        return [terms for terms in self.terms.values() if _verdict(terms) is Verdict.DAY_MISSING]

    @property
    def holding(self) -> NoticeRule | None:
        """The first rule that holds what a customer reported until it is mended. Source: PS-24."""
        rules = (terms.rule for terms in self.terms.values() if terms.rule is not None)
        return next((rule for rule in rules if rule.held_when_reported), None)

    def alike(self) -> list[list[Reader]]:
        """The readers by what they are told: those for whom the same rule and the same day hold stand together."""
        groups: dict[object, list[Reader]] = {}
        for reader in self.readers:
            terms = self.terms.get(reader.customer_id or "")
            key = (terms.contract.hash, terms.timing) if terms and terms.rule else NONE
            groups.setdefault(key, []).append(reader)
        return list(groups.values())

    def judged_anew(self, notice: Notice, told_at: datetime) -> "Addressed":
        """The same readers, after another day was wished."""
        terms = {key: terms_under(each.contract, notice, told_at) for key, each in self.terms.items()}
        return replace(self, terms=terms)


def _verdict(terms: Terms) -> Verdict | None:
    return terms.timing.verdict if terms.timing else None


def addressed(session: Session, agreements: Agreements, notice: Notice, now: datetime) -> Addressed:
    """Everybody whom a notice is for, as things are; told at its own moment, else now."""
    wanted = Wanted(
        team_id=notice.team_id,
        desk_id=notice.desk_id,
        topic=Topic(notice.topic),
        services=tuple(notice.services),
        audiences=frozenset(notice.audiences),
    )
    everybody = audience_of(session, agreements, wanted, now)
    told_at, there = told_at_of(notice, now), {using.customer.id for using in everybody.customers}
    terms = {
        key: terms_under(contract, notice, told_at) for key, contract in everybody.contracts.items() if key in there
    }
    heard = [audience_of(session, agreements, each, now) for each in _by_rule(wanted, terms, everybody)]
    if wanted.audiences and not wanted.audiences & OF_CUSTOMERS:
        return Addressed(_once(everybody.readers), (), {})
    return Addressed(
        _once(reader for each in heard for reader in each.readers),
        everybody.customers,
        terms,
        tuple(using for each in heard for using in each.unreached),
    )


def _by_rule(wanted: Wanted, terms: dict[str, Terms], everybody: Heard) -> list[Wanted]:
    """One search for each set of audiences that an agreement names, for the customers under such a rule."""
    groups: dict[tuple[frozenset[str], bool], set[str]] = {}
    for using in everybody.customers:
        rule = terms[using.customer.id].rule if using.customer.id in terms else None
        audiences = wanted.audiences or frozenset(rule.audiences if rule else ())
        groups.setdefault((audiences, bool(rule and rule.register)), set()).add(using.customer.id)
    return [
        replace(wanted, audiences=audiences, register=register, only=frozenset(ids))
        for (audiences, register), ids in groups.items()
    ] or [wanted]


def terms_under(contract: Contract, notice: Notice, told_at: datetime) -> Terms:
    """What a contract says of a notice that is told then."""
    rule = contract.notices.rules.get(notice.topic)
    timing = judged(rule, contract.zone, told_at, notice.effective) if rule else None
    return Terms(contract, rule, timing)


def terms_of(
    session: Session, agreements: Agreements, notice: Notice, customer_id: str | None, now: datetime
) -> Terms | None:
    """What holds for one customer, by the agreement it was under when it was told; None for readers of no customer."""
    customer = session.get(Customer, (notice.team_id, customer_id)) if customer_id else None
    if customer is None:
        return None
    told_at = told_at_of(notice, now)
    try:
        contract = agreements.in_force(session, customer, min(told_at, now)).contract
    except NoAgreementError:
        return None
    return terms_under(contract, notice, told_at)


def told_at_of(notice: Notice, now: datetime) -> datetime:
    """When it is told: when it was, else when it will be, else now."""
    return notice.sent_at or max(notice.send_at or now, now)


def _once(readers: Iterable[Reader]) -> tuple[Reader, ...]:
    """Each place once, the first time it is named."""
    found: dict[tuple[str, str], Reader] = {}
    for reader in readers:
        found.setdefault((reader.way, reader.receiver), reader)
    return tuple(found.values())
