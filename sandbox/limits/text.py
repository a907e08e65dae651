"""Composition objects: text, option, option group, confirm and the small records that elements share.

Source: docs.slack.dev/reference/block-kit/composition-objects; the lengths are in the platform notes, section 1.1.
"""

from collections.abc import Iterator

from sandbox.limits.shapes import MISMATCH, Check, Problem, array, boolean, choice, either, record, string, tagged

TEXT = 3000
LABEL = 75
OPTION_VALUE = 150
URL = 3000
OPTIONS = 100
LISTED_OPTIONS = 10
OVERFLOW_OPTIONS = 5

EXACT_ID = string(1, 255)
USER_ID = string(1, pattern=r"[UW][A-Z0-9]+", words="must provide a user id")
CHANNEL_ID = string(1, pattern=r"[CG][A-Z0-9]+", words="must provide a channel id")


def _plain(high: int) -> Check:
    return record({"type": choice("plain_text"), "text": string(1, high)}, {"emoji": boolean})


def _mrkdwn(high: int) -> Check:
    return record({"type": choice("mrkdwn"), "text": string(1, high)}, {"verbatim": boolean})


def plain_text(high: int = TEXT) -> Check:
    """Accept a plain_text object of 1 to ``high`` characters."""
    return tagged({"plain_text": _plain(high)})


def any_text(high: int = TEXT) -> Check:
    """Accept a plain_text or mrkdwn object of 1 to ``high`` characters.

    Where Slack allows both kinds it tries both schemas, and so says twice that none fits.
    """
    kinds = tagged({"plain_text": _plain(high), "mrkdwn": _mrkdwn(high)})

    def check(value: object, pointer: str) -> Iterator[Problem]:
        found = list(kinds(value, pointer))
        if found:
            yield Problem(pointer, MISMATCH)
        yield from found

    return check


def url(high: int = URL) -> Check:
    """Accept an address with a scheme, of at most ``high`` characters."""
    return string(1, high, pattern=r"[A-Za-z][A-Za-z0-9+.-]*:\S+", words="must be a valid URL")


def _option(text: Check, *, linked: bool = False) -> Check:
    links = {"url": url()} if linked else {}
    return record({"text": text, "value": string(1, OPTION_VALUE)}, {"description": text, **links})


OPTION = _option(plain_text(LABEL))
LISTED_OPTION = _option(any_text(LABEL))
OVERFLOW_OPTION = _option(plain_text(LABEL), linked=True)
OPTION_GROUP = record({"label": plain_text(LABEL), "options": array(OPTION, 1, OPTIONS)})
_SUGGESTED = record(
    {},
    {"options": array(OPTION, 0, OPTIONS), "option_groups": array(OPTION_GROUP, 0, 100)},
    rules=[either("options", "option_groups")],
)


def suggestion_problems(answer: object) -> list[Problem]:
    """Judge the options with which an app answers a ``block_suggestion``."""
    return list(_SUGGESTED(answer, ""))


CONFIRM = record(
    {"title": plain_text(100), "text": any_text(300), "confirm": plain_text(30), "deny": plain_text(30)},
    {"style": choice("primary", "danger")},
)
PLACEHOLDER = plain_text(150)
DISPATCH_CONFIG = record(
    {"trigger_actions_on": array(choice("on_enter_pressed", "on_character_entered"), 1, 2)},
)
FILTER = record(
    {},
    {
        "include": array(choice("im", "mpim", "private", "public"), 1),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
SLACK_FILE = record({}, {"id": string(1), "url": url()}, rules=[either("id", "url")])
IMAGE = record(
    {"type": choice("image"), "alt_text": string(1, 2000)},
    {"image_url": url(), "slack_file": SLACK_FILE},
    rules=[either("image_url", "slack_file")],
)
