"""The chain of a page: the desk's plan, who is reached by each step at an instant, and who comes next."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from handlers import rotas
from models.desk import Desk, people_with_role
from models.escalation import ADDRESSED, FIRST_WAIT, FURTHER_WAIT, Plan, Step, StepKind
from models.page import escalation_by_key
from models.person import Person
from models.rota.shift import RotaError
from models.sla.contract import Role
from models.store import Session

LAST_RESORT_AGAIN = timedelta(hours=1)
"""Until the desk's channel is told again that nobody is left to page; twice as long each time after that."""

LONGEST_AGAIN = timedelta(hours=24)

GROUP_PATIENCE = timedelta(seconds=60)
"""How long Slack may take to say who is in a user group, before the next step is taken."""


def plan_of(session: Session, desk: Desk, flags: Collection[str] = ()) -> Plan:
    """How a desk pages now: by its policy, else whoever is on call one by one, then its managers.

    `flags` are what a ticket's answers established; a desk may have a policy for one of them. Source: PS-17.
    """
    flagged = [key for flag, key in sorted((desk.escalations_for or {}).items()) if flag in flags]
    key = next(iter(flagged), desk.escalation)
    stored = escalation_by_key(session, desk.team_id, key) if key else None
    if stored is not None:
        return replace(Plan.of(stored.document), policy=stored.key)
    rota = rotas.desk_rota(session, desk)
    on_call = (StepKind.ROTA, rota) if rota else (StepKind.ROLE, str(Role.ON_CALL))
    first = Step(kind=on_call[0], of=on_call[1], wait=FIRST_WAIT)
    managers = Step(kind=StepKind.ROLE, of=str(Role.MANAGER), wait=FURTHER_WAIT)
    return Plan(steps=(first, managers), once=True)


REACHED_AS_ONE = ADDRESSED | {StepKind.CHANNEL, StepKind.GROUP}
"""Steps of which no people are known here."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page stands: its round (from 1), its step (-1 before the first), who of that step was not asked."""

    round: int = 1
    step: int = -1
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """What comes next: people to page, a channel to tell, a user group or an address, or (`last`) the last resort.

    Who is in a group only Slack knows: its turn has no people yet. `nobody` are the steps passed over on the way
    because nobody is reached by them, `gone` the people passed over because they left Slack.
    """

    place: Place
    wait: timedelta
    people: tuple[Person, ...] = ()
    channel: str | None = None
    group: Step | None = None
    address: Step | None = None
    last: bool = False
    nobody: tuple[int, ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody whom a page has asked: in which round, and whether the answer was *I can't*."""

    round: int
    person_id: str
    declined: bool = False


@dataclass(frozen=True, slots=True)
class Chain:
    """A plan at a desk."""

    session: Session
    desk: Desk
    plan: Plan

    def step(self, place: Place) -> Step | None:
        """The step of a place; None at the last resort."""
        return self.plan.steps[place.step] if 0 <= place.step < len(self.plan.steps) else None

    def after(self, place: Place, asked: Collection[Asked], at: datetime, nobody: Collection[int] = ()) -> Turn:
        """Who is next when the place's people have not answered; `nobody` are steps that came to nobody before."""
        over = _Over(dict.fromkeys(nobody))
        step = self.step(place)
        waiting = [found for each in place.waiting if (found := self.session.get(Person, (self.desk.team_id, each)))]
        free = self.free(over.there(waiting, at), place.round, asked)
        if step is not None and free:
            return self._turn(place, step, free, over)
        for further in self._further(place):
            turn = self._taken(further, over, asked, at)
            if turn is not None:
                return turn
        resort = Place(self.plan.repeats + 1, len(self.plan.steps))
        return Turn(resort, LAST_RESORT_AGAIN, last=True, nobody=tuple(over.nobody), gone=tuple(over.gone))

    def _taken(self, place: Place, over: "_Over", asked: Collection[Asked], at: datetime) -> Turn | None:
        """The turn of a step; None when it is passed over, because of its hours or for want of people."""
        step = self.plan.steps[place.step]
        if not _taken_now(self.session, self.desk.team_id, step, at):
            return None
        if step.kind in REACHED_AS_ONE:
            return over.turn(place, step)
        people = over.there(_people(self.session, self.desk, step, at), at)
        free = self.free(people, place.round, asked)
        if not people:
            over.nobody[place.step] = None
        return self._turn(place, step, free, over) if free else None

    def ahead(self, place: Place, asked: Sequence[Asked], at: datetime) -> Iterator[tuple[datetime, Turn]]:
        """Who is paged when, from `at` on, if nobody answers; the last resort ends it."""
        so_far = list(asked)
        while True:
            turn = self.after(place, so_far, at)
            yield at, turn
            if turn.last:
                return
            so_far += [Asked(turn.place.round, person.id) for person in turn.people]
            place, at = turn.place, at + turn.wait

    def _turn(self, place: Place, step: Step, people: Sequence[Person], over: "_Over") -> Turn:
        now = people if step.together else people[:1]
        waiting = tuple(person.id for person in people[len(now) :])
        return Turn(
            replace(place, waiting=waiting),
            step.waits,
            people=tuple(now),
            nobody=tuple(over.nobody),
            gone=tuple(over.gone),
        )

    def _further(self, place: Place) -> Iterator[Place]:
        """Every step after a place: of its round, then of the rounds that are left."""
        for step in range(place.step + 1, len(self.plan.steps)):
            yield Place(place.round, step)
        for later in range(place.round + 1, self.plan.repeats + 2):
            yield from (Place(later, step) for step in range(len(self.plan.steps)))

    def free(self, people: Sequence[Person], round_: int, asked: Collection[Asked]) -> list[Person]:
        """Whoever said *I can't* is not asked again in a round; nor anybody, by a plan that asks once."""
        done = {each.person_id for each in asked if each.round == round_ and (each.declined or self.plan.once)}
        return [each for each in people if each.id not in done]


@dataclass(frozen=True, slots=True)
class _Over:
    """What is passed over on the way to the next turn: steps that reach nobody, and people who left Slack."""

    nobody: dict[int, None] = field(default_factory=dict)
    gone: dict[str, None] = field(default_factory=dict)

    def there(self, people: Sequence[Person], at: datetime) -> list[Person]:
        """Those who have not left; the others are noted."""
        self.gone.update({each.id: None for each in people if _left(each, at)})
        return [each for each in people if not _left(each, at)]

    def turn(self, place: Place, step: Step) -> Turn:
        """The turn of a step that is reached as one."""
        return Turn(
            place,
            step.waits,
            channel=step.of if step.kind is StepKind.CHANNEL else None,
            group=step if step.kind is StepKind.GROUP else None,
            address=step if step.kind in ADDRESSED else None,
            nobody=tuple(self.nobody),
            gone=tuple(self.gone),
        )


def _people(session: Session, desk: Desk, step: Step, at: datetime) -> Sequence[Person]:
    if step.kind is StepKind.ROLE:
        return people_with_role(session, desk.team_id, desk.id, step.of)
    if step.kind is StepKind.ROTA:
        return _on_call(session, desk.team_id, step.of, at)
    person = session.get(Person, (desk.team_id, step.of)) if step.kind is StepKind.PERSON else None
    return (person,) if person else ()


def _on_call(session: Session, team_id: str, rota: str, at: datetime) -> Sequence[Person]:
    """A rota that is not there any more, or cannot be laid out, reaches nobody: the next step is paged."""
    try:
        return rotas.people_on_call(session, team_id, rota, at)
    except RotaError:
        return ()


def _left(person: Person, at: datetime) -> bool:
    return person.left_at is not None and person.left_at <= at


def _taken_now(session: Session, team_id: str, step: Step, at: datetime) -> bool:
    """Whether a step is taken at that instant; one whose calendar is not in force is, rather than nobody paged."""
    name = step.hours_of or step.outside_hours_of
    calendar = rotas.calendar_in_force(session, team_id, name, at.date()) if name else None
    return calendar is None or calendar.is_open(at) == (step.hours_of is not None)
