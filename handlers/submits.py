"""What happens when a small modal is submitted: parsed, done in one transaction, answered."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from handlers import acts, classing, levels, pages, waiting
from handlers.access import Act
from handlers.asking import carried_ticket, carried_wait
from handlers.desk import Body, Desk
from handlers.doing import Doing, take_up
from handlers.errors import UserError
from handlers.fields import coming_moment_in, is_ticked, moment_in, state_of, text_in, value_in
from handlers.once import once
from handlers.origins import origin_of
from handlers.payloads import metadata_of
from handlers.views.facts import Refusal
from handlers.views.names import EARLIER, MANAGEMENT, START_AND_WAIT, Field

Answer = Mapping[str, Any] | None


def _do(body: Body, desk: Desk, act: Act, do: Callable[[Doing], None]) -> Answer:
    with once(desk, origin_of(body)) as work:
        do(take_up(work, desk.agreements, carried_ticket(body), act))
    return None


def start(body: Body, desk: Desk) -> Answer:
    """Work started, now or earlier with a reason."""
    state = state_of(body)
    earlier = value_in(state, Field.WHEN) == EARLIER
    at = moment_in(state, Field.STARTED_AT, desk.now(), Refusal.STARTED_IN_FUTURE) if earlier else None
    if earlier and at is None:
        raise UserError(Refusal.STARTED_AT_MISSING, Field.STARTED_AT)
    reason = text_in(state, Field.REASON, missing=Refusal.REASON_MISSING if earlier else None)
    return _do(body, desk, Act.START, lambda doing: _start(doing, at, reason))


def _start(doing: Doing, at: datetime | None, reason: str) -> None:
    reported = doing.ticket.reported_at
    if at is not None and at < reported.replace(second=0, microsecond=0):
        raise UserError(Refusal.STARTED_BEFORE_RECEIVED, Field.STARTED_AT, received=reported)
    acts.start_work(doing, max(at, reported) if at else None, reason)


def reply(body: Body, desk: Desk) -> Answer:
    """An answer to the customer."""
    state = state_of(body)
    text = text_in(state, Field.TEXT, missing=Refusal.TEXT_MISSING)
    started = is_ticked(state, Field.WORK_STARTED)
    return _do(body, desk, Act.REPLY, lambda doing: acts.reply(doing, text, work_started=started))


def wait(body: Body, desk: Desk) -> Answer:
    """A wait before the start: work has begun, or cannot."""
    state, kind = state_of(body), carried_wait(body)
    begins = value_in(state, Field.BEFORE_START) == START_AND_WAIT
    text = text_in(state, Field.TEXT)
    return _do(body, desk, Act.WAIT, lambda doing: waiting.wait(doing, kind, start=begins, text=text))


def severity(body: Body, desk: Desk) -> Answer:
    """The class confirmed, or changed with a reason."""
    state = state_of(body)
    seen, wanted = metadata_of(body).get("severity"), value_in(state, Field.SEVERITY)
    if wanted is None:
        raise UserError(Refusal.SEVERITY_MISSING, Field.SEVERITY)
    changes = wanted != seen
    reason = text_in(state, Field.REASON, missing=Refusal.REASON_MISSING if changes else None)

    def do(doing: Doing) -> None:
        if doing.ticket.severity != seen:
            raise UserError(Refusal.CHANGED, Field.SEVERITY, number=doing.ticket.name)
        if wanted not in {each.id for each in doing.contract.severities}:
            raise UserError(Refusal.NO_SUCH_CHOICE, Field.SEVERITY)
        classing.set_severity(doing, wanted, reason)

    return _do(body, desk, Act.SET_SEVERITY, do)


def workaround(body: Body, desk: Desk) -> Answer:
    """Another way, for the customer to try."""
    text = text_in(state_of(body), Field.TEXT, missing=Refusal.TEXT_MISSING)
    return _do(body, desk, Act.WORKAROUND, lambda doing: classing.offer_workaround(doing, text))


def level_3(body: Body, desk: Desk) -> Answer:
    """To development or to management, with a reason."""
    state = state_of(body)
    reason = text_in(state, Field.REASON, missing=Refusal.REASON_MISSING)
    lift = levels.to_management if value_in(state, Field.WHERE_TO) == MANAGEMENT else levels.to_level_3
    return _do(body, desk, Act.TO_LEVEL_3, lambda doing: lift(doing, reason))


def needs_more_work(body: Body, desk: Desk) -> Answer:
    """It takes more work; the customer hears again."""
    state = state_of(body)
    text = text_in(state, Field.TEXT, missing=Refusal.TEXT_MISSING)
    at = coming_moment_in(state, Field.NEXT_UPDATE, desk.now())
    return _do(body, desk, Act.MORE_WORK, lambda doing: levels.needs_more_work(doing, text, at))


def resolve(body: Body, desk: Desk) -> Answer:
    """Solved, with the outcome."""
    state = state_of(body)
    outcome = text_in(state, Field.TEXT, missing=Refusal.OUTCOME_MISSING)
    call_back = is_ticked(state, Field.CALL_BACK)
    return _do(body, desk, Act.RESOLVE, lambda doing: acts.resolve(doing, outcome, call_back=call_back))


def reopen(body: Body, desk: Desk) -> Answer:
    """Not solved after all."""
    reason = text_in(state_of(body), Field.REASON, missing=Refusal.REASON_MISSING)
    return _do(body, desk, Act.REOPEN, lambda doing: acts.reopen(doing, reason))


def release(body: Body, desk: Desk) -> Answer:
    """The version it comes in; a reason when it is moved."""
    state = state_of(body)
    planned = text_in(state, Field.RELEASE, missing=Refusal.TEXT_MISSING)
    reason = text_in(state, Field.REASON)
    return _do(body, desk, Act.PLAN_RELEASE, lambda doing: levels.plan_release(doing, planned, reason))


def next_opening(body: Body, desk: Desk) -> Answer:
    """Whoever is on call leaves it until the next opening."""
    reason = text_in(state_of(body), Field.REASON, missing=Refusal.REASON_MISSING)
    return _do(body, desk, Act.ANSWER_PAGE, lambda doing: pages.leave_until_opening(doing, reason))


def accept(body: Body, desk: Desk) -> Answer:
    """Taken although it is outside the agreement."""
    reason = text_in(state_of(body), Field.REASON, missing=Refusal.REASON_MISSING)
    return _do(body, desk, Act.ACCEPT, lambda doing: acts.accept(doing, reason))
