"""What could keep Vakt from working, looked at one by one: each finding says what to do about it.

Tokens, scopes, channels, people, clock, database, policies. Slack is only asked, nothing is
changed, and nothing is said anywhere.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from bot.contracts import read_contracts
from bot.gateway import Gateway, OutcomeUnknownError, SlackRefusedError, SlackUnavailableError
from bot.plainly import token_mistake
from bot.sending.carriers import RefusedError, UnavailableError
from bot.sending.mail import Mail
from bot.settings import Settings
from bot.storage import schema
from bot.storage.database import Database
from models.channel import Channel
from models.customer import Customer
from models.desk import Desk
from models.escalation import Plan, Step, StepKind
from models.hook import Hook
from models.page import Escalation
from models.person import Person
from models.sla.policy_files import PolicyError
from models.sla.policy_lint import FindingKind, check
from models.ticket import Team

MANIFEST = Path(__file__).with_name("manifest.yml")
APPS = "https://api.slack.com/apps"
TOLERANCE = timedelta(seconds=60)
"""How far the machine's clock may be from Slack's: signed requests are refused after five minutes."""

GROUPS_READ = "Paste manifest.yml (it has usergroups:read), install the app again; user groups need a paid plan."

NOT_TO_BE_HAD = (SlackUnavailableError, OutcomeUnknownError)


class State(StrEnum):
    """How something stands."""

    OK = "ok"
    WARNING = "warning"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `remedy` says what to do when it is not ok."""

    area: str
    state: State
    what: str
    remedy: str = ""


def ok(area: str, what: str) -> Finding:
    """All is well."""
    return Finding(area, State.OK, what)


def warning(area: str, what: str, remedy: str) -> Finding:
    """It works, but not as it should."""
    return Finding(area, State.WARNING, what, remedy)


def broken(area: str, what: str, remedy: str) -> Finding:
    """Something does not work."""
    return Finding(area, State.BROKEN, what, remedy)


@dataclass(frozen=True, slots=True)
class Patient:
    """What is looked at."""

    settings: Settings
    database: Database
    gateway: Gateway


def examine(patient: Patient, now: datetime) -> Iterator[Finding]:
    """Everything, in the order in which it is best mended."""
    yield from policies(patient.settings, now)
    stored = list(database(patient))
    yield from stored
    has_schema = all(each.state is not State.BROKEN for each in stored)
    yield from slack(patient, now, has_schema=has_schema)
    yield from mail(patient, has_schema=has_schema)
    if has_schema:
        yield from hooks(patient)


# --- policies and database ----------------------------------------------------------------------------


def policies(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Whether every contract can be used, and which closures nobody has confirmed."""
    try:
        contracts = read_contracts(settings.vakt_policies)
    except PolicyError as error:
        yield from (broken("policies", line, "Correct the file; vakt policy check") for line in error.lines)
        return
    yield ok("policies", f"{len(contracts)} contracts: {', '.join(sorted(contracts))}")
    for contract in contracts.values():
        for found in check(contract, now.date()):
            if found.kind is FindingKind.UNCONFIRMED:
                yield warning(
                    "policies", f"{contract.id}: {found.key} {found.text}", "Ask the vendor, then note the year."
                )


def database(patient: Patient) -> Iterator[Finding]:
    """Whether the database answers, has our schema, and keeps what it acknowledged."""
    url = patient.database.url.render_as_string(hide_password=True)
    try:
        levels = schema.levels_of(patient.settings.vakt_database_url)
    except DBAPIError as error:
        yield broken(
            "database", f"{url} does not answer: {error.orig}", "Look at VAKT_DATABASE_URL, and at the server."
        )
        return
    yield _revision(url, levels)
    if patient.database.is_sqlite:
        yield _durable(patient.database)


def _revision(url: str, levels: schema.Levels) -> Finding:
    head, revision = schema.head(), levels.revision
    if levels.fits(head):
        return ok("database", f"{url} answers; its schema is {revision}")
    if revision is None:
        return broken("database", f"{url} is empty", "vakt db upgrade, then vakt import workspace.toml --yes")
    if levels.is_ahead(head):
        return broken("database", f"its schema {revision} is newer than this version's {head}", "Run the newer Vakt.")
    return broken("database", f"its schema is {revision}, this version needs {head}", "vakt db upgrade")


def _durable(database: Database) -> Finding:
    with database.engine.connect() as connection:
        journal = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one())
        synchronous = int(connection.exec_driver_sql("PRAGMA synchronous").scalar_one())
    if (journal, synchronous) == ("wal", 2):
        return ok("database", "what is acknowledged is on disk (WAL, synchronous FULL)")
    return broken(
        "database",
        f"journal mode {journal}, synchronous {synchronous}: an acknowledged ticket could be lost",
        "Put the file on a local disk: WAL does not work over a network.",
    )


# --- Slack --------------------------------------------------------------------------------------------


def slack(patient: Patient, now: datetime, *, has_schema: bool) -> Iterator[Finding]:
    """Tokens and scopes; then, when Slack knows us, its clock and everything we refer to there."""
    if mistake := token_mistake(patient.settings, "slack_bot_token"):
        yield broken("tokens", *mistake.split(". ", 1))
        return
    try:
        found, scopes = patient.gateway.identity("")
    except SlackRefusedError as error:
        yield broken(
            "tokens", f"SLACK_BOT_TOKEN is refused: {error}", f"Install the app again at {APPS}, copy the token."
        )
        return
    except NOT_TO_BE_HAD as error:
        yield broken(
            "slack", f"{patient.settings.slack_api_url} cannot be reached: {error}", "Look at network and proxy."
        )
        return
    yield ok("tokens", f"SLACK_BOT_TOKEN: @{found.get('user')} in {found.get('team')} ({found['team_id']})")
    yield app_token(patient)
    yield from wanted_and_held(scopes)
    try:
        yield slack_clock(patient.gateway.slack_time(""), now)
        if has_schema:
            yield from referred_to(patient, str(found["team_id"]))
    except NOT_TO_BE_HAD as error:
        yield broken("slack", f"Slack stopped answering: {error}", "Try again in a minute.")


def app_token(patient: Patient) -> Finding:
    """Whether Socket Mode can be opened."""
    settings = patient.settings
    token = settings.slack_app_token.get_secret_value()
    if not token:
        remedy = f"Make an app-level token with connections:write at {APPS}, or use vakt run --http."
        if settings.slack_signing_secret.get_secret_value():
            return warning("tokens", "SLACK_APP_TOKEN is not set: vakt run --http only", remedy)
        return broken("tokens", "neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set", remedy)
    if mistake := token_mistake(settings, "slack_app_token"):
        return broken("tokens", *mistake.split(". ", 1))
    try:
        patient.gateway.try_app_token("", token)
    except SlackRefusedError as error:
        return broken("tokens", f"SLACK_APP_TOKEN is refused: {error}", f"Make one with connections:write at {APPS}.")
    except NOT_TO_BE_HAD as error:
        return broken("tokens", f"SLACK_APP_TOKEN could not be tried: {error}", "Try again in a minute.")
    return ok("tokens", "SLACK_APP_TOKEN opens Socket Mode")


def wanted_scopes() -> frozenset[str]:
    """The scopes that manifest.yml asks for; read as lines, since YAML is not among what a server needs."""
    listed = MANIFEST.read_text("utf-8").partition("scopes:")[2].partition("settings:")[0]
    return frozenset(re.findall(r"^ +- (\S+)", listed, re.MULTILINE))


def wanted_and_held(held: frozenset[str]) -> Iterator[Finding]:
    """The token's scopes against the manifest's."""
    wanted = wanted_scopes()
    if lacking := ", ".join(sorted(wanted - held)):
        yield broken(
            "scopes", f"the token lacks {lacking}", f"Paste manifest.yml at {APPS}, then install the app again."
        )
    if beyond := ", ".join(sorted(held - wanted)):
        yield warning("scopes", f"the token may more than Vakt needs: {beyond}", "Take them out of the app at leisure.")
    if wanted == held:
        yield ok("scopes", f"{len(wanted)} scopes, as in manifest.yml")


def slack_clock(slack_now: datetime | None, now: datetime) -> Finding:
    """The machine's clock against Slack's."""
    if slack_now is None:
        return warning("clock", "Slack did not say what time it is", "Compare the machine's clock yourself.")
    off = round((now - slack_now).total_seconds())
    if abs(off) <= TOLERANCE.total_seconds():
        return ok("clock", f"{abs(off)} s from Slack's")
    side = "ahead of" if off > 0 else "behind"
    return broken("clock", f"{abs(off)} s {side} Slack's: deadlines are off by as much", "Set it right (NTP).")


def referred_to(patient: Patient, team_id: str) -> Iterator[Finding]:
    """Every channel and person that the database refers to, as Slack knows them."""
    with patient.database.reading() as session:
        if session.get(Team, team_id) is None or not _any_desk(session, team_id):
            yield broken("workspace", "no desk is known yet", "vakt import workspace.toml --yes")
            return
        named = list(_channels(session, team_id))
        people = list(session.exec(select(Person).where(Person.team_id == team_id).order_by(Person.name)))
        groups = sorted({step.of.removeprefix("@") for step in _steps(session) if step.kind is StepKind.GROUP})
    for what, channel in named:
        yield _channel(patient.gateway, team_id, what, channel)
    for person in people:
        yield _person(patient.gateway, team_id, person)
    if groups:
        yield from _groups(patient.gateway, team_id, groups)


def _any_desk(session: Session, team_id: str) -> bool:
    return session.exec(select(Desk.id).where(Desk.team_id == team_id)).first() is not None


def _channels(session: Session, team_id: str) -> Iterator[tuple[str, str]]:
    """Whose channel, and its id."""
    for channel in session.exec(select(Channel).where(Channel.team_id == team_id).order_by(Channel.id)):
        customer = session.get(Customer, (team_id, channel.customer_id)) if channel.customer_id else None
        desk = session.get(Desk, (team_id, channel.desk_id)) if channel.desk_id else None
        yield (f"customer {customer.key}" if customer else f"desk {desk.key}" if desk else "nobody"), channel.id


def _channel(gateway: Gateway, team_id: str, what: str, channel: str) -> Finding:
    try:
        found = gateway.channel(team_id, channel)
    except SlackRefusedError as error:
        remedy = "Invite @vakt there if it is private, else correct the id in workspace.toml and import it."
        return broken("channels", f"{channel} ({what}): {error.error}", remedy)
    name = f"#{found.get('name')} ({what})"
    if found.get("is_archived"):
        return broken("channels", f"{name} is archived", "Name another in workspace.toml and import it.")
    if not found.get("is_member"):
        return broken("channels", f"{name}: Vakt is not a member", f"/invite @vakt in #{found.get('name')}")
    return ok("channels", name)


def _person(gateway: Gateway, team_id: str, person: Person) -> Finding:
    name = f"{person.handle or person.name} ({person.slack_user})"
    try:
        found = gateway.person(team_id, person.slack_user)
    except SlackRefusedError as error:
        return broken("people", f"{name}: {error.error}", "Correct the id in workspace.toml and import it.")
    if found.get("deleted"):
        return warning("people", f"{name} has left the workspace", "Take the person out of workspace.toml.")
    return ok("people", name)


def _groups(gateway: Gateway, team_id: str, groups: Sequence[str]) -> Iterator[Finding]:
    """The user groups that escalations page: each is there, and somebody is in it."""
    try:
        listed = gateway.call(team_id, "usergroups.list", include_users=True)["usergroups"]
    except SlackRefusedError as error:
        yield broken("groups", f"who is in {', '.join(groups)} cannot be read: {error.error}", GROUPS_READ)
        return
    there = {name: each for each in listed for name in (each.get("id"), each.get("handle"))}
    for group in groups:
        if group not in there:
            yield broken(
                "groups", f"{group}: there is no such user group", "Correct it in workspace.toml and import it."
            )
        elif not there[group].get("users"):
            yield broken("groups", f"{group}: nobody is in that user group", "Add people to it in Slack.")
        else:
            yield ok("groups", f"@{there[group].get('handle')} ({len(there[group]['users'])} people)")


# --- second channels ----------------------------------------------------------------------------------


def mail(patient: Patient, *, has_schema: bool) -> Iterator[Finding]:
    """Whether pages can go by mail when Slack does not take them."""
    url = patient.settings.vakt_smtp_url.get_secret_value()
    if not url:
        if has_schema and (paged := _mailboxes_paged(patient.database)):
            yield broken("mail", f"{paged} cannot be paged: VAKT_SMTP_URL is not set", "Set it: see README.")
        elif has_schema and _somebody_has_mail(patient.database):
            yield warning("mail", "people have an e-mail address, and VAKT_SMTP_URL is not set", "Set it: see README.")
        return
    try:
        Mail(url, patient.settings.vakt_mail_from).try_out()
    except (RefusedError, UnavailableError) as error:
        yield broken("mail", str(error), "Look at VAKT_SMTP_URL, and at the server.")
    else:
        yield ok("mail", f"{urlsplit(url).hostname} takes mail from {patient.settings.vakt_mail_from}")


def _somebody_has_mail(database: Database) -> bool:
    with database.reading() as session:
        return session.exec(select(Person.id).where(col(Person.email).is_not(None)).limit(1)).first() is not None


def _mailboxes_paged(database: Database) -> str:
    """The addresses that steps of escalations page."""
    with database.reading() as session:
        return ", ".join(sorted({step.of for step in _steps(session) if step.kind is StepKind.MAIL}))


def _steps(session: Session) -> Iterator[Step]:
    for stored in session.exec(select(Escalation)):
        yield from Plan.of(stored.document).steps


# --- hooks --------------------------------------------------------------------------------------------


def hooks(patient: Patient) -> Iterator[Finding]:
    """Where alerts and heartbeats are listened for; nothing while no hook was made."""
    with patient.database.reading() as session:
        count = len(session.exec(select(Hook.name).where(col(Hook.revoked_at).is_(None))).all())
    if not count:
        return
    settings = patient.settings
    where = [f"in HTTP mode port {settings.vakt_http_port}"]
    if settings.vakt_hook_port is not None:
        where.append(f"port {settings.vakt_hook_port} on {settings.vakt_hook_host} (VAKT_HOOK_PORT)")
    elif settings.vakt_watch_port is not None:
        where.append(f"in Socket Mode port {settings.vakt_watch_port} on {settings.vakt_watch_host} (VAKT_WATCH_PORT)")
    elif settings.slack_app_token.get_secret_value():
        yield warning(
            "hooks",
            f"{count} hooks can be reached in HTTP mode only: in Socket Mode nothing listens",
            "Set VAKT_HOOK_PORT, or run vakt run --http: see docs/alerts.md.",
        )
        return
    yield ok("hooks", f"{count} hooks are listened for: {', '.join(where)}")
