"""`workspace.toml`: the people, rotas, escalations, desks, customers and alert routes of a workspace, as a file.

`read` parses it, `difference` says what importing it would change, `apply` does it in one
transaction, `written` gives the file back. Importing twice changes nothing.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import tomlkit
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.settings import is_loopback
from bot.workspace.texts import DeskTexts, say_the_news
from models.alerting.document import HeartbeatDocument, RouteDocument
from models.escalation import PROGRESS
from models.rota.document import RotaDocument
from models.rota.notations import CalendarName, Key, Shown, Zone, known_zone
from models.sla.contract import Contract, Role
from models.sla.policy import with_overrides
from models.sla.policy_files import PolicyError

Language = Annotated[str, Field(pattern=r"^(en|nb|sv)$")]


Email = Annotated[str, Field(pattern=r"^[^\s@<>,;:\"()]+@[^\s@<>,;:\"()]+$", max_length=254)]
"""An address for mail, without a name."""


def _webhook(url: str) -> str:
    parts = urlsplit(url)
    if parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))):
        return url
    message = "write an https address; plain http is allowed to this machine only"
    raise ValueError(message)


Webhook = Annotated[str, AfterValidator(_webhook), Field(max_length=2000, pattern=r"^[!-~]+$")]
"""Where a page is posted as JSON."""


Group = Annotated[str, Field(pattern=r"^(S[A-Z0-9]{2,20}|@?[^\s@<>|:,A-Z]{1,80})$")]
"""A Slack user group, by its id or its handle."""


class WorkspaceError(Exception):
    """The file cannot be used; the message names the key and what would be right."""


class Strict(BaseModel):
    """A part of the file: a key nobody knows is a mistake."""

    model_config = ConfigDict(extra="forbid")


class PersonEntry(Strict):
    """Somebody: the handle used in this file, and who that is in Slack."""

    handle: Key
    slack: Annotated[str, Field(pattern=r"^[UW][A-Z0-9]{2,20}$")]
    name: Annotated[Shown, Field(min_length=1, max_length=80)]
    language: Language | None = None
    zone: Zone | None = None
    email: Email | None = None
    webhook: Webhook | None = None
    title: Shown = ""


class Roles(Strict):
    """Who does what at a desk, by handle. `on_call` is in the order in which people are paged."""

    agent: list[Key] = []
    senior: list[Key] = []
    on_call: list[Key] = []
    manager: list[Key] = []
    administrator: list[Key] = []


class ProductEntry(Strict):
    """Something the desk supports, and who of it is the specialist for that, by handle. Source: SO-02."""

    key: Key
    name: str = Field(min_length=1, max_length=60)
    specialist: Key | None = None


class ServiceEntry(Strict):
    """Something that customers use: which ones by key, by contract or by product; every one of the desk's without."""

    key: Key
    name: Annotated[Shown, Field(min_length=1, max_length=60)]
    desk: Key
    components: Annotated[list[Annotated[Shown, Field(min_length=1, max_length=60)]], Field(max_length=50)] = []
    customers: list[Key] = []
    contracts: list[str] = []
    products: list[Key] = []


class SignatoryEntry(Strict):
    """Who signed for a customer, the first to be notified: a person of the file, else a name and an address.

    Source: PS-08.
    """

    person: Key | None = None
    name: Annotated[Shown, Field(max_length=80)] = ""
    email: Email | None = None

    @model_validator(mode="after")
    def _somebody(self) -> "SignatoryEntry":
        if (self.person is None) == (not self.name or self.email is None):
            message = 'write person = "nina", or name and email'
            raise ValueError(message)
        return self


class StepEntry(Strict):
    """One step of an escalation, of exactly one kind.

    A role, a rota or a person by key or handle, a channel by its id, a Slack user group by id or handle, an address
    for mail, or a webhook. A group's members are always paged together.
    """

    role: Role | None = None
    rota: Key | None = None
    person: Key | None = None
    channel: Annotated[str, Field(pattern=r"^[CG][A-Z0-9]{2,20}$")] | None = None
    group: Group | None = None
    mail: Email | None = None
    webhook: Webhook | None = None
    wait: Annotated[int, Field(ge=1, le=1440)] | None = None
    together: bool = False
    hours_of: CalendarName | None = None
    outside_hours_of: CalendarName | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> "StepEntry":
        kinds = ("role", "rota", "person", "channel", "group", "mail", "webhook")
        if sum(getattr(self, kind) is not None for kind in kinds) != 1:
            message = f'write one of {", ".join(kinds[:-1])} and {kinds[-1]} in each step, such as role = "on_call"'
            raise ValueError(message)
        if self.role is Role.OWNER:
            message = "role is owner, which is a ticket's and not a desk's; write another role"
            raise ValueError(message)
        if self.hours_of and self.outside_hours_of:
            message = "write hours_of or outside_hours_of, not both"
            raise ValueError(message)
        return self


class EscalationEntry(Strict):
    """Whom to page in which order. `wait` is minutes: 5 for the first step and 15 for later ones unless written.

    `repeats`: how often all of it is done again. `progress`: minutes from an acknowledgement in which work is to
    start, before whoever acknowledged is asked again.
    """

    key: Key
    steps: Annotated[list[StepEntry], Field(min_length=1, max_length=20)]
    repeats: Annotated[int, Field(ge=0, le=20)] = 0
    progress: Annotated[int, Field(ge=1, le=1440)] = PROGRESS

    @property
    def calendars(self) -> frozenset[str]:
        """The calendars it names, each as "contract id/calendar name"."""
        return frozenset(name for step in self.steps for name in (step.hours_of, step.outside_hours_of) if name)


class ReportEntry(Strict):
    """How reports about availability go out: `off`, at which hour where the agreement is, to `customers` too."""

    off: bool = False
    hour: Annotated[int, Field(ge=0, le=23)] = 8
    customers: bool = False


class DeskEntry(Strict):
    """A desk: its channel, the language of its posts, its people, the products it supports.

    `on_call_rota` is the key of the rota that says who is on call; without one the list `roles.on_call` does.
    `escalation` is the key of the policy by which it pages; without one whoever is on call is paged, then managers.
    `escalations_for` has another for tickets that a contract's answers flag, such as "security_breach".
    `claim_reminder_days`: a customer is reminded so long before a right to a credit lapses; 0 never, 3 unless given.
    `report` is about the reports that post themselves: at eight, to the desk alone, unless it says otherwise.
    `texts` says of outages in the desk's own words what `bot.workspace.texts` names.
    """

    key: Key
    name: Annotated[Shown, Field(min_length=1, max_length=80)]
    channel: Annotated[str, Field(pattern=r"^[CG][A-Z0-9]{2,20}$")]
    language: Language = "en"
    roles: Roles = Roles()
    on_call_rota: Key | None = None
    escalation: Key | None = None
    escalations_for: dict[Key, Key] = {}
    claim_reminder_days: int | None = Field(None, ge=0, le=27)
    report: ReportEntry | None = None
    products: list[ProductEntry] = Field([], max_length=100)
    texts: DeskTexts = {}


class CustomerEntry(Strict):
    """A customer: its desk, its contract since a day, its channel, who speaks for it, what it holds."""

    key: Key
    name: Annotated[Shown, Field(min_length=1, max_length=80)]
    desk: Key
    contract: str
    since: date
    channel: Annotated[str, Field(pattern=r"^[CG][A-Z0-9]{2,20}$")] | None = None
    language: Language | None = None
    region: str | None = None
    contacts: list[Key] = []
    super_users: list[Key] = []
    products: list[Key] = []
    options: list[str] = []
    overrides: dict[str, Any] = {}
    signatory: SignatoryEntry | None = None


class Workspace(Strict):
    """The whole file."""

    people: list[PersonEntry] = []
    rotas: list[RotaDocument] = Field([], max_length=1_000)
    escalations: list[EscalationEntry] = Field([], max_length=1_000)
    desks: list[DeskEntry] = []
    customers: list[CustomerEntry] = []
    services: list[ServiceEntry] | None = Field(None, max_length=1_000)
    routes: list[RouteDocument] | None = Field(None, max_length=1_000)
    heartbeats: list[HeartbeatDocument] | None = Field(None, max_length=1_000)

    @model_validator(mode="after")
    def _nothing_twice_nothing_missing(self) -> "Workspace":
        handles = _unique("people", [person.handle for person in self.people])
        desks = _unique("desks", [desk.key for desk in self.desks])
        _unique("customers", [customer.key for customer in self.customers])
        _unique("people (slack)", [person.slack for person in self.people])
        channels = [desk.channel for desk in self.desks]
        channels += [customer.channel for customer in self.customers if customer.channel]
        _unique("channels", channels)
        for desk in self.desks:
            for role in Role:
                _known(f"desks.{desk.key}.roles.{role}", getattr(desk.roles, role, []), handles)
            _products_can_be_handled(desk)
            say_the_news(f"desks.{desk.key}.texts", desk.texts)
        _rotas_can_be_kept(self.rotas, self.desks, handles)
        _escalations_reach_somebody(self, handles)
        held = {desk.key: {product.key for product in desk.products} for desk in self.desks}
        for customer in self.customers:
            _known(f"customers.{customer.key}.desk", [customer.desk], desks)
            _known(f"customers.{customer.key}.contacts", customer.contacts, handles)
            _known(f"customers.{customer.key}.super_users", customer.super_users, handles)
            _known(f"customers.{customer.key}.products", customer.products, held.get(customer.desk, set()))
            signed = customer.signatory.person if customer.signatory else None
            _known(f"customers.{customer.key}.signatory.person", [signed] if signed else [], handles)
        _services_have_users(self, desks, held)
        _alerts_find_a_customer(self)
        return self


def _services_have_users(workspace: Workspace, desks: set[str], products: Mapping[str, set[str]]) -> None:
    """Services name desks, customers and products of the file, and customers of their own desk only."""
    entries = workspace.services or []
    _unique("services", [entry.key for entry in entries])
    for entry in entries:
        where = f"services.{entry.key}"
        _known(f"{where}.desk", [entry.desk], desks)
        _known(f"{where}.products", entry.products, products.get(entry.desk, set()))
        there = {customer.key for customer in workspace.customers if customer.desk == entry.desk}
        _known(f"{where}.customers", entry.customers, there)


def _alerts_find_a_customer(workspace: Workspace) -> None:
    customers = {customer.key for customer in workspace.customers}
    parts: dict[str, Sequence[RouteDocument | HeartbeatDocument]] = {
        "routes": workspace.routes or [],
        "heartbeats": workspace.heartbeats or [],
    }
    for part, entries in parts.items():
        _unique(part, [entry.key for entry in entries])
        for entry in entries:
            _known(f"{part}.{entry.key}.customer", [entry.customer], customers)
    for beat in workspace.heartbeats or []:
        known_zone(beat.zone)


def _products_can_be_handled(desk: DeskEntry) -> None:
    _unique(f"desks.{desk.key}.products", [product.key for product in desk.products])
    working = {*desk.roles.agent, *desk.roles.senior, *desk.roles.on_call, *desk.roles.administrator}
    for product in desk.products:
        if product.specialist is not None and product.specialist not in working:
            message = (
                f"desks.{desk.key}.products.{product.key}.specialist is {product.specialist},"
                " who does not work at that desk; name one of its agents"
            )
            raise ValueError(message)


def _rotas_can_be_kept(rotas: list[RotaDocument], desks: list[DeskEntry], handles: set[str]) -> None:
    """Rotas name people of the file, and whoever is on call for a desk works there."""
    keys = _unique("rotas", [rota.key for rota in rotas])
    for rota in rotas:
        _known(f"rotas.{rota.key}", sorted(rota.handles), handles)
    for desk in desks:
        if desk.on_call_rota is None:
            continue
        _known(f"desks.{desk.key}.on_call_rota", [desk.on_call_rota], keys)
        [rota] = [each for each in rotas if each.key == desk.on_call_rota]
        strangers = sorted(rota.people - {handle for role in Role for handle in getattr(desk.roles, role, [])})
        if strangers:
            message = (
                f"desks.{desk.key}.on_call_rota is {rota.key}, which names {', '.join(strangers)} without a role"
                f" at that desk; add them to roles.on_call"
            )
            raise ValueError(message)


def _escalations_reach_somebody(file: "Workspace", handles: set[str]) -> None:
    """Escalations name people and rotas of the file, and desks escalations; whoever is paged works at a desk."""
    keys = _unique("escalations", [each.key for each in file.escalations])
    rotas = {rota.key for rota in file.rotas}
    working = {handle for desk in file.desks for role in Role for handle in getattr(desk.roles, role, [])}
    for each in file.escalations:
        for number, step in enumerate(each.steps, start=1):
            where = f"escalations.{each.key}.steps.{number}"
            _known(f"{where}.rota", [step.rota] if step.rota else [], rotas)
            _known(f"{where}.person", [step.person] if step.person else [], handles)
            if step.person and step.person not in working:
                message = f"{where}.person is {step.person}, who works at no desk; add them to a desk's roles"
                raise ValueError(message)
    for desk in file.desks:
        _known(f"desks.{desk.key}.escalation", [desk.escalation] if desk.escalation else [], keys)
        _known(f"desks.{desk.key}.escalations_for", list(desk.escalations_for.values()), keys)


def _unique(where: str, names: list[str]) -> set[str]:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        message = f"{where}: {', '.join(twice)} is there twice"
        raise ValueError(message)
    return set(names)


def _known(where: str, names: list[str], known: set[str]) -> None:
    missing = [name for name in names if name not in known]
    if missing:
        message = f"{where} names {', '.join(missing)}, which this file does not have"
        raise ValueError(message)


def read(path: Path, contracts: Mapping[str, Contract]) -> Workspace:
    """The file, checked against itself and against the contracts there are.

    Raises:
        WorkspaceError: with every mistake, by key.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise WorkspaceError(message) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"{path}: {error}"
        raise WorkspaceError(message) from error
    try:
        workspace = Workspace.model_validate(document)
    except ValidationError as error:
        lines = [f"{path}: {'.'.join(map(str, each['loc'])) or 'the file'}: {each['msg']}" for each in error.errors()]
        raise WorkspaceError("\n".join(lines)) from error
    wrong = [
        *_contract_mistakes(workspace, contracts),
        *_calendar_mistakes(workspace, contracts),
        *_alert_mistakes(workspace, contracts),
        *_service_mistakes(workspace, contracts),
    ]
    if wrong:
        raise WorkspaceError("\n".join(f"{path}: {line}" for line in wrong))
    return workspace


def _contract_mistakes(workspace: Workspace, contracts: Mapping[str, Contract]) -> Iterator[str]:
    for customer in workspace.customers:
        where = f"customers.{customer.key}"
        contract = contracts.get(customer.contract)
        if contract is None:
            yield f'{where}.contract is "{customer.contract}"; there is {", ".join(sorted(contracts))}'
            continue
        if customer.region and customer.region not in contract.regions:
            there = ", ".join(contract.regions) or "none"
            yield f'{where}.region is "{customer.region}"; {contract.id} has {there}'
        wrong = [option for option in customer.options if option not in contract.options]
        for option in wrong:
            there = ", ".join(contract.options) or "none"
            yield f'{where}.options names "{option}"; {contract.id} has {there}'
        if not wrong:
            yield from (f"{where}.overrides: {line}" for line in _terms_mistakes(contract, customer))


def _calendar_mistakes(workspace: Workspace, contracts: Mapping[str, Contract]) -> Iterator[str]:
    """Calendars that rotas and escalations name and no contract has."""
    known = {f"{each.id}/{name}" for each in contracts.values() for name in each.calendars}
    for rota in workspace.rotas:
        for missing in sorted(rota.calendars - known):
            yield f"rotas.{rota.key}: there is no calendar {missing}; there is {', '.join(sorted(known))}"
    for each in workspace.escalations:
        for missing in sorted(each.calendars - known):
            yield f"escalations.{each.key}: there is no calendar {missing}; there is {', '.join(sorted(known))}"


def _service_mistakes(workspace: Workspace, contracts: Mapping[str, Contract]) -> Iterator[str]:
    """Contracts that services name, and services that routes name, and that there are not."""
    for entry in workspace.services or []:
        for missing in [each for each in entry.contracts if each not in contracts]:
            there = ", ".join(sorted(contracts))
            yield f'services.{entry.key}.contracts names "{missing}"; there is {there}'
    known = [entry.key for entry in workspace.services or []]
    for route in (workspace.routes or []) if workspace.services is not None else []:
        for missing in [each for each in route.services if each not in known]:
            yield f'routes.{route.key}.services names "{missing}"; there is {", ".join(known) or "none"}'


def _alert_mistakes(workspace: Workspace, contracts: Mapping[str, Contract]) -> Iterator[str]:
    """Classes, kinds and items that routes and heartbeats name and the customer's contract has not."""
    by_key = {customer.key: contracts.get(customer.contract) for customer in workspace.customers}
    for part in ("routes", "heartbeats"):
        for entry in getattr(workspace, part) or []:
            contract = by_key[entry.customer]
            if contract is not None:
                yield from (f"{part}.{entry.key}.{line}" for line in _not_in(contract, entry))


def _not_in(contract: Contract, entry: RouteDocument | HeartbeatDocument) -> Iterator[str]:
    there = {
        "severity": [each.id for each in contract.severities],
        "kind": [each.id for each in contract.kinds],
        "item": [each.id for each in contract.items],
    }
    for name, known in there.items():
        wanted = getattr(entry, name)
        if wanted is not None and wanted not in known:
            yield f'{name} is "{wanted}"; {contract.id} has {", ".join(known) or "none"}'


def _terms_mistakes(contract: Contract, customer: CustomerEntry) -> tuple[str, ...]:
    """What is wrong with the contract as this customer is to have it."""
    try:
        with_overrides(contract, customer.overrides, customer.options)
    except PolicyError as error:
        return tuple(error.lines)
    return ()


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between the file and what is stored."""

    sign: str
    what: str

    def __str__(self) -> str:
        """As a line: "+ customer acme", "~ person kari: name"."""
        return f"{self.sign} {self.what}"


def written(workspace: Workspace) -> str:
    """The file as text."""
    document = tomlkit.document()
    for part in ("people", "rotas", "escalations", "desks", "customers", "services", "routes", "heartbeats"):
        given, entries = getattr(workspace, part), tomlkit.aot()
        for entry in given or ():
            entries.append(tomlkit.item(_plain(entry)))
        if given is not None:
            document.append(part, entries)
    return tomlkit.dumps(document)


def _plain(entry: BaseModel) -> dict[str, Any]:
    return {
        name: value
        for name, value in entry.model_dump(exclude_defaults=True).items()
        if value not in (None, [], {}, "")
    }
