"""Functions of modules that are loaded when one is first called: a process that never needs them has none of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True, slots=True)
class Later:
    """A function of a module of `handlers`, by name."""

    module: str
    name: str

    @property
    def path(self) -> str:
        """The module's whole name."""
        return f"handlers.{self.module}"

    @property
    def function(self) -> Callable[..., Any]:
        """The function itself; its module is loaded now."""
        found: Callable[..., Any] = getattr(import_module(self.path), self.name)
        return found

    def __call__(self, *given: Any) -> Any:  # noqa: ANN401 - whatever the function takes and gives
        """Call it."""
        return self.function(*given)


DRAWN_BY: Mapping[str, str] = {"O": "outage_news", "M": "maintenance_news", "N": "notice_news", "T": "breach_news"}
"""The module of `handlers` that draws an announcement and answers its timers, by the letter its name begins with."""
