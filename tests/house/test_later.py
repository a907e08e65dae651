"""What is loaded when it is first needed is there, and is not loaded before."""

import subprocess
import sys

import pytest

from bot import app, group_watch, member_watch
from handlers import ACTIONS, COMMANDS, EVENTS, SHORTCUTS, VIEWS, audit, talk, timers, undelivered
from handlers.following import FOLLOW
from handlers.later import Later
from handlers.outgoing import RENDER

TABLES = (COMMANDS, SHORTCUTS, VIEWS, ACTIONS, EVENTS, RENDER, FOLLOW)
LATER = sorted(
    {each for table in TABLES for each in table.values() if isinstance(each, Later)}
    | {timers.OF_A_ROTA, timers.PAGE_NEXT, *timers.ASKED.values(), audit.ARM_PAGE, undelivered.PAGE_REFUSED}
    | {talk.WORDS, talk.EDIT, talk.DELETION, app.WARM_ROTAS, group_watch.PEOPLE_ON_CALL, member_watch.NOTE_MEMBER},
    key=repr,
)


@pytest.mark.parametrize("later", LATER, ids=lambda later: f"{later.module}.{later.name}")
def test_what_is_named_is_there(later: Later) -> None:
    assert callable(later.function)


def test_a_process_begins_without_it() -> None:
    names = sorted({f"handlers.{later.module}" for later in LATER})
    assert len(names) > 4
    program = f"import sys, bot.running, bot.app; print([name for name in {names} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
