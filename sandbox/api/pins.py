"""pins.*: what is pinned to a channel."""

import re
from collections.abc import Callable

from sandbox.api.call import ApiError, Call
from sandbox.pins import pin, unpin
from sandbox.workspace import Json

MOST = 100
TS = re.compile(r"\d{1,10}\.\d{6}")


def timestamp(call: Call) -> str:
    """Return the `timestamp` argument; raises ApiError `no_item_specified` and `bad_timestamp`."""
    ts = call.text("timestamp")
    if not ts:
        raise ApiError("no_item_specified")
    if not TS.fullmatch(ts):
        raise ApiError("bad_timestamp")
    return ts


def add(call: Call) -> Json:
    """pins.add."""
    where = call.conversation(member=True)
    ts = timestamp(call)
    post = call.post(where, "timestamp")
    if ts in where.pins:
        raise ApiError("already_pinned")
    if len(where.pins) >= MOST:
        raise ApiError("too_many_pins")
    pin(call.world, where, post, by=call.bot.id)
    return {}


def remove(call: Call) -> Json:
    """pins.remove."""
    where = call.conversation()
    ts = timestamp(call)
    post = call.post(where, "timestamp")
    if ts not in where.pins:
        raise ApiError("no_pin")
    unpin(call.world, where, post, by=call.bot.id)
    return {}


def listing(call: Call) -> Json:
    """pins.list."""
    return {"items": list(reversed(call.conversation().pins.values()))}


METHODS: dict[str, Callable[[Call], Json]] = {"pins.add": add, "pins.remove": remove, "pins.list": listing}
