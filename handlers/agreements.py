"""Contracts as tickets and customers see them: the version that holds, with the customer's own terms.

Parsing one takes a while, so what was parsed is kept; a stored version never changes.
"""

import json
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from models import contract_version
from models.contract_version import CalendarVersion, ContractVersion
from models.customer import Customer, agreement_on
from models.sla.contract import Contract
from models.store import Session
from models.ticket import Ticket

Parse = Callable[[Mapping[str, Any], str], Contract]
Override = Callable[[Contract, Mapping[str, Any], frozenset[str]], Contract]


class NoAgreementError(Exception):
    """A customer is under no contract at that date, or its contract was never imported."""


class Agreements:
    """Gives contracts; keeps those it has parsed."""

    def __init__(self, parse: Parse, override: Override) -> None:
        """`parse` reads a stored document, `override` applies a customer's own terms."""
        self._parse = parse
        self._override = override
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], Contract] = {}

    def in_force(
        self, session: Session, customer: Customer, now: datetime
    ) -> tuple[Contract, ContractVersion, CalendarVersion]:
        """What a ticket opened now would be under. Source: SO-09, EM-22.

        Raises:
            NoAgreementError: the customer has no contract today.
        """
        today = now.date()
        agreement = agreement_on(session, customer, today)
        if agreement is None:
            message = f"{customer.key} is under no contract on {today}"
            raise NoAgreementError(message)
        version = contract_version.version_in_force(session, customer.team_id, agreement.contract, today)
        calendars = contract_version.latest_calendar(session, customer.team_id, agreement.contract)
        if version is None or calendars is None:
            message = f"{agreement.contract} has no version in force on {today}"
            raise NoAgreementError(message)
        return self._for(version, customer), version, calendars

    def of_ticket(self, session: Session, ticket: Ticket, customer: Customer) -> Contract:
        """The contract a ticket was opened under: a later version never touches it."""
        kept = self._kept.get((ticket.contract_version_id, _terms(customer)))
        if kept is not None:
            return kept
        version = session.get(ContractVersion, (ticket.team_id, ticket.contract_version_id))
        if version is None:
            message = f"{ticket.name} refers to a contract version that is not stored"
            raise NoAgreementError(message)
        return self._for(version, customer)

    def _for(self, version: ContractVersion, customer: Customer) -> Contract:
        key = (version.id, _terms(customer))
        kept = self._kept.get(key)
        if kept is None:
            contract = self._parse(json.loads(version.content), f"{version.contract} (stored)")
            if customer.options or customer.overrides:
                contract = self._override(contract, customer.overrides, frozenset(customer.options))
            with self._lock:
                kept = self._kept.setdefault(key, contract)
        return kept


def _terms(customer: Customer) -> str:
    if not customer.options and not customer.overrides:
        return ""
    return json.dumps([sorted(customer.options), customer.overrides], sort_keys=True)
