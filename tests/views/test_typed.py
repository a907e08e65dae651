"""What people typed is shown as typed, and never interpreted."""

import pytest

from handlers.views import names
from handlers.views.blocks import mrkdwn, plain
from handlers.views.names import Action, More
from handlers.views.typed import Mrkdwn, as_typed, clean, escape, one_line, shorten


@pytest.mark.parametrize(
    ("typed", "safe"),
    [
        ("<!channel> & <@U1>", "&lt;!channel&gt; &amp; &lt;@U1&gt;"),
        ("*bold* and _it_", "\u2217bold\u2217 and \u02cdit\u02cd"),
        ("`code` ~no~", "\u02cbcode\u02cb \u223cno\u223c"),
        ("2 * 3 * 4, snake_case_name, a*b*c", "2 * 3 * 4, snake_case_name, a*b*c"),
        ("&amp;", "&amp;amp;"),
        ("abc\u202egnp.exe\x00", "abcgnp.exe"),
    ],
)
def test_typed_text_is_inert_in_the_middle_of_a_sentence(typed: str, safe: str) -> None:
    assert escape(typed) == safe


def test_what_a_view_made_is_not_escaped_again() -> None:
    assert escape(Mrkdwn("<@U1>")) == "<@U1>"


def test_one_line_has_no_line_ends_and_an_end() -> None:
    assert one_line(" a\r\n b\t c ") == "a b c"
    assert one_line("x" * 200, 10) == "x" * 9 + "…"
    assert shorten("exactly", 7) == "exactly"
    assert clean("a\r\nb\rc") == "a\nb\nc"


def test_a_cut_never_leaves_half_a_token_or_half_an_escape() -> None:
    token = "<!date^1^{time}|10:12>"
    for limit in range(5, 40):
        text = str(mrkdwn(Mrkdwn(f"due at {token} & more &amp; more"), limit)["text"])
        assert len(text) <= limit
        assert text.count("<") == text.count(">")
        assert "&am…" not in text


def test_nothing_becomes_a_dash_rather_than_an_error() -> None:
    assert plain(" \n")["text"] == "–"
    assert mrkdwn("")["text"] == "–"


@pytest.mark.parametrize(
    ("slack", "typed"),
    [
        ("<@U1> sees <#C1|general>", "@Kari sees #general"),
        ("<!channel> <!here|here>", "@channel here"),
        ("<https://a.example|the page> and <https://b.example>", "the page (https://a.example) and https://b.example"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("<!subteam^S1|@desk> <!date^1^{time}|10:12>", "@desk 10:12"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        ("&lt;!channel&gt;", "<!channel>"),
        ("<@U9> <#C9|>", "@U9 #C9"),
    ],
)
def test_slack_text_reads_as_it_was_typed(slack: str, typed: str) -> None:
    assert as_typed(slack, {"U1": "Kari"}) == typed


def test_ids_say_which_ticket_question_and_choice() -> None:
    assert names.ticket_in(names.block_for("desk", "T-12")) == "T-12"
    assert names.ticket_in("desk") is None
    assert names.question_in(names.question_block("softone-fault", "starts")) == ("softone-fault", "starts")
    assert names.question_in("open.summary") is None
    assert names.extra_in(names.extra_block("browser")) == "browser"
    assert names.extra_in("question:a:b") is None
    assert names.more_in(names.more_value(More.RESOLVE, "T-12")) == (More.RESOLVE, "T-12")


def test_an_action_is_heard_with_and_without_its_number() -> None:
    assert names.unnumbered("ticket.show") == Action.SHOW
    assert names.unnumbered(names.numbered(Action.SHOW, 3)) == Action.SHOW
    assert names.unnumbered("ticket.showing") != Action.SHOW
