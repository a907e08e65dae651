"""What goes wrong, in words for the person who can act; and who is told how.

A `UserError` is raised where it is noticed. `handlers.answers` turns it, and everything that
nobody foresaw, into the answer that its kind of payload can carry.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from handlers.views.facts import Refusal, RefusalFacts, Value
from handlers.views.names import Action

WAYS_OUT: Mapping[Refusal, Action] = {Refusal.RESOLVED: Action.REOPEN}
"""What to press instead, of the ticket that the refusal names."""


class UserError(Exception):
    """Something the person can put right. `key` names its text.

    `field` is the input it belongs to, when it came from a modal.
    """

    def __init__(self, key: Refusal, field: str | None = None, **values: Value) -> None:
        """Name the text, its values, and the field."""
        super().__init__(key)
        self.key = key
        self.field = field
        self.values: Mapping[str, Value] = values

    @classmethod
    def refusing(cls, key: Refusal, values: Mapping[str, Value]) -> "UserError":
        """From a refusal that was decided elsewhere."""
        error = cls(key)
        error.values = values
        return error

    def facts(self, now: datetime) -> RefusalFacts:
        """For the view, with the way out as a button where one press is enough."""
        action = WAYS_OUT.get(self.key)
        return RefusalFacts(self.key, now, self.values, action, str(self.values["number"]) if action else "")


class NotYetError(Exception):
    """Something refers to a message that is just being posted: deliver the event again."""


class AlreadyAnsweredError(Exception):
    """A delivery that came before: nothing is done, the stored answer is given again."""

    def __init__(self, answer: object) -> None:
        """Keep the answer the first delivery got."""
        super().__init__("delivered before")
        self.answer: Any = answer
