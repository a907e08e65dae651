"""The aside lane: what is only polite. One attempt, kept in memory, lost with the process.

Opening and updating views, private answers, looking people up. No listener waits for Slack: it
hands the call over here and is done. Calls about one view run one after the other, in the order
in which they were asked for, and only the newest waiting update of a view is sent.
"""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial

import structlog

from bot.gateway import OutcomeUnknownError, SlackRefusedError, SlackUnavailableError
from bot.tally import DROPPED, Count, uncounted

log = structlog.get_logger()

QUEUE_LIMIT = 500
"""Calls that may wait; what comes on top is dropped and counted."""

FAILURES = (SlackRefusedError, SlackUnavailableError, OutcomeUnknownError)


class Aside:
    """A bounded executor whose jobs are serial per key."""

    def __init__(self, workers: int = 8, count: Count = uncounted) -> None:
        """Start with nothing to do."""
        self._executor = ThreadPoolExecutor(workers, thread_name_prefix="aside")
        self._lock = threading.Condition()
        self._waiting: dict[str, deque[Callable[[], None]]] = {}
        self._waiting_count = 0
        self._count = count

    def do(
        self,
        key: str,
        call: Callable[[], None],
        *,
        otherwise: Callable[[Exception], None] | None = None,
        newest_only: bool = False,
    ) -> None:
        """Hand a call over. `otherwise` hears of Slack's refusal or silence.

        With `newest_only` the call replaces those of the same key that have not begun.
        """
        # In its lines of the log stands the request that asked for it.
        job = partial(copy_context().run, _job(key, call, otherwise))
        with self._lock:
            if self._waiting_count >= QUEUE_LIMIT:
                self._count(DROPPED)
                log.warning("aside_dropped", key=key.partition(":")[0])
                return
            queue = self._waiting.get(key)
            if queue is None:
                self._waiting[key] = deque([job])
                self._waiting_count += 1
                self._executor.submit(self._run, key)
                return
            if newest_only:
                self._waiting_count -= len(queue)
                queue.clear()
            queue.append(job)
            self._waiting_count += 1

    def idle(self, timeout: float) -> bool:
        """Wait until nothing is left to do; False when that took longer than `timeout` seconds."""
        with self._lock:
            return self._lock.wait_for(lambda: not self._waiting, timeout)

    def stop(self) -> None:
        """Finish what has begun, forget the rest."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _run(self, key: str) -> None:
        while True:
            with self._lock:
                queue = self._waiting[key]
                if not queue:
                    del self._waiting[key]
                    self._lock.notify_all()
                    return
                job = queue.popleft()
                self._waiting_count -= 1
            job()


def _job(key: str, call: Callable[[], None], otherwise: Callable[[Exception], None] | None) -> Callable[[], None]:
    def run() -> None:
        try:
            call()
        except FAILURES as failure:
            log.info("aside_failed", key=key.partition(":")[0], failure=str(failure))
            if otherwise is not None:
                _quietly(otherwise, failure)
        except Exception:
            # Of a call nobody foresaw: those that wait behind it go on.
            log.exception("aside_broke", key=key.partition(":")[0])

    return run


def _quietly(otherwise: Callable[[Exception], None], failure: Exception) -> None:
    try:
        otherwise(failure)
    except FAILURES as second:
        log.info("aside_gave_up", failure=str(second))
