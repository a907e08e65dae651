"""A message's text, attachments and metadata are judged as Slack judges them, and answered in its envelope."""

import pytest

from sandbox.limits import (
    Problem,
    as_response,
    ephemeral_problems,
    kept_text,
    message_problems,
    update_problems,
)

DIVIDER = {"type": "divider"}


def posted(metadata: object) -> list[str]:
    """Judge a posted message with metadata, by the codes."""
    return [problem.code for problem in message_problems(text="a", blocks=None, attachments=None, metadata=metadata)]


def test_a_message_needs_text_blocks_or_attachments() -> None:
    """With none of them Slack says ``no_text``."""
    assert message_problems(text="a", blocks=None, attachments=None) == []
    assert message_problems(text=None, blocks=[DIVIDER], attachments=None) == []
    assert message_problems(text="", blocks=None, attachments=[{"text": "a"}]) == []
    assert as_response(message_problems(text="", blocks=[], attachments=None)) == {"ok": False, "error": "no_text"}
    assert update_problems(text=None, blocks=None, attachments=None)[0].code == "no_text"
    assert ephemeral_problems(text=None, blocks=None, attachments=None)[0].code == "no_text"


def test_a_posted_text_over_forty_thousand_characters_is_cut_short_with_a_warning() -> None:
    """Posting does not fail; the answer warns."""
    assert message_problems(text="x" * 40_001, blocks=None, attachments=None) == []
    assert kept_text("x" * 40_000) == ("x" * 40_000, ())
    assert kept_text("x" * 40_001) == ("x" * 40_000, ("message_truncated",))


def test_an_updated_text_ends_at_four_thousand_characters() -> None:
    """One more is ``msg_too_long``, without further words."""
    assert update_problems(text="x" * 4000, blocks=None, attachments=None) == []
    found = update_problems(text="x" * 4001, blocks=None, attachments=None)
    assert as_response(found) == {"ok": False, "error": "msg_too_long"}


def test_an_ephemeral_text_is_refused_where_a_posted_one_is_cut() -> None:
    """Slack gives no number; the sandbox takes the one of posting."""
    assert ephemeral_problems(text="x" * 40_000, blocks=None, attachments=None) == []
    assert ephemeral_problems(text="x" * 40_001, blocks=None, attachments=None)[0].code == "msg_too_long"


def test_markdown_text_stands_alone_and_ends_at_twelve_thousand() -> None:
    """It excludes text and blocks."""
    assert message_problems(text=None, blocks=None, attachments=None, markdown_text="x" * 12_000) == []
    (long,) = message_problems(text=None, blocks=None, attachments=None, markdown_text="x" * 12_001)
    (both,) = message_problems(text="a", blocks=None, attachments=None, markdown_text="b")
    assert (long.code, both.code) == ("msg_too_long", "markdown_text_conflict")


def test_a_message_takes_a_hundred_attachments() -> None:
    """One more is refused by its own code."""
    assert message_problems(text=None, blocks=None, attachments=[{"text": "a"}] * 100) == []
    found = message_problems(text=None, blocks=None, attachments=[{"text": "a"}] * 101)
    assert as_response(found) == {"ok": False, "error": "too_many_attachments"}


def test_blocks_inside_an_attachment_are_judged_like_all_blocks() -> None:
    """Their refusal is one of attachments."""
    (problem,) = message_problems(text=None, blocks=None, attachments=[{"text": "a"}, {"blocks": [{"type": "alert"}]}])
    assert (problem.code, problem.pointer) == ("invalid_attachments", "/attachments/1/blocks/0/type")
    assert [p.code for p in message_problems(text="a", blocks=None, attachments="x")] == ["invalid_attachments"]
    assert [p.code for p in message_problems(text="a", blocks=None, attachments=["x"])] == ["invalid_attachments"]


def test_blocks_that_are_no_list_have_the_wrong_format() -> None:
    """What could not be read as JSON is passed on as it came."""
    (problem,) = message_problems(text="a", blocks="[{", attachments=None)
    assert as_response([problem]) == {"ok": False, "error": "invalid_blocks_format"}


def test_blocks_are_too_long_in_total_above_a_hundred_thousand_characters() -> None:
    """Each text is within its own limit."""
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}
    assert message_problems(text=None, blocks=[section] * 32, attachments=None) == []
    found = message_problems(text=None, blocks=[section] * 34, attachments=None)
    assert as_response(found) == {"ok": False, "error": "msg_blocks_too_long"}


def test_rich_text_stays_rich_when_updated() -> None:
    """Other blocks in its place do not match."""
    rich = {"type": "rich_text", "elements": []}
    assert update_problems(text="a", blocks=[rich], attachments=None, old_blocks=[rich]) == []
    assert update_problems(text="a", blocks=[rich], attachments=None, old_blocks=[DIVIDER]) == []
    (problem,) = update_problems(text="a", blocks=[DIVIDER], attachments=None, old_blocks=[rich])
    assert problem.code == "block_mismatch"


@pytest.mark.parametrize(
    ("metadata", "codes"),
    [
        (None, []),
        ({}, []),
        ({"event_type": "card", "event_payload": {}}, []),
        ({"event_type": "card", "event_payload": {"a": 1, "b": "x", "c": True, "d": {"e": 1}, "f": [{"g": "h"}]}}, []),
        ({"entities": []}, []),
        ({"event_type": "card"}, ["invalid_metadata_format"]),
        ({"event_payload": {}}, ["invalid_metadata_format"]),
        ({"event_type": "", "event_payload": {}}, ["invalid_metadata_format"]),
        ("{", ["invalid_metadata_format"]),
        ({"event_type": "card", "event_payload": {"a": {"b": {"c": 1}}}}, ["invalid_metadata_schema"]),
        ({"event_type": "card", "event_payload": {"a": [[1]]}}, ["invalid_metadata_schema"]),
        ({"event_type": "card", "event_payload": {"a": None}}, ["invalid_metadata_schema"]),
    ],
)
def test_metadata_has_a_type_and_a_flat_payload(metadata: object, codes: list[str]) -> None:
    """One level of objects and of lists of objects, no deeper."""
    assert posted(metadata) == codes


def test_metadata_ends_at_sixteen_kilobytes() -> None:
    """The number is a reading; Slack publishes none."""
    frame = len('{"event_type":"card","event_payload":{"a":""}}')
    room = 16_384 - frame
    assert posted({"event_type": "card", "event_payload": {"a": "x" * room}}) == []
    assert posted({"event_type": "card", "event_payload": {"a": "x" * (room + 1)}}) == ["metadata_too_large"]


def test_refused_blocks_are_answered_with_errors_and_messages() -> None:
    """The envelope is the one of a real log."""
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}
    assert as_response(message_problems(text="a", blocks=[section], attachments=None)) == {
        "ok": False,
        "error": "invalid_blocks",
        "errors": [
            "failed to match all allowed schemas [json-pointer:/blocks/0/text]",
            "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
        ],
        "response_metadata": {
            "messages": [
                "[ERROR] failed to match all allowed schemas [json-pointer:/blocks/0/text]",
                "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
            ],
        },
    }


def test_an_answer_carries_one_error_and_only_its_own_lines() -> None:
    """The first problem names the error; those of other codes wait for the next try."""
    first = Problem("/blocks/0", "a")
    answer = as_response([first, Problem("/metadata", "b", "metadata_too_large"), Problem("/blocks/1", "c")])
    assert (answer["error"], answer["errors"]) == (
        "invalid_blocks",
        ["a [json-pointer:/blocks/0]", "c [json-pointer:/blocks/1]"],
    )
