"""Every count and length of a block holds at its limit, and is refused one above it in Slack's words."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.limits import Problem, message_problems, view_problems

Json = dict[str, Any]


def plain(length: int) -> Json:
    """Build a plain_text object of so many characters."""
    return {"type": "plain_text", "text": "x" * length}


def mrkdwn(length: int) -> Json:
    """Build a mrkdwn object of so many characters."""
    return {"type": "mrkdwn", "text": "x" * length}


def button(index: int = 0) -> Json:
    """Build the smallest button."""
    return {"type": "button", "text": plain(1), "action_id": f"a{index}"}


def image(**fields: object) -> Json:
    """Build the smallest image, with some fields replaced."""
    return {"type": "image", "alt_text": "a", "image_url": "https://x.no/a.png", **fields}


def address(length: int) -> str:
    """Build an address of so many characters."""
    return "https://x.no/".ljust(length, "x")


def card(**fields: object) -> Json:
    """Build a card."""
    return {"type": "card", "title": plain(1), **fields}


def table(rows: int, columns: int, **fields: object) -> Json:
    """Build a table of so many rows and columns."""
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * columns] * rows, **fields}


def in_message(*blocks: object) -> list[Problem]:
    """Judge blocks as a message."""
    return message_problems(text="said", blocks=list(blocks), attachments=None)


def in_modal(*blocks: object) -> list[Problem]:
    """Judge blocks as a modal that can be submitted."""
    return view_problems({"type": "modal", "title": plain(1), "submit": plain(1), "blocks": list(blocks)})


def in_home(*blocks: object) -> list[Problem]:
    """Judge blocks as an App Home."""
    return view_problems({"type": "home", "blocks": list(blocks)})


VIDEO = {
    "type": "video",
    "alt_text": "a",
    "title": plain(1),
    "thumbnail_url": "https://x.no/t",
    "video_url": "https://x.no/v",
}
LENGTHS: dict[str, tuple[Callable[[int], Json], int, str]] = {
    "block_id": (lambda n: {"type": "divider", "block_id": "x" * n}, 255, "/block_id"),
    "section.text": (lambda n: {"type": "section", "text": mrkdwn(n)}, 3000, "/text/text"),
    "section.fields": (lambda n: {"type": "section", "fields": [plain(n)]}, 2000, "/fields/0/text"),
    "header.text": (lambda n: {"type": "header", "text": plain(n)}, 150, "/text/text"),
    "context text": (lambda n: {"type": "context", "elements": [mrkdwn(n)]}, 3000, "/elements/0/text"),
    "image.alt_text": (lambda n: image(alt_text="x" * n), 2000, "/alt_text"),
    "image.image_url": (lambda n: image(image_url=address(n)), 3000, "/image_url"),
    "image.title": (lambda n: image(title=plain(n)), 2000, "/title/text"),
    "markdown.text": (lambda n: {"type": "markdown", "text": "x" * n}, 12_000, "/text"),
    "card.title": (lambda n: card(title=plain(n)), 150, "/title/text"),
    "card.subtitle": (lambda n: card(subtitle=mrkdwn(n)), 150, "/subtitle/text"),
    "card.body": (lambda n: card(body=mrkdwn(n)), 200, "/body/text"),
    "video.title": (lambda n: {**VIDEO, "title": plain(n)}, 199, "/title/text"),
    "video.author_name": (lambda n: {**VIDEO, "author_name": "x" * n}, 49, "/author_name"),
    "container.title": (
        lambda n: {"type": "container", "title": plain(n), "child_blocks": [{"type": "divider"}]},
        150,
        "/title/text",
    ),
}
COUNTS: dict[str, tuple[Callable[[int], Json], int, str]] = {
    "section.fields": (lambda n: {"type": "section", "fields": [plain(1)] * n}, 10, "/fields"),
    "context.elements": (lambda n: {"type": "context", "elements": [mrkdwn(1)] * n}, 10, "/elements"),
    "actions.elements": (lambda n: {"type": "actions", "elements": [button(i) for i in range(n)]}, 25, "/elements"),
    "context_actions.elements": (
        lambda n: {
            "type": "context_actions",
            "elements": [{"type": "icon_button", "icon": "trash", "text": plain(1)}] * n,
        },
        5,
        "/elements",
    ),
    "table.rows": (lambda n: table(n, 1), 100, "/rows"),
    "table.columns": (lambda n: table(1, n), 20, "/rows/0"),
    "table.column_settings": (lambda n: table(1, 1, column_settings=[None] * n), 20, "/column_settings"),
    "carousel.elements": (lambda n: {"type": "carousel", "elements": [card()] * n}, 10, "/elements"),
    "card.actions": (lambda n: card(actions=[button(i) for i in range(n)]), 2, "/actions"),
    "container.child_blocks": (
        lambda n: {"type": "container", "title": plain(1), "child_blocks": [{"type": "divider"}] * n},
        10,
        "/child_blocks",
    ),
}


@pytest.mark.parametrize("name", LENGTHS)
def test_a_block_text_may_be_as_long_as_its_limit_and_no_longer(name: str) -> None:
    """At the limit nothing is said; one more and Slack names the limit plus one."""
    build, limit, at = LENGTHS[name]
    assert in_message(build(limit)) == []
    assert Problem(f"/blocks/0{at}", f"must be less than {limit + 1} characters") in in_message(build(limit + 1))


@pytest.mark.parametrize("name", COUNTS)
def test_a_block_may_hold_as_many_items_as_its_limit_and_no_more(name: str) -> None:
    """At the limit nothing is said; one more and Slack names the limit."""
    build, limit, at = COUNTS[name]
    assert in_message(build(limit)) == []
    assert in_message(build(limit + 1)) == [Problem(f"/blocks/0{at}", f"no more than {limit} items allowed")]


@pytest.mark.parametrize("name", [name for name in COUNTS if name != "table.column_settings"])
def test_a_block_list_may_not_be_empty(name: str) -> None:
    """An empty list is refused as too few."""
    build, _, at = COUNTS[name]
    assert Problem(f"/blocks/0{at}", "must provide at least 1 items") in in_message(build(0))


@pytest.mark.parametrize(
    ("build", "at"),
    [
        (lambda n: {"type": "input", "label": plain(n), "element": {"type": "plain_text_input"}}, "label"),
        (
            lambda n: {"type": "input", "label": plain(1), "hint": plain(n), "element": {"type": "plain_text_input"}},
            "hint",
        ),
    ],
)
def test_a_label_and_a_hint_end_at_two_thousand_characters(build: Callable[[int], Json], at: str) -> None:
    """An input's label and hint are plain text of up to 2,000 characters."""
    assert in_modal(build(2000)) == []
    assert [str(problem) for problem in in_modal(build(2001))] == [
        f"must be less than 2001 characters [json-pointer:/view/blocks/0/{at}/text]"
    ]


def test_an_alert_ends_at_two_hundred_characters() -> None:
    """An alert stands in modals, with a short text."""
    assert in_modal({"type": "alert", "text": plain(200), "level": "warning"}) == []
    assert in_modal({"type": "alert", "text": plain(201)})[-1].message == "must be less than 201 characters"


@pytest.mark.parametrize(
    ("judge", "limit", "at"), [(in_message, 50, ""), (in_modal, 100, "/view"), (in_home, 100, "/view")]
)
def test_a_surface_holds_so_many_blocks_and_no_more(judge: Callable[..., list[Problem]], limit: int, at: str) -> None:
    """Messages hold 50 blocks, views 100."""
    assert judge(*[{"type": "divider"}] * limit) == []
    (problem,) = judge(*[{"type": "divider"}] * (limit + 1))
    assert (problem.pointer, problem.message) == (f"{at}/blocks", f"no more than {limit} items allowed")


ANYWHERE: dict[str, Json] = {
    "section": {"type": "section", "text": mrkdwn(1)},
    "header": {"type": "header", "text": plain(1)},
    "divider": {"type": "divider"},
    "context": {"type": "context", "elements": [mrkdwn(1), image()]},
    "actions": {"type": "actions", "elements": [button()]},
    "image": image(),
    "rich_text": {"type": "rich_text", "elements": []},
    "input": {"type": "input", "label": plain(1), "element": {"type": "plain_text_input"}},
    "video": VIDEO,
}
MESSAGE_ONLY: dict[str, Json] = {
    "markdown": {"type": "markdown", "text": "# a"},
    "table": table(1, 1),
    "context_actions": {
        "type": "context_actions",
        "elements": [{"type": "icon_button", "icon": "trash", "text": plain(1)}],
    },
}
NOT_IN_MODALS: dict[str, Json] = {"card": card(), "carousel": {"type": "carousel", "elements": [card()]}}
SURFACES = [
    *[(block, True, True, True) for block in ANYWHERE.values()],
    *[(block, True, False, False) for block in MESSAGE_ONLY.values()],
    *[(block, True, False, True) for block in NOT_IN_MODALS.values()],
    ({"type": "alert", "text": plain(1)}, False, True, False),
    ({"type": "file", "external_id": "f", "source": "remote"}, False, False, False),
    ({"type": "nonsense"}, False, False, False),
]


@pytest.mark.parametrize(("block", "message", "modal", "home"), SURFACES, ids=[row[0]["type"] for row in SURFACES])
def test_a_block_stands_only_on_its_surfaces(block: Json, message: bool, modal: bool, home: bool) -> None:
    """A block on the wrong surface is an unsupported type."""
    for judge, allowed in ((in_message, message), (in_modal, modal), (in_home, home)):
        found = judge(block)
        assert (found == []) is allowed
        assert allowed or (found[0].message, found[0].pointer[-7:]) == (f"unsupported type: {block['type']}", "/0/type")


REFUSED: dict[str, tuple[object, str]] = {
    "a block that is no object": ("x", "must provide an object [json-pointer:/blocks/0]"),
    "a block without a type": ({}, "missing required field: type [json-pointer:/blocks/0]"),
    "a section without words": (
        {"type": "section"},
        "must define either `text` or `fields` [json-pointer:/blocks/0/type]",
    ),
    "an empty text": (
        {"type": "header", "text": plain(0)},
        "must be more than 0 characters [json-pointer:/blocks/0/text/text]",
    ),
    "mrkdwn in a header": (
        {"type": "header", "text": mrkdwn(1)},
        "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
    ),
    "a bare string for a text": (
        {"type": "header", "text": "x"},
        "must provide an object [json-pointer:/blocks/0/text]",
    ),
    "a header without text": ({"type": "header"}, "missing required field: text [json-pointer:/blocks/0]"),
    "an unknown field": (
        {"type": "divider", "colour": "red"},
        "invalid additional property: colour [json-pointer:/blocks/0]",
    ),
    "an image without alt_text": (
        {"type": "image", "image_url": "https://x.no"},
        "missing required field: alt_text [json-pointer:/blocks/0]",
    ),
    "an image from two places": (
        image(slack_file={"id": "F1"}),
        "must define exactly one of `image_url` or `slack_file` [json-pointer:/blocks/0]",
    ),
    "an address without a scheme": (
        image(image_url="x.no/a.png"),
        "must be a valid URL [json-pointer:/blocks/0/image_url]",
    ),
    "a plain_text_input among actions": (
        {"type": "actions", "elements": [{"type": "plain_text_input"}]},
        "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]",
    ),
    "a button in a context": (
        {"type": "context", "elements": [button()]},
        "unsupported type: button [json-pointer:/blocks/0/elements/0/type]",
    ),
    "a button as an input": (
        {"type": "input", "label": plain(1), "element": button()},
        "unsupported type: button [json-pointer:/blocks/0/element/type]",
    ),
    "an image among actions": (
        {"type": "actions", "elements": [image()]},
        "unsupported type: image [json-pointer:/blocks/0/elements/0/type]",
    ),
    "a row that is no list": (
        {"type": "table", "rows": [{}]},
        "must provide an array [json-pointer:/blocks/0/rows/0]",
    ),
    "an element that is a word": (
        {"type": "actions", "elements": ["x"]},
        "must provide an object [json-pointer:/blocks/0/elements/0]",
    ),
    "a slack_file that is a word": (
        {"type": "image", "alt_text": "a", "slack_file": "F1"},
        "must provide an object [json-pointer:/blocks/0/slack_file]",
    ),
    "an empty card": (
        {"type": "card", "subtitle": plain(1)},
        "must define at least one of `hero_image`, `title`, `actions` or `body` [json-pointer:/blocks/0]",
    ),
    "elements that are no list": (
        {"type": "actions", "elements": {}},
        "must provide an array [json-pointer:/blocks/0/elements]",
    ),
    "a flag that is a word": (
        {"type": "section", "text": mrkdwn(1), "expand": "yes"},
        "must provide a boolean [json-pointer:/blocks/0/expand]",
    ),
    "a header's level": (
        {"type": "header", "text": plain(1), "level": 5},
        "must be less than 5 [json-pointer:/blocks/0/level]",
    ),
    "an empty cell": (
        {"type": "table", "rows": [[{"type": "raw_text", "text": ""}]]},
        "must be more than 0 characters [json-pointer:/blocks/0/rows/0/0/text]",
    ),
    "a type that is a list": ({"type": []}, "unsupported type: [] [json-pointer:/blocks/0/type]"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_block_that_breaks_a_rule_is_refused_where_it_does(name: str) -> None:
    """Each refusal points at the place, in Slack's words where they are known."""
    block, line = REFUSED[name]
    assert line in [str(problem) for problem in in_message(block)]


def test_a_text_of_either_kind_is_refused_twice() -> None:
    """Slack first says that no schema fits, then why."""
    assert [str(problem) for problem in in_message({"type": "section", "text": mrkdwn(3001)})] == [
        "failed to match all allowed schemas [json-pointer:/blocks/0/text]",
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ]


def test_a_block_id_is_used_once_in_a_message() -> None:
    """The second use is refused."""
    twice = {"type": "divider", "block_id": "same"}
    assert [str(problem) for problem in in_message(twice, {"type": "divider"}, twice)] == [
        '`block_id` "same" already exists [json-pointer:/blocks/2/block_id]'
    ]


def test_an_action_id_is_used_once_in_a_block_but_again_in_the_next() -> None:
    """Uniqueness of action ids is a matter of one block."""
    alone = {"type": "actions", "elements": [button(1)]}
    assert in_message(alone, alone) == []
    assert [str(problem) for problem in in_message({"type": "actions", "elements": [button(1), button(1)]})] == [
        '`action_id` "a1" already exists [json-pointer:/blocks/0/elements/1/action_id]'
    ]


def test_markdown_blocks_share_twelve_thousand_characters() -> None:
    """Each is short enough by itself, together they are not."""
    half = {"type": "markdown", "text": "x" * 6000}
    assert in_message(half, half) == []
    (problem,) = in_message(half, half, {"type": "markdown", "text": "x"})
    assert problem.pointer == "/blocks"


def test_a_message_holds_one_table() -> None:
    """A second table is refused with the code of attachments, even inside a container or an attachment."""
    assert in_message(table(1, 1)) == []
    hidden = {"type": "container", "title": plain(1), "child_blocks": [table(1, 1)]}
    for found in (
        in_message(table(1, 1), table(1, 1)),
        in_message(table(1, 1), hidden),
        message_problems(text=None, blocks=[table(1, 1)], attachments=[{"blocks": [table(1, 1)]}]),
    ):
        assert [(problem.code, problem.message) for problem in found] == [
            ("invalid_attachments", "only_one_table_allowed")
        ]


def test_one_element_of_a_view_takes_the_focus() -> None:
    """A second ``focus_on_load`` is refused."""
    eager = {
        "type": "input",
        "label": plain(1),
        "element": {"type": "plain_text_input", "focus_on_load": True},
    }
    assert in_modal(eager) == []
    (problem,) = in_modal(eager, eager)
    assert problem.pointer == "/view/blocks/1/element/focus_on_load"


def test_a_file_is_asked_for_in_modals_only_and_without_dispatch() -> None:
    """A file_input needs a modal, and cannot dispatch its action."""
    asks = {"type": "input", "label": plain(1), "element": {"type": "file_input", "max_files": 10}}
    assert in_modal(asks) == []
    assert in_message(asks)[0].message == "unsupported type: file_input"
    assert in_modal({**asks, "dispatch_action": True})[0].pointer == "/view/blocks/0/dispatch_action"


LEAVES: list[Json] = [
    {"type": "text", "text": "a", "style": {"bold": True}},
    {"type": "link", "url": "https://x.no", "text": "x"},
    {"type": "emoji", "name": "wave", "unicode": "1f44b"},
    {"type": "user", "user_id": "U1"},
    {"type": "usergroup", "usergroup_id": "S1"},
    {"type": "team", "team_id": "T1"},
    {"type": "channel", "channel_id": "C1"},
    {"type": "broadcast", "range": "here"},
    {"type": "color", "value": "#ff0000"},
    {"type": "date", "timestamp": 1, "format": "{date}", "fallback": "then"},
]


def test_rich_text_holds_every_known_element() -> None:
    """Sections, lists, quotes and preformatted text, with all leaves in them."""
    section = {"type": "rich_text_section", "elements": LEAVES}
    parts = [
        section,
        {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": [section]},
        {"type": "rich_text_quote", "elements": LEAVES, "border": 1},
        {"type": "rich_text_preformatted", "elements": [LEAVES[0]]},
    ]
    assert in_message({"type": "rich_text", "elements": parts}) == []


@pytest.mark.parametrize("leaf", LEAVES, ids=[leaf["type"] for leaf in LEAVES])
def test_a_rich_text_leaf_needs_its_own_fields(leaf: Json) -> None:
    """A leaf with nothing but its type is refused."""
    bare = {"type": "rich_text_section", "elements": [{"type": leaf["type"]}]}
    found = in_message({"type": "rich_text", "elements": [bare]})
    assert found[0].message.startswith("missing required field: ")


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (
            {"type": "rich_text_list", "style": "stars", "elements": [{"type": "rich_text_section", "elements": []}]},
            "enum",
        ),
        ({"type": "rich_text_list", "style": "bullet", "elements": []}, "at least 1 items"),
        ({"type": "rich_text_section", "elements": [{"type": "text", "text": ""}]}, "more than 0"),
        ({"type": "rich_text_section", "elements": [{"type": "text", "text": "a", "style": {"big": True}}]}, "big"),
        ({"type": "section", "text": mrkdwn(1)}, "unsupported type"),
    ],
)
def test_rich_text_that_breaks_a_rule_is_refused(part: Json, message: str) -> None:
    """Styles, emptiness and strangers are all noticed."""
    assert message in in_message({"type": "rich_text", "elements": [part]})[0].message
