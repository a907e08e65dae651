"""The policy files into the database: each version once, with its calendars written out.

At start only what changed is parsed: a file whose content is stored already, with calendars of
this year and of these packages, is left alone. What parses is sixty pydantic models: it is loaded by
name where it is used, and by `warm`, so that nobody waits for it before the door is open.
"""

import hashlib
import importlib
import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlmodel import Session, select

from bot.storage.database import Database
from handlers.agreements import Agreements
from models.contract_version import CalendarVersion, ContractVersion
from models.sla.by_content import once_by_content
from models.sla.calendar import Calendar
from models.sla.calendar_document import expanded, restored
from models.sla.contract import Contract
from models.sla.policy_files import fingerprint, policy_files
from models.store import ConflictError

YEARS_BEFORE, YEARS_AHEAD = 2, 10
"""How many years a stored calendar is written out for, around the year in which it is stored."""


def read_contracts(folder: Path | None) -> dict[str, Contract]:
    """The contracts that come with Vakt, and those of a further folder.

    Raises:
        PolicyError: every mistake of every file, by file, key and clause.
    """
    contracts: dict[str, Contract] = _reader().load_policies([folder] if folder else [])
    return contracts


def agreements() -> Agreements:
    """Contracts as tickets see them, read back from what is stored."""
    return Agreements(stored_contract, own_contract)


@once_by_content
def stored_contract(content: str, calendars: str) -> Contract:
    """A contract from its stored version and the stored version of its calendars."""
    documents = json.loads(calendars)
    counted_in = {name: restored(document) for name, document in documents.items()}
    contract: Contract = _reader().parse_stored(content, counted_in)
    return contract


def own_contract(contract: Contract, overrides: Mapping[str, Any], options: Collection[str]) -> Contract:
    """The contract as one customer has it."""
    own: Contract = _reader().with_overrides(contract, overrides, options)
    return own


def warm() -> None:
    """Load what reads contracts, before the first ticket asks for one."""
    _reader()


def _reader() -> ModuleType:
    return importlib.import_module("models.sla.policy")


def are_stored(session: Session, team_id: str, folder: Path | None, now: datetime) -> bool:
    """Whether every policy file is stored as it is, with calendars of this year and of these packages."""
    found = [fingerprint(path) for path in policy_files([folder] if folder else [])]
    return all(each is not None and _is_stored(session, team_id, *each, now) for each in found)


def store_here(database: Database, team_id: str, folder: Path | None, now: datetime) -> None:
    """Store what the policy files say, where it is new. A replica that starts at the same time may be first.

    Raises:
        PolicyError: every mistake of every file, by file, key and clause.
    """
    contracts = read_contracts(folder).values()
    try:
        _store(database, team_id, contracts, now)
    except ConflictError:
        _store(database, team_id, contracts, now)  # what the other one stored is there now


def _store(database: Database, team_id: str, contracts: Iterable[Contract], now: datetime) -> None:
    with database.transaction() as session:
        store_contracts(session, team_id, contracts, now)


def _is_stored(session: Session, team_id: str, contract: str, digest: str, now: datetime) -> bool:
    return _version_of(session, team_id, contract, digest) and _calendars_of(
        session, team_id, contract, _calendar_hash(digest, now)
    )


def store_contracts(session: Session, team_id: str, contracts: Iterable[Contract], now: datetime) -> None:
    """Keep the versions that are new; what is stored is never changed."""
    for contract in contracts:
        if not _version_of(session, team_id, contract.id, contract.hash):
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
        _store_calendars(session, team_id, contract, now)


def _version_of(session: Session, team_id: str, contract: str, digest: str) -> bool:
    known = select(ContractVersion.id).where(
        ContractVersion.team_id == team_id,
        ContractVersion.contract == contract,
        ContractVersion.hash == digest,
    )
    return session.exec(known).first() is not None


def _calendars_of(session: Session, team_id: str, contract: str, digest: str) -> bool:
    known = select(CalendarVersion.id).where(
        CalendarVersion.team_id == team_id,
        CalendarVersion.contract == contract,
        CalendarVersion.hash == digest,
    )
    return session.exec(known).first() is not None


def _calendar_hash(contract_hash: str, now: datetime) -> str:
    """A new one for every new contract, year, or version of the tables that calendars rest on."""
    return hashlib.sha256(f"{contract_hash} {_tables()} {now.year}".encode()).hexdigest()


@cache
def _tables() -> str:
    """The versions of the packages that calendars rest on; looking one up reads all that is said of the package."""
    return f"{version('holidays')} {version('tzdata')}"


def _store_calendars(session: Session, team_id: str, contract: Contract, now: datetime) -> None:
    digest = _calendar_hash(contract.hash, now)
    if _calendars_of(session, team_id, contract.id, digest):
        return
    session.add(
        CalendarVersion(
            team_id=team_id,
            contract=contract.id,
            contract_hash=contract.hash,
            hash=digest,
            content=calendars_of(contract.calendars, years_around(now)),
            stored_at=now,
        )
    )


def calendars_of(calendars: Mapping[str, Calendar], years: range) -> str:
    """What is stored of a version's calendars: each written out for these years."""
    return json.dumps({name: expanded(each, years) for name, each in calendars.items()}, ensure_ascii=False)


def years_around(now: datetime) -> range:
    """The years that calendars stored now are written out for."""
    return range(now.year - YEARS_BEFORE, now.year + YEARS_AHEAD)
