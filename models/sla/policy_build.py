"""From a policy file whose shape and references are right to the frozen contract."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from models.sla.calendar import Calendar
from models.sla.contract import (
    Ask,
    Assignment,
    CatalogueItem,
    Clause,
    Contacts,
    Contract,
    EscalationStep,
    Intake,
    KindOption,
    Levels,
    MoreWork,
    Note,
    OpenPoint,
    Option,
    Promise,
    Queue,
    Reading,
    Severity,
    Unconfirmed,
    Workaround,
)
from models.sla.notice import first_of_next_month
from models.sla.policy_availability import availability_of, availability_readings, credit_of
from models.sla.policy_calendars import Calendars, calendar_specs
from models.sla.policy_maintenance import maintenance_readings, maintenance_terms
from models.sla.policy_notices import notice_readings, notice_terms
from models.sla.policy_outage import outage_readings, outage_terms
from models.sla.policy_schema import (
    AnswerFile,
    AskFile,
    ClauseFile,
    NoteFile,
    OutcomeFile,
    PolicyFile,
    PromiseFile,
    QuestionFile,
    ReadingWords,
    SeverityFile,
    StepFile,
    TreeFile,
    Words,
)
from models.sla.policy_targets import build_target
from models.sla.policy_values import parse_amount
from models.sla.questions import Answer, Outcome, Question, Text, Tree


def build(file: PolicyFile, *, content: str, digest: str, calendars: Mapping[str, Calendar] | None = None) -> Contract:
    """The contract a checked file describes, counting in `calendars` when they are given.

    Raises ValueError when a calendar cannot be made.
    """
    specs = {name: calendar.spec for name, calendar in calendars.items()} if calendars else calendar_specs(file)
    return Contract(
        id=file.id,
        vendor=file.vendor,
        title=file.title.text,
        prefix=file.prefix,
        zone=ZoneInfo(file.zone),
        language=file.language,
        forced_language=file.forced_language,
        forced_language_clause=file.forced_language_clause,
        published=file.published,
        effective=effective_date(file.published, file.effective),
        slack_is=file.slack_is,
        slack_message_is=file.slack_message_is or file.slack_is,
        intakes=tuple(file.intakes),
        intake_details={
            name: Intake(name, each.name.text, each.clause, each.best_effort) for name, each in file.intakes.items()
        },
        kinds=tuple(KindOption(each.id, each.kind, each.name.text, each.clause) for each in file.kinds),
        severities=tuple(_severity(name, each) for name, each in file.severities.items()),
        default_severity=file.default_severity,
        questions={kind: _tree(tree) for kind, tree in file.questions.items()},
        calendars=calendars or Calendars(specs),
        calendar_specs=specs,
        regions=file.regions,
        default_region=file.default_region,
        promises=tuple(_promise(name, each) for name, each in file.promises.items()),
        clauses={name: _clause(name, each) for name, each in file.clauses.items()},
        items=tuple(
            CatalogueItem(each.id, each.name.text, each.clause, timedelta(days=each.notice_days or 0) or None)
            for each in file.items
        ),
        asks=tuple(_ask(each) for each in file.asks),
        notes=tuple(_note(each) for each in file.notes),
        workaround=_workaround(file),
        levels=_levels(file),
        more_work=MoreWork(file.more_work.clause, file.more_work.tells.text) if file.more_work else None,
        contacts=_contacts(file),
        queue=Queue(tuple(file.queue.order), file.queue.clause),
        assignment=Assignment(file.assignment.by, file.assignment.clause) if file.assignment else None,
        availability=availability_of(file.availability) if file.availability else None,
        credit=credit_of(file),
        outcome_clause=file.outcome.clause if file.outcome else None,
        call_back=bool(file.outcome and file.outcome.call_back),
        outage=outage_terms(file.outage),
        options={
            name: Option(name, each.name.text, each.clause, each.calendars) for name, each in file.options.items()
        },
        maintenance=maintenance_terms(file.maintenance),
        notices=notice_terms(file),
        readings=tuple(_readings(file)),
        open_points=tuple(OpenPoint(each.clause, each.text) for each in file.open_points),
        unconfirmed=tuple(_unconfirmed(file)),
        speak_after_closing=parse_amount(file.speak.after_closing),
        warn_before_closing=parse_amount(file.speak.warn_before_closing),
        warn_within_opening=parse_amount(file.speak.warn_within_opening),
        content=content,
        hash=digest,
    )


def effective_date(published: date, rule: str | date) -> date:
    """From when terms published that day apply: at once, from a date, or from the next month (SO-09)."""
    if isinstance(rule, date):
        return rule
    if rule == "when_published":
        return published
    return first_of_next_month(published)


def _text(words: Words | None) -> Text | None:
    return words.text if words else None


def _clause(name: str, clause: ClauseFile) -> Clause:
    return Clause(name, clause.where.text if clause.where else {}, clause.text)


def _severity(name: str, severity: SeverityFile) -> Severity:
    return Severity(
        id=name,
        rank=severity.rank,
        name=severity.name.text,
        meaning=severity.meaning.text,
        clause=severity.clause,
        junior_may_own=severity.junior_may_own,
        development_case=severity.development_case,
        target_release=severity.target_release,
    )


def _tree(tree: TreeFile) -> Tree:
    start = tree.start if tree.outcome is None else _outcome(tree.outcome)
    return Tree(start or "", {name: _question(name, each) for name, each in tree.ask.items()})


def _question(name: str, question: QuestionFile) -> Question:
    answers = tuple(
        Answer(each.id, each.text, each.next if each.next is not None else _outcome(each)) for each in question.answers
    )
    return Question(name, question.text.text, answers, _text(question.hint))


def _outcome(outcome: OutcomeFile | AnswerFile) -> Outcome:
    return Outcome(outcome.severity or "", outcome.clause, _text(outcome.reading), frozenset(outcome.flags))


def _promise(name: str, promise: PromiseFile) -> Promise:
    return Promise(
        id=name,
        clock=promise.clock,
        clause=promise.clause,
        target=build_target(promise.target),
        strength=promise.strength,
        calendar=promise.calendar,
        expected=build_target(promise.expected) if promise.expected else None,
        expected_strength=promise.expected_strength,
        paused_by=frozenset(promise.paused_by),
        pause_clause=promise.pause_clause,
        pause_reading=_text(promise.pause_reading),
        severities=frozenset(promise.severities),
        kinds=frozenset(promise.kinds),
        intakes=frozenset(promise.intakes),
        items=frozenset(promise.items),
        except_items=frozenset(promise.except_items),
        starts_on=promise.starts_on,
        outside_hours=promise.outside_hours,
        day_and_night=promise.day_and_night,
        reminders=tuple(Fraction(str(share)) for share in promise.reminders),
        steps=tuple(_step(each) for each in promise.steps),
        reading=_text(promise.reading),
    )


def _step(step: StepFile) -> EscalationStep:
    return EscalationStep(
        role=step.role,
        after=build_target(step.after) if step.after else None,
        on_breach=step.on_breach,
        at_once=step.at_once,
        until=step.until,
        calendar=step.calendar,
        day_and_night=step.day_and_night,
        after_at_night=parse_amount(step.after_at_night) if step.after_at_night else None,
        severities=frozenset(step.severities),
        clause=step.clause,
        reading=_text(step.reading),
    )


def _ask(ask: AskFile) -> Ask:
    return Ask(
        id=ask.id,
        label=ask.label.text,
        clause=ask.clause,
        hint=_text(ask.hint),
        kinds=frozenset(ask.kinds),
        lines=ask.lines,
        max_length=ask.max_length,
    )


def _note(note: NoteFile) -> Note:
    return Note(
        places=frozenset(note.places),
        clause=note.clause,
        text=note.text.text,
        when=note.when,
        calendar=note.calendar,
        kinds=frozenset(note.kinds),
        intakes=frozenset(note.intakes),
        severities=frozenset(note.severities),
        without_option=note.without_option,
    )


def _workaround(file: PolicyFile) -> Workaround | None:
    rule = file.workaround
    return Workaround(frozenset(rule.moves), rule.to, rule.clause) if rule else None


def _contacts(file: PolicyFile) -> Contacts | None:
    rule = file.contacts
    return Contacts(rule.limit, rule.clause, rule.trained_clause) if rule else None


def _levels(file: PolicyFile) -> Levels | None:
    levels = file.levels
    if levels is None:
        return None
    return Levels(
        names={number: words.text for number, words in levels.names.items()},
        enters=levels.enters,
        top=levels.top,
        clause=levels.clause,
        escalation_clause=levels.escalation_clause,
        super_users_first=frozenset(levels.super_users_first),
        reading=_text(levels.reading),
    )


def _readings(file: PolicyFile) -> Iterator[Reading]:
    """Every choice taken, with the key it stands at and the nearest clause."""
    for key, clause, reading in _reading_places(file):
        if reading is not None:
            yield Reading(key, reading.clause or clause, reading.text)


def _reading_places(file: PolicyFile) -> Iterator[tuple[str, str | None, ReadingWords | None]]:
    yield "published", file.effective_clause, file.published_reading
    yield "slack_is", None, file.slack_reading
    yield "severities", None, file.severity_reading
    for kind, tree in file.questions.items():
        for name, question in tree.ask.items():
            for answer in question.answers:
                yield f"questions.{kind}.ask.{name}.{answer.id}", answer.clause, answer.reading
    for name, calendar in file.calendars.items():
        yield f"calendars.{name}", None, calendar.reading
        for closure in calendar.closures:
            yield f"calendars.{name}.closures.{closure.id}", closure.clause, closure.reading
    for name, promise in file.promises.items():
        yield f"promises.{name}", promise.clause, promise.reading
        yield f"promises.{name}.paused_by", promise.pause_clause, promise.pause_reading
        for index, step in enumerate(promise.steps):
            yield f"promises.{name}.steps[{index}]", step.clause, step.reading
    if file.levels:
        yield "levels", file.levels.clause, file.levels.reading
    yield from outage_readings(file.outage)
    yield from availability_readings(file)
    yield from maintenance_readings(file.maintenance)
    yield from notice_readings(file)


def _unconfirmed(file: PolicyFile) -> Iterator[Unconfirmed]:
    for name, calendar in file.calendars.items():
        for closure in calendar.closures:
            if closure.confirm:
                yield Unconfirmed(name, closure.id, frozenset(closure.confirmed), closure.clause)
