"""An escalation between the workspace file, which names people by handle, and what is stored, by id."""

from collections.abc import Mapping

from bot.workspace.file import EscalationEntry, StepEntry
from models.escalation import FIRST_WAIT, FURTHER_WAIT, Plan, Step, StepKind
from models.sla.contract import Role


def escalation_plan(entry: EscalationEntry, ids: Mapping[str, str]) -> Plan:
    """The plan of a file's escalation; `ids` are people's by handle."""
    steps = tuple(_step(number, each, ids) for number, each in enumerate(entry.steps))
    return Plan(steps=steps, repeats=entry.repeats, progress=entry.progress)


def _step(number: int, entry: StepEntry, ids: Mapping[str, str]) -> Step:
    kind, of = _whom(entry, ids)
    return Step(
        kind=kind,
        of=of,
        wait=entry.wait or (FURTHER_WAIT if number else FIRST_WAIT),
        together=entry.together,
        hours_of=entry.hours_of,
        outside_hours_of=entry.outside_hours_of,
    )


def _whom(entry: StepEntry, ids: Mapping[str, str]) -> tuple[StepKind, str]:
    if entry.role is not None:
        return StepKind.ROLE, str(entry.role)
    if entry.rota is not None:
        return StepKind.ROTA, entry.rota
    if entry.person is not None:
        return StepKind.PERSON, ids[entry.person]
    return next((kind, named) for kind in AS_WRITTEN if (named := getattr(entry, kind)) is not None)


AS_WRITTEN = (StepKind.CHANNEL, StepKind.GROUP, StepKind.MAIL, StepKind.WEBHOOK)
"""Kinds whose key in the file is stored as it stands."""


def escalation_entry(key: str, plan: Plan, handles: Mapping[str, str]) -> EscalationEntry:
    """A stored plan, as the file would say it."""
    steps = [_entry(number, step, handles) for number, step in enumerate(plan.steps)]
    return EscalationEntry(key=key, steps=steps, repeats=plan.repeats, progress=plan.progress)


def _entry(number: int, step: Step, handles: Mapping[str, str]) -> StepEntry:
    usual = FURTHER_WAIT if number else FIRST_WAIT
    return StepEntry(
        role=Role(step.of) if step.kind is StepKind.ROLE else None,
        rota=step.of if step.kind is StepKind.ROTA else None,
        person=handles[step.of] if step.kind is StepKind.PERSON else None,
        **{str(step.kind): step.of for kind in AS_WRITTEN if step.kind is kind},
        wait=None if step.wait == usual else step.wait,
        together=step.together,
        hours_of=step.hours_of,
        outside_hours_of=step.outside_hours_of,
    )
