"""Running a coroutine in a test, whatever loop its thread has already.

The browser's driver keeps a loop going in the main thread of the worker it runs in, where
`asyncio.run` then refuses to start another.
"""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def in_a_loop(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """As `asyncio.run`, in a thread of its own."""
    with ThreadPoolExecutor(1, thread_name_prefix="loop") as executor:
        return executor.submit(asyncio.run, coroutine).result()
