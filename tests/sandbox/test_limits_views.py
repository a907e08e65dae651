"""A view is judged as Slack judges it, and its refusal carries ``invalid_arguments`` with the messages."""

from typing import Any

import pytest

from sandbox.limits import as_response, view_problems

Json = dict[str, Any]


def plain(length: int = 1) -> Json:
    """Build a plain_text object of so many characters."""
    return {"type": "plain_text", "text": "x" * length}


def modal(**fields: object) -> Json:
    """Build the smallest modal, with some fields replaced."""
    return {"type": "modal", "title": plain(), "blocks": [], **fields}


def home(**fields: object) -> Json:
    """Build the smallest App Home, with some fields replaced."""
    return {"type": "home", "blocks": [], **fields}


def lines(view: object) -> list[str]:
    """Judge a view, by Slack's lines."""
    return [str(problem) for problem in view_problems(view)]


@pytest.mark.parametrize("name", ["title", "submit", "close"])
def test_a_modals_title_and_buttons_end_at_twenty_four_characters(name: str) -> None:
    """Slack says "less than 25"."""
    assert lines(modal(**{name: plain(24)})) == []
    assert as_response(view_problems(modal(**{name: plain(25)}))) == {
        "ok": False,
        "error": "invalid_arguments",
        "response_metadata": {
            "messages": [f"[ERROR] must be less than 25 characters [json-pointer:/view/{name}/text]"],
        },
    }


@pytest.mark.parametrize(("name", "limit"), [("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)])
@pytest.mark.parametrize("build", [modal, home])
def test_a_views_own_strings_have_their_limits(build: Any, name: str, limit: int) -> None:  # noqa: ANN401
    """The same for modals and the App Home."""
    assert lines(build(**{name: "x" * limit})) == []
    assert lines(build(**{name: "x" * (limit + 1)})) == [
        f"must be less than {limit + 1} characters [json-pointer:/view/{name}]"
    ]


def test_an_input_needs_a_submit_button() -> None:
    """Only in modals; the App Home has none to give."""
    asks = {"type": "input", "label": plain(), "element": {"type": "plain_text_input"}}
    assert lines(modal(blocks=[asks], submit=plain())) == []
    assert lines(home(blocks=[asks])) == []
    assert lines(modal(blocks=[{"type": "divider"}, asks])) == [
        "must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/1/input]"
    ]


@pytest.mark.parametrize("name", ["title", "submit", "close", "notify_on_close"])
def test_an_app_home_has_no_title_and_no_buttons(name: str) -> None:
    """What a modal may have is strange there."""
    assert lines(home(**{name: plain()})) == [f"invalid additional property: {name} [json-pointer:/view]"]


def test_a_modal_has_a_title_and_both_views_have_blocks() -> None:
    """The required fields."""
    assert lines({"type": "modal", "blocks": []}) == ["missing required field: title [json-pointer:/view]"]
    assert lines({"type": "home"}) == ["missing required field: blocks [json-pointer:/view]"]
    assert lines(modal(title=plain(0))) == ["must be more than 0 characters [json-pointer:/view/title/text]"]
    assert lines(modal(title="x")) == ["must provide an object [json-pointer:/view/title]"]
    assert lines(modal(blocks={})) == ["must provide an array [json-pointer:/view/blocks]"]


@pytest.mark.parametrize(
    ("view", "line"),
    [
        ("x", "must provide an object [json-pointer:/view]"),
        ({"blocks": []}, "missing required field: type [json-pointer:/view]"),
        ({"type": "dialog"}, "unsupported type: dialog [json-pointer:/view/type]"),
        ({"type": []}, "unsupported type: [] [json-pointer:/view/type]"),
        (modal(id="V1"), "invalid additional property: id [json-pointer:/view]"),
        (modal(notify_on_close="yes"), "must provide a boolean [json-pointer:/view/notify_on_close]"),
    ],
)
def test_a_view_of_the_wrong_shape_is_refused(view: object, line: str) -> None:
    """Nothing is taken that Slack would not take."""
    assert lines(view) == [line]


def test_a_view_ends_at_two_hundred_and_fifty_kilobytes() -> None:
    """Above that nothing else is looked at."""
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "ø" * 1000}}
    assert lines(modal(blocks=[section] * 100)) == []
    wide = {"type": "section", "text": {"type": "mrkdwn", "text": "ø" * 1300}}
    assert as_response(view_problems(modal(blocks=[wide] * 100))) == {"ok": False, "error": "view_too_large"}
