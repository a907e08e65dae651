"""What stands in tickets that nobody typed: summaries, details, outcomes and reasons, in the desk's words."""

from datetime import datetime

from handlers.views.words import Words, mark

OVER = mark("The alert is over.")
AGAIN = mark("The alert came again.")
BACK = mark("The heartbeat is back.")


def storm(route: str, several: int, first: str, words: Words) -> tuple[str, str]:
    """Summary and details of a storm's ticket; `several` is how many opened a ticket of their own."""
    details = words.plain(
        "More than {n} new alerts took this route within a minute. The first of the others:", n=several
    )
    return words.plain("Alert storm: {route}", route=route), f"{details}\n{first}"


def named(summary: str) -> str:
    """One of a storm's alerts, on a line of its own."""
    return f"• {summary}"


def missing(name: str, slot: datetime, last_at: datetime | None, words: Words) -> tuple[str, str]:
    """Summary and details of a heartbeat that has not come by its slot."""
    if last_at is None:
        details = words.plain("It was expected by {slot} and has never come.", slot=words.zoned(slot))
    else:
        details = words.plain(
            "It was expected by {slot}; the last one came {at}.", slot=words.zoned(slot), at=words.zoned(last_at)
        )
    return words.plain("No heartbeat from {name}", name=name), details
