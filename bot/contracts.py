"""The policy files into the database: each version once, with its calendars written out."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from sqlmodel import Session, select

from handlers.agreements import Agreements
from models.contract_version import CalendarVersion, ContractVersion
from models.sla.calendar_document import expanded
from models.sla.contract import Contract
from models.sla.policy import load_policies, parse_policy, with_overrides

YEARS_AHEAD = 3


def read_contracts(folder: Path | None) -> dict[str, Contract]:
    """The contracts that come with Vakt, and those of a further folder.

    Raises:
        PolicyError: every mistake of every file, by file, key and clause.
    """
    return load_policies([folder] if folder else [])


def agreements() -> Agreements:
    """Contracts as tickets see them, read back from what is stored."""
    return Agreements(parse_policy, with_overrides)


def store_contracts(session: Session, team_id: str, contracts: Iterable[Contract], now: datetime) -> None:
    """Keep the versions that are new; what is stored is never changed."""
    for contract in contracts:
        _store_version(session, team_id, contract, now)
        _store_calendars(session, team_id, contract, now)


def _store_version(session: Session, team_id: str, contract: Contract, now: datetime) -> None:
    known = select(ContractVersion.id).where(
        ContractVersion.team_id == team_id,
        ContractVersion.contract == contract.id,
        ContractVersion.hash == contract.hash,
    )
    if session.exec(known).first() is None:
        session.add(
            ContractVersion(
                team_id=team_id,
                contract=contract.id,
                hash=contract.hash,
                content=contract.content,
                published=contract.published,
                effective=contract.effective,
                stored_at=now,
            )
        )


def _store_calendars(session: Session, team_id: str, contract: Contract, now: datetime) -> None:
    """A new one for every new contract, year, or version of the tables it rests on."""
    tables = f"{version('holidays')} {version('tzdata')} {now.year}"
    digest = hashlib.sha256(f"{contract.hash} {tables}".encode()).hexdigest()
    known = select(CalendarVersion.id).where(
        CalendarVersion.team_id == team_id,
        CalendarVersion.contract == contract.id,
        CalendarVersion.hash == digest,
    )
    if session.exec(known).first() is not None:
        return
    years = range(now.year - 1, now.year + YEARS_AHEAD)
    content = {name: expanded(calendar, years) for name, calendar in contract.calendars.items()}
    session.add(
        CalendarVersion(
            team_id=team_id,
            contract=contract.id,
            hash=digest,
            content=json.dumps(content, ensure_ascii=False),
            stored_at=now,
        )
    )
