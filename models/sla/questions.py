"""The questions that propose a class, one tree for each kind of ticket.

Answers propose, people decide: an outcome carries the clause that says so, and the answers are
kept with the ticket as evidence. Source: docs/rules.md, 5 and the severity tree of each contract.
"""

from collections.abc import Mapping
from dataclasses import dataclass

Text = Mapping[str, str]
"""The same words in each language, by its code: en, nb, sv."""


def say(text: Text, language: str) -> str:
    """The words in that language, English where it is missing."""
    return text.get(language) or text["en"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the answers come to: a class, the clause that says so, and what else follows.

    `flags` are facts that the answers establish beside the class, such as `downtime` (PS-10)
    and `private` (PS-17).
    """

    severity: str
    clause: str | None
    reading: Text | None = None
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Answer:
    """One possible answer, and where it leads: to another question's id or to an outcome."""

    id: str
    text: Text
    leads_to: str | Outcome


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its answers in the order shown. Ids are kept with tickets: never reuse one."""

    id: str
    text: Text
    answers: tuple[Answer, ...]
    hint: Text | None = None

    def answer(self, answer_id: str | None) -> Answer | None:
        """The answer with that id, None when there is none."""
        return next((each for each in self.answers if each.id == answer_id), None)


@dataclass(frozen=True, slots=True)
class Tree:
    """All questions for a kind of ticket. `start` is an outcome where nothing needs asking (SO-14)."""

    start: str | Outcome
    questions: Mapping[str, Question]


@dataclass(frozen=True, slots=True)
class Given:
    """A question that was answered, and the answer: the evidence for a class."""

    question: Question
    answer: Answer


@dataclass(frozen=True, slots=True)
class Walk:
    """How far the answers reach: what was asked, what to ask next, or what it comes to."""

    given: tuple[Given, ...]
    next: Question | None
    outcome: Outcome | None

    @property
    def asked(self) -> tuple[Question, ...]:
        """The answered questions, in the order they were asked."""
        return tuple(each.question for each in self.given)

    @property
    def shown(self) -> tuple[Question, ...]:
        """The questions a form shows now: those answered and the next one."""
        return (*self.asked, self.next) if self.next else self.asked


def walk(tree: Tree, answers: Mapping[str, str]) -> Walk:
    """Follow the answers (question id to answer id) from the start.

    An answer to a question that is not on the path is left out, one that the question does not
    have counts as not yet answered: a changed first answer thus makes later ones fall away.
    """
    given: list[Given] = []
    here = tree.start
    while not isinstance(here, Outcome):
        question = tree.questions[here]
        answer = question.answer(answers.get(question.id))
        if answer is None:
            return Walk(tuple(given), question, None)
        given.append(Given(question, answer))
        here = answer.leads_to
    return Walk(tuple(given), None, here)
