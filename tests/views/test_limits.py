"""Every view, in every language and with anything typed, is one that Slack takes."""

import re

import pytest

from handlers.views.words import Words
from sandbox.limits import message_problems, view_problems
from tests.views import scenes

MENTIONS = re.compile(r"<(?!!date\^\d+\^|@U[1-3]>|!subteam\^S1>|#C1>|https://(files|vakt)\.slack\.com/)[^>]*>?")


@pytest.mark.parametrize("words", scenes.READERS, ids=lambda words: words.language)
@pytest.mark.parametrize("typed", scenes.TYPED.values(), ids=scenes.TYPED)
def test_slack_takes_every_message(typed: str, words: Words) -> None:
    for name, shown in scenes.messages(typed, words):
        problems = message_problems(text=shown.text, blocks=list(shown.blocks), attachments=None)
        assert not list(problems), f"{name}: {problems}"
        assert shown.text.strip(), f"{name} says nothing to a screen reader"


@pytest.mark.parametrize("words", scenes.READERS, ids=lambda words: words.language)
@pytest.mark.parametrize("typed", scenes.TYPED.values(), ids=scenes.TYPED)
def test_slack_takes_every_view(typed: str, words: Words) -> None:
    for name, view in scenes.views(typed, words):
        problems = view_problems(view)
        assert not list(problems), f"{name}: {problems}"


@pytest.mark.parametrize("words", scenes.READERS, ids=lambda words: words.language)
def test_what_people_typed_is_never_interpreted(words: Words) -> None:
    for name, text, blocks in scenes.drawn(scenes.HOSTILE, words):
        for said in [text, *(str(t["text"]) for t in scenes.texts(blocks) if t["type"] == "mrkdwn")]:
            assert not MENTIONS.findall(said), f"{name}: {said}"
            assert "*bold*" not in said, name
            assert "`code`" not in said, name
            assert "\u202e" not in said, name


@pytest.mark.parametrize("typed", scenes.TYPED.values(), ids=scenes.TYPED)
def test_slack_links_and_pictures_nothing_by_itself(typed: str) -> None:
    for name, _, blocks in scenes.drawn(typed, scenes.EN):
        for text in scenes.texts(blocks):
            if text["type"] == "mrkdwn":
                assert text["verbatim"] is True, name
            else:
                assert text["emoji"] is False, name


@pytest.mark.parametrize("words", scenes.READERS, ids=lambda words: words.language)
def test_nothing_is_shouted_and_no_bot_speaks_of_itself(words: Words) -> None:
    for name, text, blocks in scenes.drawn(scenes.ORDINARY, words):
        said = f"{text}\n{scenes.seen(blocks)}"
        assert "!" not in re.sub(r"<![^>]*>", "", said), name
        assert not re.search(r"\b(I am|I will|Jeg er|Jag är|Hi|Hello|Hei|Hej)\b", said), name
