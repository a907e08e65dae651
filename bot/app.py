"""`build` wires everything: settings in, a `Vakt` out that can be started and stopped."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from sqlmodel import Session, select
from structlog.contextvars import bind_contextvars

import handlers
from bot import breaches, contracts, crash
from bot.aside import Aside
from bot.auditor import Auditor, Watched
from bot.beat_watch import BeatWatch
from bot.calendar_jobs import CalendarJobs, Kept, Looks
from bot.courtesy import Courtesy
from bot.do_not_disturb import DoNotDisturb
from bot.gateway import Gateway, SlackRefusedError, SlackUnavailableError
from bot.group_watch import GroupWatch
from bot.kept_client import KeptClient
from bot.lifeline import Lifeline
from bot.machine import ContractClock, MachineClock, SystemClock
from bot.member_watch import MemberWatch
from bot.pulse import machine_clock
from bot.sending.carriers import SecondChannels
from bot.sending.courier import Pace, Ways
from bot.sending.rates import Rates
from bot.sending.sender import Draw, Drawing, Sender, Words
from bot.settings import LANDS_IN_TIMEOUTS, Settings
from bot.storage.database import Database
from bot.storage.watched_database import WatchedDatabase
from bot.tally import Tally
from bot.ticker import Handling, Ticker
from handlers import answers, following, outgoing, register, timers, undelivered
from handlers.agreements import Agreements
from handlers.desk import Desk
from handlers.later import Later
from handlers.present import present
from handlers.timers import Batch
from models import outbox
from models.outbox import Outgoing
from models.record import Fresh
from models.store import ConflictError
from models.stored_rota import has_any_rota
from models.ticket import Team
from models.timer import Timer

log = structlog.get_logger()

WARM_ROTAS = Later("rotas", "warm")

StoreContracts = Callable[[Database, str, Path | None, datetime], None]


class NotKnownError(Exception):
    """Slack was never reached, so Vakt does not know which workspace it is in."""


class Bolt(App):
    """Bolt, as both doors ask it."""

    def dispatch(self, req: BoltRequest) -> BoltResponse:
        """Answer one request; whatever it stores is stored when this returns."""
        response = super().dispatch(req)
        crash.point("before_ack")
        return response


@dataclass(slots=True)
class Vakt:
    """A process: what it is made of, started and stopped together."""

    settings: Settings
    database: Database
    gateway: Gateway
    bolt: App
    desk: Desk
    ticker: Ticker
    sender: Sender
    aside: Aside
    jobs: CalendarJobs
    auditor: Auditor
    members: MemberWatch
    groups: GroupWatch
    team: Team
    tally: Tally
    stopping: bool = field(default=False)

    def succeed(self) -> None:
        """Take over soon what the process before us was sending; only for a lone process.

        Not at once: its last post may still be on its way, and would be seen only after we had looked.
        """
        wait = timedelta(seconds=LANDS_IN_TIMEOUTS * self.settings.vakt_slack_timeout_seconds)
        with self.database.transaction() as session:
            ended = outbox.end_leases(session, self.team.team_id, self.desk.machine_now() + wait)
        if ended:
            log.warning("leases_of_predecessor_ended", messages=ended)

    def start(self) -> None:
        """Begin to turn timers and to send. The doors to Slack are opened by `bot.running`."""
        self.ticker.start()
        self.sender.start()
        self.auditor.start()

    def load_the_rest(self) -> None:
        """Load what nobody waits for: once the door is open, a process is ready."""
        contracts.warm()
        handlers.warm()
        with self.database.reading() as session:
            has_rotas = has_any_rota(session, self.team.team_id)
        if has_rotas:
            WARM_ROTAS()
        self.jobs.start()

    def stop(self) -> None:
        """Stop the loops and close the database."""
        self.stopping = True
        self.auditor.stop()
        self.members.stop()
        self.jobs.stop()
        self.ticker.stop()
        self.sender.stop()
        self.aside.stop()
        self.database.dispose()

    def settle(self, timeout: float = 20.0) -> bool:
        """Do everything that is due and send everything that is owed; False when it took too long."""
        self.ticker.catch_up()
        return self.sender.drain(timeout) and self.aside.idle(timeout)


def build(
    settings: Settings,
    *,
    clock: ContractClock | None = None,
    machine: MachineClock | None = None,
    rates: Rates | None = None,
    store: StoreContracts = contracts.store_here,
) -> Vakt:
    """Wire a process. The schema must be there (`vakt db upgrade`). `store` is how changed contracts are stored.

    Raises:
        PolicyError: a contract file cannot be used.
        NotKnownError: Slack cannot be reached, and never was before.
        SlackRefusedError: Slack does not accept the token.
    """
    tally, contract_clock = Tally(), clock or SystemClock()
    database = WatchedDatabase(settings.vakt_database_url, tally)
    breaches.watch(database.engine, tally.count)
    machine = machine or machine_clock(database)
    client = web_client(settings)
    gateway = Gateway(lambda team_id: client, tally.count)  # noqa: ARG005 - a process has one token
    team = _identify(database, gateway)
    told = (team.team_id, settings.vakt_policies, contract_clock.now())
    with database.reading() as session:
        is_stored = contracts.are_stored(session, *told)
    if not is_stored:
        store(database, *told)
    aside = Aside(count=tally.count)
    agreements = contracts.agreements()
    desk = Desk(
        transaction=database.transaction,
        reading=database.reading,
        now=contract_clock.now,
        machine_now=machine.now,
        agreements=agreements,
        aside=Courtesy(aside, gateway, database, lambda team_id, user: answers.expired(desk, team_id, user)),
        log=_log,
        notes=bind_contextvars,
        public_url=settings.vakt_public_url,
    )
    rates = rates or Rates(settings.vakt_posts_per_channel_per_second, settings.vakt_posts_per_second)
    beats = BeatWatch(database, team.team_id, contract_clock.now)
    ticker = _ticker(team.team_id, database, agreements, (contract_clock, machine), tally, beats.after_downtime)
    sender = Sender(
        team.team_id,
        database,
        Ways(gateway, _second_channels(settings)),
        Words(_drawing(agreements), undelivered.tell_owner, following.followed),
        (contract_clock, machine),
        Pace(
            rates,
            timedelta(seconds=settings.vakt_lease_seconds),
            timedelta(seconds=settings.vakt_slack_timeout_seconds / 2),
            settings.vakt_posts_at_once,
        ),
        count=tally.count,
    )
    database.after_commit(ticker.wake_for)
    database.after_commit(sender.wake_for)
    database.after_commit(DoNotDisturb(database, gateway, aside, contract_clock.now).look_for)
    bolt = _bolt(settings, client, team)
    register(bolt, desk)
    unhurried = gateway.paced(rates.turn)
    members = MemberWatch(database, unhurried, team.team_id, contract_clock.now)
    groups = GroupWatch(database, unhurried, team.team_id, (contract_clock, machine))
    jobs = CalendarJobs(team.team_id, database, machine, _kept(settings), Looks(members.look, groups.look))
    loops = (ticker, sender)
    auditor = _auditor(
        settings, Watched(team.team_id, database, agreements, (contract_clock, machine), loops, beats.arm_again)
    )
    return Vakt(
        settings, database, gateway, bolt, desk, ticker, sender, aside, jobs, auditor, members, groups, team, tally
    )


def _kept(settings: Settings) -> Kept:
    return Kept(
        received=timedelta(days=settings.vakt_received_days),
        sent=timedelta(days=settings.vakt_sent_days),
    )


def _second_channels(settings: Settings) -> SecondChannels:
    return SecondChannels(
        settings.vakt_smtp_url.get_secret_value(),
        settings.vakt_mail_from,
        settings.vakt_webhook_secret.get_secret_value(),
    )


def _auditor(settings: Settings, watched: Watched) -> Auditor:
    url = settings.vakt_heartbeat_url.get_secret_value()
    every = timedelta(seconds=settings.vakt_audit_seconds)
    return Auditor(watched, every, Lifeline(url) if url else None)


def web_client(settings: Settings) -> WebClient:
    """The client that holds the token. It never sends anything twice by itself."""
    return KeptClient(
        token=settings.slack_bot_token.get_secret_value(),
        base_url=settings.slack_api_url,
        timeout=settings.vakt_slack_timeout_seconds,
    )


def _identify(database: Database, gateway: Gateway) -> Team:
    """Which workspace this is: asked of Slack, else remembered, so that Vakt starts while Slack is down."""
    try:
        found, _ = gateway.identity("")
    except SlackUnavailableError as error:
        with database.reading() as session:
            remembered = session.exec(select(Team).limit(2)).all()
        if len(remembered) != 1:
            why = (
                ", and the database holds several workspaces: which is meant, only Slack can say" if remembered else ""
            )
            raise NotKnownError(f"{error}{why}") from error
        [known] = remembered
        log.warning("slack_is_down_at_start", team=known.team_id)
        return known
    return _remember(database, found)


def _remember(database: Database, found: Mapping[str, Any]) -> Team:
    try:
        return _noted(database, found)
    except ConflictError:
        return _noted(database, found)  # a replica that starts at the same time was first


def _noted(database: Database, found: Mapping[str, Any]) -> Team:
    with database.transaction() as session:
        team = session.get(Team, str(found["team_id"])) or Team(team_id=str(found["team_id"]))
        team.name = str(found.get("team") or team.name)
        team.bot_user = str(found["user_id"])
        team.bot_id = str(found.get("bot_id") or "")
        session.add(team)
    return team


def _ticker(
    team_id: str,
    database: Database,
    agreements: Agreements,
    clocks: tuple[ContractClock, MachineClock],
    tally: Tally,
    resumed: Callable[[], None],
) -> Ticker:
    machine, current = clocks[1], threading.local()

    def prepare(session: Session, due: Sequence[Timer]) -> None:
        current.batch = Batch(agreements, machine.now())
        timers.prepare(session, due, current.batch)

    def handle(session: Session, timer: Timer, now: datetime) -> None:
        said = len(current.batch.reminders)
        try:
            timers.handle(session, timer, now, current.batch)
        except BaseException:
            del current.batch.reminders[said:]
            current.batch.fresh = Fresh()
            raise

    def store(session: Session) -> None:
        timers.store(session, current.batch)

    def finish(session: Session, handled: Sequence[Timer], now: datetime, down_since: datetime | None) -> None:
        del handled
        timers.finish(session, current.batch, now, down_since)

    handling = Handling(prepare, handle, store, finish, timers.unloaded)
    return Ticker(team_id, database, handling, clocks, count=tally.count, resumed=resumed)


def _drawing(agreements: Agreements) -> Drawing:
    def drawing(session: Session, rows: Sequence[Outgoing], now: datetime) -> Draw:
        here = present(session, rows, now, agreements)
        return lambda row: outgoing.render(row, here)

    return drawing


def _bolt(settings: Settings, client: WebClient, team: Team) -> App:
    """Bolt, with the identity we know, so that no request waits for Slack."""
    token = settings.slack_bot_token.get_secret_value()

    def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None,
            team_id=team.team_id,
            bot_user_id=team.bot_user,
            bot_id=team.bot_id,
            bot_token=token,
        )

    quiet = logging.getLogger("vakt.bolt")
    quiet.setLevel(logging.WARNING)
    return Bolt(
        name="vakt",
        logger=quiet,
        client=client,
        authorize=authorize,
        signing_secret=settings.slack_signing_secret.get_secret_value() or "unset",
        process_before_response=True,
        request_verification_enabled=True,
    )


def _log(event: str, **values: Any) -> None:
    if "exc_info" in values:
        log.error(event, **values)
    else:
        log.info(event, **values)


__all__ = ["NotKnownError", "SlackRefusedError", "Vakt", "build", "web_client"]
