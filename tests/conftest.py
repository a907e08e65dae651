"""What every test shares: how hard Hypothesis looks, and the browser if there is one."""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings
from sqlalchemy import Connection, Dialect, Engine, event

from tests.cli.launcher import Launcher
from tests.memory import roomy

# The PostgreSQL wheel wants a folder for its socket, and warns when nobody names one.
_runtime = Path(tempfile.gettempdir()) / f"vakt-tests-{os.getuid()}"
_runtime.mkdir(mode=0o700, exist_ok=True)
os.environ.setdefault("XDG_RUNTIME_DIR", str(_runtime))
# Where pytest makes the folders of its tests.
os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(roomy()))

# As structlog has it, but for the tracebacks: with every variable in colours, one takes a second and more.
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)

settings.register_profile("suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("search", deadline=None, max_examples=2_000, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fuzz", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

NO_CHROMIUM = "The browser tests did not run: no Chromium. Install one (Debian: chromium) or set CHROMIUM to its path."


def _found_chromium() -> Path | None:
    """The browser named by CHROMIUM, else the first one on PATH."""
    names = [os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome", "chrome"]
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    return Path(found) if found else None


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The Chromium to drive. Skips without one, unless VAKT_REQUIRE_CHROMIUM demands it."""
    found = _found_chromium()
    if found is None and os.environ.get("VAKT_REQUIRE_CHROMIUM"):
        pytest.fail(NO_CHROMIUM)
    if found is None:
        pytest.skip(NO_CHROMIUM)
    return found


@pytest.fixture(scope="session")
def launcher() -> Iterator[Launcher]:
    """What the command line's tests fork their commands from."""
    started = Launcher(Path(__file__).parents[1])
    yield started
    started.stop()


_compiled: dict[tuple[str, ...], tuple[Dialect, dict[object, object]]] = {}


@event.listens_for(Engine, "engine_connect")
def _share_statements(connection: Connection) -> None:
    """Statements compiled for one story's database are used for the next one's: each has an engine of its own."""
    own = connection.dialect
    alike = (own.name, own.driver, str(vars(own).get("_on_connect_isolation_level")))
    connection.dialect, statements = _compiled.setdefault(alike, (own, {}))
    connection.execution_options(compiled_cache=statements)


def pytest_collection_finish() -> None:
    """What is imported stays: the collector need not walk it again after every test."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in the last lines what was left out for want of a browser."""
    if _found_chromium() is None:
        terminalreporter.section("not everything ran", yellow=True)
        terminalreporter.line(NO_CHROMIUM)
