"""Modals and App Homes as tests read and use them, always as they stand at the moment they are asked."""

import re
from typing import TYPE_CHECKING, TypeAlias

from sandbox import acts
from sandbox.expectations import says
from sandbox.finding import NotOnScreen, field_named, typed_value
from sandbox.interactions import remember
from sandbox.modals import View
from sandbox.places import Channel
from sandbox.submissions import Submitted
from sandbox.words import visible
from sandbox.workspace import Json

if TYPE_CHECKING:
    from sandbox.people import Person

Words: TypeAlias = str | re.Pattern[str]
PATIENCE = 10.0


class Screen:
    """A view as its person sees it. It reads the view as it is now, so updates by the app show at once."""

    def __init__(self, person: "Person", view_id: str) -> None:
        """Look at one view."""
        self.person = person
        self.view_id = view_id

    def _find(self) -> View | None:
        return self.person.sandbox.world.views.find(self.view_id)

    @property
    def view(self) -> View:
        """The view; raises NotOnScreen when it was closed."""
        view = self.person.sandbox.do(self._find)
        if view is None:
            message = "this view is closed"
            raise NotOnScreen(message)
        return view

    @property
    def text(self) -> str:
        """All visible words, top to bottom."""
        view = self.view
        return self.person.sandbox.do(lambda: visible(view.body))

    @property
    def blocks(self) -> list[Json]:
        """The view's blocks."""
        return self.view.blocks

    def click(self, what: str) -> str | None:
        """Press a button on it."""
        return self.person.clicks(what, on=self)

    def waits_for(self, words: Words, timeout: float = PATIENCE) -> "Screen":
        """Wait until the view says `words`; raises NotOnScreen."""
        found = self.person.sandbox.until(lambda: self._says(words), timeout)
        if not found:
            message = f"the view did not come to say {words!r}; it says:\n{self.text}"
            raise NotOnScreen(message)
        return self

    def _says(self, words: Words) -> bool:
        view = self._find()
        if view is None:
            return False
        return says(visible(view.body), words)


class Home(Screen):
    """A person's App Home."""


class Modal(Screen):
    """A modal."""

    @property
    def title(self) -> str:
        """The title."""
        return str(self.view.body["title"]["text"])

    @property
    def errors(self) -> dict[str, str]:
        """What stands under the fields in red, by block id."""
        return dict(self.view.errors)

    @property
    def closed(self) -> bool:
        """Whether it is no longer on the screen."""
        return self.person.sandbox.do(self._find) is None

    @property
    def values(self) -> Json:
        """`state.values` as it stands."""
        view = self.view
        return self.person.sandbox.do(view.state)

    def refresh(self) -> "Modal":
        """Look at whatever is on top of the person's stack now."""
        return self.person.modal()

    def fill(self, label: str, text: str) -> "Modal":
        """Type into a field, found by label or block id."""

        async def there() -> None:
            place = self.person.looks_at(self)
            block, element = field_named(place.blocks, label)
            value = typed_value(element, text)
            remember(
                self.person.sandbox.world, self.person.user, place, {block["block_id"]: {element["action_id"]: value}}
            )

        self.person.sandbox.run(there())
        return self

    def choose(self, label: str, *options: "str | Person | Channel") -> "Modal":
        """Choose in a menu, radio group, checkboxes or picker, found by label or block id."""
        self.person.chooses(label, *options, on=self)
        return self

    def presses_enter(self, label: str) -> "Modal":
        """Press Enter in a text field; the app hears of it when the block dispatches actions."""

        def find(blocks: list[Json]) -> Json:
            block, element = field_named(blocks, label)
            view = self._find()  # on the sandbox's own loop, where asking it would wait for itself
            given = (view.given if view else {}).get(block["block_id"], {}).get(element["action_id"], {})
            return {"action_id": element["action_id"], "block_id": block["block_id"], **given}

        self.person.does(find, on=self)
        return self

    def submit(self) -> Submitted:
        """Press the submit button and wait for the app's answer."""

        async def there() -> Submitted:
            view = self._find()
            if view is None:
                message = "this modal is closed"
                raise NotOnScreen(message)
            return await acts.submit(self.person.sandbox.world, self.person.user, view)

        return self.person.sandbox.run(there())

    def close(self, *, everything: bool = False) -> None:
        """Press Cancel, or the x that closes the whole stack (`everything`)."""
        view = self.view
        self.person.sandbox.run(acts.close(self.person.sandbox.world, self.person.user, view, everything=everything))

    def waits_until_closed(self, timeout: float = PATIENCE) -> None:
        """Wait until it is gone; raises NotOnScreen."""
        if not self.person.sandbox.until(lambda: self._find() is None, timeout):
            message = f"the modal is still open and says:\n{self.text}"
            raise NotOnScreen(message)
