"""The sandbox in a thread of its own: started, and stopped without anything left behind."""

import asyncio

from sandbox import Sandbox
from tests.sandbox.other_end import MANIFEST


def test_what_is_under_way_when_it_stops_ends_with_it() -> None:
    """Collected later, in the middle of something else, it would be complained of there."""

    async def begun() -> asyncio.Task[None]:
        return asyncio.create_task(asyncio.sleep(3600))

    with Sandbox(MANIFEST) as slack:
        task = slack.run(begun())
    assert task.cancelled()
