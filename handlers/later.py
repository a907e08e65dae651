"""Functions of modules that are loaded when one is first called: a process that never needs them has none of them."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True, slots=True)
class Later:
    """A function of a module of `handlers`, by name."""

    module: str
    name: str

    @property
    def function(self) -> Callable[..., Any]:
        """The function itself; its module is loaded now."""
        found: Callable[..., Any] = getattr(import_module(f"handlers.{self.module}"), self.name)
        return found

    def __call__(self, *given: Any) -> Any:  # noqa: ANN401 - whatever the function takes and gives
        """Call it."""
        return self.function(*given)
