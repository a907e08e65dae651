"""How somebody is paged beside Slack: chosen in a window, and what holds then."""

from collections.abc import Mapping

from handlers.views import blocks as kit
from handlers.views.blocks import Block, Option, ViewDict
from handlers.views.clocks import WAY
from handlers.views.names import Field, View
from handlers.views.typed import Mrkdwn, one_line
from handlers.views.words import Words, mark

NOT_TAKEN = "not_taken"
"""The choice of no rule: only where Slack does not take a page within a minute, or do-not-disturb is on."""

MINUTES = (0, 2, 5, 10, 15, 30)
CHOICES = frozenset({NOT_TAKEN, *map(str, MINUTES)})

FIELDS: Mapping[str, Field] = {"mail": Field.BY_MAIL, "webhook": Field.BY_WEBHOOK}
LABEL: Mapping[str, str] = {"mail": mark("By e-mail"), "webhook": mark("By webhook")}


def notify_view(addresses: Mapping[str, str], rules: Mapping[str, int], carried: str, words: Words) -> ViewDict:
    """A choice for each way that is known; `addresses` are the person's, `rules` minutes by way."""
    title = words.plain("How you are paged")
    said = words.say("A page comes as a direct message, always. Choose what comes beside it.")
    if not addresses:
        nothing = words.say(
            "No other way to you is known. An administrator adds `email` or `webhook` for you in `workspace.toml`."
        )
        return kit.modal(View.NOTIFY, title, [kit.section(said), kit.section(nothing)], close=words.plain("Close"))
    fields = [block for way, address in addresses.items() for block in _choice(way, address, rules.get(way), words)]
    return kit.modal(
        View.NOTIFY,
        title,
        [kit.section(said), *fields],
        submit=words.plain("Save"),
        close=words.plain("Cancel"),
        metadata=carried,
    )


def _choice(way: str, address: str, minutes: int | None, words: Words) -> list[Block]:
    options = [Option(_when(each, words), NOT_TAKEN if each is None else str(each)) for each in (None, *MINUTES)]
    field = FIELDS[way]
    menu = kit.menu(field, words.plain("Choose"), options, NOT_TAKEN if minutes is None else str(minutes))
    shown = words.say("to {address}", address=one_line(address, 80)) if way == "mail" else None
    return [kit.field(field, words.plain(LABEL[way]), menu), *([kit.context(shown)] if shown else [])]


def _when(minutes: int | None, words: Words) -> str:
    if minutes is None:
        return words.plain("when Slack cannot wake you")
    if minutes == 0:
        return words.plain("at once")
    return words.plain("after {n} minutes without an answer", n=minutes)


def notified_view(addresses: Mapping[str, str], rules: Mapping[str, int], words: Words) -> ViewDict:
    """What holds now."""
    lines = [
        words.say("{way}: {when}", way=words.plain(WAY[way]), when=_when(rules.get(way), words)) for way in addresses
    ]
    said = Mrkdwn("\n".join([words.say("Saved. From the next page on:"), *lines]))
    return kit.modal(View.CHANGED, words.plain("How you are paged"), [kit.section(said)], close=words.plain("Close"))
