"""Talk in threads: what the customer writes reaches the desk, an agent's words there are a reply."""

import pytest

from models.history import Event
from models.sla.contract import ClockKind
from tests.stories.conftest import P2, House, oslo
from tests.stories.scenes import clocks, events, forget, in_oslo, opened, stored, times

HOSTILE = "<!channel> *bold* <@U0OLA> <https://evil.example|the bank> \u202e`x` & <not a tag>"


def test_the_customers_words_reach_the_desk_as_a_quote_with_edits_and_deletions_noted(house: House) -> None:
    """The thread's log has what it said, what it says now, and that it is gone."""
    it = opened(house)
    anna = house.person("anna")
    said = anna.types("It says error 500", in_="#acme", thread=it.theirs)
    house.slack.expects("Anna Svensson wrote:", in_="#desk", thread=it.card)
    house.slack.idle()
    anna.edits(said, "It says error 503")
    noted = house.slack.expects("changed a message; it now says:", in_="#desk", thread=it.card)
    assert "It says error 503" in noted.words
    anna.deletes(said)
    house.slack.expects("Anna Svensson deleted a message", in_="#desk", thread=it.card)
    assert "It says error 500" in _line(house, it.card.channel, "wrote:")
    house.is_quiet()


def _line(house: House, channel: str, words: str) -> str:
    place = house.slack.world.workspace.conversations[channel]
    return next(str(post.body["text"]) for post in place.posts.values() if words in str(post.body.get("text")))


def test_a_file_in_the_thread_becomes_a_link(house: House) -> None:
    """Its name and where it stands; the file itself is not fetched."""
    it = opened(house)
    house.person("anna").uploads("screen.png", in_="#acme", thread=it.theirs)
    line = house.slack.expects("screen.png", in_="#desk", thread=it.card)
    assert "|screen.png>" in line.text
    house.person("anna").types("See also @ola & https://acme.example/log", in_="#acme", thread=it.theirs)
    quoted = house.slack.expects("See also", in_="#desk", thread=it.card)
    assert "See also @Ola Hansen & https://acme.example/log" in quoted.words.replace("&amp;", "&")
    house.is_quiet()


def test_an_agents_own_words_in_the_customers_thread_are_a_reply(house: House) -> None:
    """They stop the first response and nothing else; nobody repeats them to the customer."""
    it = opened(
        house,
        ("Är det något tekniskt fel?", "Ja"),
        ("Kan folk använda tjänsten?", "Nej, ingen kan"),
        by="erik",
        in_="#talentia",
    )
    ola = house.person("ola")
    house.moves_to(oslo("2026-11-23 09:50"))
    ola.types("We are on it.", in_="#talentia", thread=it.theirs)
    house.slack.expects("We are on it.", in_="#desk", thread=it.card)
    house.settles()
    stopped = {kind: in_oslo(clock.stopped_at) for kind, clock in clocks(house, it.name).items() if not clock.counting}
    assert stopped == {ClockKind.FIRST_RESPONSE: "2026-11-23 09:50"}
    assert [each.text for each in it.theirs.replies] == ["We are on it."]
    house.slack.forgets()


def test_talk_in_the_desks_thread_stays_inside(house: House) -> None:
    """Nothing of it reaches the customer, nothing is written down, no clock hears of it."""
    it = opened(house)
    before = events(house, it.name)
    house.person("ola").types("They always do that wrong.", in_="#desk", thread=it.card)
    house.person("ola").types("Anyone seen this?", in_="#desk")
    house.settles()
    assert events(house, it.name) == before
    assert it.theirs.replies == []
    house.is_quiet()


def test_only_the_customers_people_end_a_wait_and_still_waiting_undoes_it(house: House) -> None:
    """An agent's words and a passer-by's do not; the undone wait counts as never interrupted."""
    it = opened(house, *P2)
    ola, anna = house.person("ola"), house.person("anna")
    house.slack.add_person("guest", name="Gustav Guest")
    _joins(house, "guest", "#acme")
    ola.chooses("Wait", "For access", on=it.card)
    ola.modal().choose("Work has not started yet", "Cannot begin without it").submit()
    house.slack.expects("vi behöver åtkomst", in_="#acme", thread=it.theirs)
    ola.types("Please let us in.", in_="#acme", thread=it.theirs)
    house.person("guest").types("I only pass by.", in_="#acme", thread=it.theirs)
    house.slack.expects("I only pass by.", in_="#desk", thread=it.card)
    assert stored(house, it.name).waiting == "access"
    house.moves_to(oslo("2026-11-23 10:40"))
    anna.types("I will ask my colleague.", in_="#acme", thread=it.theirs)
    ended = house.slack.expects("Anna Svensson wrote, so the wait for access is over", in_="#desk", thread=it.card)
    assert stored(house, it.name).waiting is None
    house.moves_to(oslo("2026-11-23 10:50"))
    ola.clicks("Still waiting", on=ended)
    house.slack.expects("the wait goes on as if not interrupted", in_="#desk", thread=it.card)
    house.moves_to(oslo("2026-11-23 11:40"))
    ola.clicks("Resume", on=it.card)
    house.slack.expects("The wait was ended by Ola Hansen", in_="#desk", thread=it.card)
    assert in_oslo(clocks(house, it.name)[ClockKind.START_OF_WORK].due_at) == "2026-11-23 15:40"
    house.is_quiet()


def _joins(house: House, handle: str, channel: str) -> None:
    person, place = house.slack.person(handle), house.slack.channel(channel)
    house.slack.do(lambda: house.slack.world.workspace.conversations[place.id].members.append(person.id))


def test_thanks_after_a_resolution_does_not_reopen_but_offers_to(house: House) -> None:
    """The desk reads it, the ticket stays resolved, and a button is there for whoever meant it."""
    it = opened(house)
    ola, anna = house.person("ola"), house.person("anna")
    ola.clicks("Resolve", on=it.card)
    ola.modal().fill("Outcome", "Under Settings.").submit()
    house.slack.expects("är löst av Ola Hansen", in_="#acme", thread=it.theirs)
    anna.types("Thanks!", in_="#acme", thread=it.theirs)
    house.slack.expects("Thanks!", in_="#desk", thread=it.card)
    offer = house.slack.expects("T-1", in_="#acme", thread=it.theirs)
    assert stored(house, it.name).status == "resolved"
    ola.types("Glad to help.", in_="#acme", thread=it.theirs)
    house.slack.expects("Glad to help.", in_="#desk", thread=it.card)
    assert stored(house, it.name).status == "resolved"
    anna.clicks("ticket.reopen", on=offer)
    anna.modal().fill("act.reason", "It came back").submit()
    house.slack.expects("It came back", in_="#acme", thread=it.theirs)
    assert times(house, it.name, Event.REOPENED) == 1
    house.is_quiet()


def test_hostile_text_is_shown_as_typed_and_calls_nobody(house: House) -> None:
    """In the summary, the details, a message and a reply: no mention, no link, no formatting of ours."""
    anna, ola = house.person("anna"), house.person("ola")
    it = opened(house, summary=HOSTILE)
    anna.types(HOSTILE, in_="#acme", thread=it.theirs)
    house.slack.expects("Anna Svensson wrote:", in_="#desk", thread=it.card)
    ola.clicks("Reply", on=it.card)
    ola.modal().fill("Answer to the customer", HOSTILE).submit()
    house.slack.expects("Ola Hansen", in_="#acme", thread=it.theirs)
    house.settles()
    for words in _read_by_slack(house):
        for token in ("<!channel>", "<https://evil.example", "*bold*", "`x`", "<not a tag>", "\u202e"):
            assert token not in words, words
    forget(house)


def _read_by_slack(house: House) -> list[str]:
    """Every text that the bot sent and that Slack interprets: the message's own, and each mrkdwn object."""
    sent = [row["request"] for row in house.slack.requests if row["name"] in {"chat.postMessage", "chat.update"}]
    assert all(each.get("unfurl_links") is False for each in sent if "ts" not in each)
    return [str(each["text"]) for each in sent] + [words for each in sent for words in _mrkdwn(each["blocks"])]


def _mrkdwn(node: object) -> list[str]:
    if isinstance(node, list):
        return [words for each in node for words in _mrkdwn(each)]
    if not isinstance(node, dict):
        return []
    if node.get("type") == "mrkdwn":
        return [str(node["text"])]
    return [words for each in node.values() for words in _mrkdwn(each)]


def test_a_message_that_only_quotes_itself_anew_is_no_edit(house: House) -> None:
    """Slack sends message_changed for an unfurled link too; words outside threads are nobody's business."""
    it = opened(house)
    anna = house.person("anna")
    loose = anna.types("Good morning", in_="#acme")
    anna.edits(loose, "Good morning all")
    anna.deletes(loose)
    said = anna.types("See the log", in_="#acme", thread=it.theirs)
    house.slack.expects("See the log", in_="#desk", thread=it.card)
    house.slack.idle()
    before = events(house, it.name)
    anna.edits(said, "See the log")
    house.settles()
    assert events(house, it.name) == before
    house.is_quiet()


@pytest.mark.clause("PS-17")
def test_talk_under_a_private_ticket_reaches_the_senior_who_has_its_card(house: House) -> None:
    """Both cards stand in direct messages; what is written and edited under one reaches the other."""
    nina, ingrid = house.person("nina"), house.person("ingrid")
    name = house.opens(
        nina,
        "Noen har sett andres data",
        ("Mistenker du at noen har fått tilgang til data de ikke skal se?", "Ja"),
        in_="#bykommune",
        card=False,
    )
    theirs = house.slack.expects(name, to=nina)
    card = house.slack.expects(name, to=ingrid)
    said = nina.types("Det var i går kveld", thread=theirs)
    house.slack.expects("Det var i går kveld", to=ingrid, thread=card)
    house.slack.idle()
    nina.edits(said, "Det var i går ettermiddag")
    house.slack.expects("Det var i går ettermiddag", to=ingrid, thread=card)
    house.slack.forgets()
