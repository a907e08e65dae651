"""Contracts as tickets and customers see them: the version that holds, with the customer's own terms.

Parsing one takes a while, so what was parsed is kept; a stored version never changes.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from models import contract_version
from models.contract_version import CalendarVersion, ContractVersion
from models.customer import Agreement, Customer, agreement_on, agreements_until
from models.sla.contract import Contract
from models.store import Session
from models.ticket import Ticket

Parse = Callable[[str, str], Contract]
Override = Callable[[Contract, Mapping[str, Any], frozenset[str]], Contract]


class NoAgreementError(Exception):
    """A customer is under no contract at that date, or its contract was never imported."""


ASK_AGAIN = 30.0
"""Seconds for which the versions in force on a day are remembered."""

FARTHEST_AHEAD = timedelta(hours=14)
"""How far the earliest zone is ahead of UTC: the latest civil day there is at any instant."""


@dataclass(frozen=True, slots=True)
class Force:
    """A contract in force, and which stored versions it and its calendars are."""

    contract: Contract
    version_id: str
    calendars_id: str


class Agreements:
    """Gives contracts; keeps those it has parsed."""

    def __init__(self, parse: Parse, override: Override) -> None:
        """`parse` reads a stored contract and its stored calendars, `override` applies a customer's own terms."""
        self._parse = parse
        self._override = override
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str, str], Contract] = {}
        self._found: dict[tuple[str, str, date], tuple[float, tuple[str, str] | None]] = {}

    def in_force(self, session: Session, customer: Customer, now: datetime) -> Force:
        """What a ticket opened now would be under, by the civil day where the contract is. Source: SO-09, EM-22.

        Raises:
            NoAgreementError: the customer has no contract today.
        """
        today = now.date()
        agreement = agreement_on(session, customer, today)
        if agreement is None:
            message = f"{customer.key} is under no contract on {today}"
            raise NoAgreementError(message)
        return self.under_contract(session, customer, agreement.contract, now)

    def last_in_force(self, session: Session, customer: Customer, now: datetime) -> Force:
        """The same; for a customer that has left, what it was under last.

        Raises:
            NoAgreementError: the customer never had a contract.
        """
        found = agreements_until(session, customer, now.date())
        if not found:
            return self.in_force(session, customer, now)
        last = found[-1]
        return self.under_contract(session, customer, last.contract, min(now, last_instant_of(last, now)))

    def under_contract(self, session: Session, customer: Customer, contract: str, now: datetime) -> Force:
        """The same, for whoever knows which contract the customer is under today.

        Raises:
            NoAgreementError: that contract has no version in force.
        """
        found = self._as_of(session, customer, contract, (now + FARTHEST_AHEAD).date())
        there = now.astimezone(found.contract.zone).date()
        if found.contract.effective > there:
            return self._as_of(session, customer, contract, there)
        return found

    def _as_of(self, session: Session, customer: Customer, contract: str, day: date) -> Force:
        ids = self._latest(session, customer.team_id, contract, day)
        return Force(self.stored(session, customer, *ids), *ids)

    def _latest(self, session: Session, team_id: str, contract: str, day: date) -> tuple[str, str]:
        """The versions in force, asked anew twice a minute: another process may store new ones."""
        key = (team_id, contract, day)
        asked_at, found = self._found.get(key, (0.0, None))
        if found is not None and time.monotonic() - asked_at < ASK_AGAIN:
            return found
        version = contract_version.version_in_force(session, team_id, contract, day)
        calendars = contract_version.latest_calendars(session, version) if version else None
        if version is None or calendars is None:
            message = f"{contract} has no version in force on {day}"
            raise NoAgreementError(message)
        self._found[key] = (time.monotonic(), (version.id, calendars.id))
        return version.id, calendars.id

    def of_ticket(self, session: Session, ticket: Ticket, customer: Customer) -> Contract:
        """The contract and calendars a ticket was opened under: later versions never touch it.

        Where its calendars were corrected since, the earlier ones are there for what was done by then.
        """
        contract = self.stored(session, customer, ticket.contract_version_id, ticket.calendar_version_id)
        if not ticket.earlier_calendars:
            return contract
        earlier = {
            calendars_id: self.stored(session, customer, ticket.contract_version_id, calendars_id)
            for calendars_id in ticket.earlier_calendars
        }
        return replace(contract, earlier=earlier)

    def stored(self, session: Session, customer: Customer, version_id: str, calendars_id: str) -> Contract:
        """A customer's contract in a stored version and stored calendars."""
        key = (version_id, calendars_id, _terms(customer))
        kept = self._kept.get(key)
        if kept is None:
            version = session.get(ContractVersion, (customer.team_id, version_id))
            calendars = session.get(CalendarVersion, (customer.team_id, calendars_id))
            if version is None or calendars is None:
                message = f"{customer.key} refers to a contract version that is not stored"
                raise NoAgreementError(message)
            kept = self.under(customer, version, calendars)
        return kept

    def under(self, customer: Customer, version: ContractVersion, calendars: CalendarVersion) -> Contract:
        """A customer's contract in a version and calendars that are at hand, stored or about to be."""
        key = (version.id, calendars.id, _terms(customer))
        kept = self._kept.get(key)
        if kept is None:
            contract = self._parse(version.content, calendars.content)
            if customer.options or customer.overrides:
                contract = self._override(contract, customer.overrides, frozenset(customer.options))
            with self._lock:
                kept = self._kept.setdefault(key, contract)
        return kept


def last_instant_of(agreement: Agreement, now: datetime) -> datetime:
    """The last instant at which an agreement holds; `now` for one that has no end."""
    if agreement.until is None:
        return now
    return datetime.combine(agreement.until, datetime.min.time(), UTC) - timedelta(microseconds=1)


def _terms(customer: Customer) -> str:
    if not customer.options and not customer.overrides:
        return ""
    return json.dumps([sorted(customer.options), customer.overrides], sort_keys=True)
