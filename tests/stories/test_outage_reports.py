"""The report after an outage: what was promised, who was told, the timeline, causes and follow-ups."""

import pytest

from bot.contracts import agreements
from handlers.language import spoken
from handlers.outage_reports import report_facts
from handlers.views.outage_report import markdown
from models.outage import outage_by_number
from sandbox import Message
from sandbox.workspace import File
from tests.stories.conftest import TEAM, House, oslo
from tests.stories.scenes import GUIDANCE
from tests.stories.test_incidents import asks, furnished
from tests.stories.test_outages import announced, declared, ends, happened, updates


def over(house: House, *, channel: bool = False) -> Message:
    """An outage that two customers felt and that ended after a promise was broken; gives the desk's card."""
    card = declared(house)
    told = announced(house, "Signing in fails")
    if channel:
        asks(house, card)
        furnished(house)
    nina = house.person("nina")
    nina.clicks("Vi er rammet", on=told["#bykommune"])
    house.moves_to(oslo("2026-11-23 10:15"))
    updates(house, card, "The certificate *is* renewed")
    house.moves(minutes=5)
    ends(house, card, "Sign in again")
    house.settles()
    house.slack.forgets()
    return card


def writes(house: House, card: Message, causes: str, *follow_ups: str) -> None:
    """Fill in the report's window, as Ola."""
    ola = house.person("ola")
    ola.clicks("Report", on=card)
    modal = ola.modal()
    modal.fill("outage.causes", causes)
    modal.fill("outage.follow_ups", "\n".join(follow_ups))
    submitted = modal.submit()
    assert not submitted.errors, submitted.errors
    house.settles()


def files(house: House) -> list[File]:
    """Every file that was shared, the first first."""
    return [one for one in house.slack.world.workspace.files.values() if one.complete]


@pytest.mark.clause("PS-08")
def test_the_report_says_what_was_promised_who_was_told_and_what_happened(house: House) -> None:
    card = over(house, channel=True)
    [where] = [one for one in house.slack.world.workspace.conversations.values() if one.name.startswith("inc-")]
    ola = house.person("ola")
    line = ola.types("The certificate ran out at 09:31 | <!channel>", in_=where.id)
    house.person("ingrid").pins(line)
    house.settles()
    writes(house, card, "Nobody owned the certificate.\nThe alarm went to a list nobody reads.", "Watch certificates")
    [file] = files(house)
    assert file.channels == [where.id]
    text = file.content.decode()
    assert text.startswith("# O-1 · Signing in fails\n")
    assert "- **Lasted:** 40 min" in text
    assert "- the next update by Mon 23 Nov 10:10 CET: not kept" in text
    assert "- the next update by Mon 23 Nov 10:45 CET: kept" in text
    assert "- Bykommune, Mon 23 Nov 09:40 CET, said by Nina" in text
    assert "| Bykommune | channel C0BYKOM | announcement | nb | Mon 23 Nov 09:40 CET |" in text
    assert "| update 2 |" in text
    assert "Nobody owned the certificate.\n\nThe alarm went to a list nobody reads." in text
    assert "- Watch certificates" in text
    assert "The certificate \u2217is\u2217 renewed" in text
    assert "Ola Hansen: The certificate ran out at 09:31 \\| \\<!channel\\>" in text
    pinned = text.index("The certificate ran out")
    assert text.index("Ola Hansen declared O-1") < pinned
    [canvas] = house.slack.world.workspace.canvases.values()
    assert canvas["channel"] == where.id
    assert canvas["content"][0]["markdown"] == text
    assert happened(house)[-1] == "reported"
    house.slack.forgets()
    house.is_quiet()


def test_without_a_channel_it_goes_to_the_desks_thread_and_is_written_again_beside_the_first(house: House) -> None:
    card = over(house)
    writes(house, card, "A first guess")
    writes(house, card, "What it really was")
    one, other = files(house)
    assert (one.title, other.title) == ("O-1, report 1", "O-1, report 2")
    assert "What it really was" in other.content.decode()
    shared = [message for message in card.replies if message.body().get("files")]
    assert len(shared) == 2
    [canvas] = house.slack.world.workspace.canvases.values()
    assert (canvas["title"], canvas["channel"], canvas["tab"]) == ("O-1, report", None, card.channel)
    assert "What it really was" in canvas["content"][-1]["document_content"]["markdown"]
    house.slack.forgets()
    house.is_quiet()


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        ("files.completeUploadExternal", "lost_answer"),
        ("files.completeUploadExternal", "reset"),
        ("files.getUploadURLExternal", "ratelimited"),
    ],
)
def test_a_file_is_neither_lost_nor_shared_twice(house: House, method: str, kind: str) -> None:
    card = over(house)
    fault = house.slack.fault(method, kind=kind)
    writes(house, card, "A certificate")
    assert fault.happened
    world = house.slack.world
    assert house.slack.until(lambda: any(one.complete for one in world.workspace.files.values()), 15.0)
    house.settles()
    assert len([message for message in card.replies if message.body().get("files")]) == 1
    house.slack.forgets()
    house.is_quiet()


def test_where_canvases_are_not_allowed_the_file_is_there_and_the_log_says_so(house: House) -> None:
    card = over(house, channel=True)
    house.slack.fault("conversations.canvases.create", kind="team_tier_cannot_create_channel_canvases")
    writes(house, card, "A certificate")
    assert len(files(house)) == 1
    assert happened(house)[-1] == "not_done"
    assert any("the report as a canvas" in message.words for message in card.replies)
    house.slack.forgets()
    house.is_quiet()


def test_a_canvas_of_which_nobody_heard_whether_it_was_made_is_not_made_twice(house: House) -> None:
    card = over(house)
    fault = house.slack.fault("canvases.create", kind="lost_answer")
    writes(house, card, "A certificate")
    assert fault.happened
    assert house.slack.until(lambda: happened(house)[-1] == "not_done", 15.0)
    house.settles()
    assert len(house.slack.world.workspace.canvases) == 1
    assert len(files(house)) == 1
    house.slack.forgets()
    house.is_quiet()


def test_a_channel_that_has_a_canvas_gets_the_report_in_it(house: House) -> None:
    card = over(house, channel=True)
    writes(house, card, "A first guess")
    writes(house, card, "What it really was")
    [canvas] = house.slack.world.workspace.canvases.values()
    assert canvas["content"][-1]["operation"] == "replace"
    assert "What it really was" in canvas["content"][-1]["document_content"]["markdown"]
    house.slack.forgets()
    house.is_quiet()


def test_uploads_that_are_switched_off_are_told_to_the_lead(house: House) -> None:
    card = over(house)
    house.slack.fault("files.getUploadURLExternal", kind="file_uploads_disabled")
    writes(house, card, "A certificate")
    told = house.slack.expects("Slack refused the report's file (file_uploads_disabled)", to=house.person("ola"))
    assert "ask an administrator" in told.words
    house.slack.forgets()
    house.is_quiet()


def test_a_follow_up_is_opened_as_a_ticket_once_and_linked(house: House) -> None:
    card = over(house)
    writes(house, card, "A certificate", "Watch certificates", "Ask the supplier")
    line = next(message for message in card.replies if "Watch certificates" in message.words)
    ola = house.person("ola")
    ola.does(lambda blocks: _button(blocks, "Watch certificates"), on=line)
    modal = ola.modal()
    assert "Watch certificates" in modal.text
    modal.choose("open.customer", "Acme")
    modal.waits_for(GUIDANCE)
    modal.choose("open.kind", GUIDANCE)
    house.slack.idle()
    assert house.vakt.aside.idle(5)
    submitted = modal.submit()
    assert not submitted.errors, submitted.errors
    number = house.slack.expects("Watch certificates", in_="#desk", thread=None).words.split()[0].strip("*·")
    house.settles()
    assert happened(house)[-1] == "followed_up"
    with house.vakt.database.reading() as session:
        outage = outage_by_number(session, TEAM, 1)
        assert outage is not None
        text = markdown(report_facts(session, agreements(), outage, house.now()), spoken("en"))
    assert f"- Watch certificates ({number})" in text
    assert "- Ask the supplier\n" in text
    ola.does(lambda blocks: _button(blocks, "Watch certificates"), on=line)
    house.settles()
    assert any(f"{number} belongs to O-1" in one.words for one in ola.private_answers("#desk"))
    house.slack.forgets()
    house.is_quiet()


def _button(blocks: list[dict[str, object]], beside: str) -> dict[str, object]:
    """The button beside a text, as it is pressed."""
    block = next(each for each in blocks if beside in str(each.get("text")))
    return {"block_id": block["block_id"], **block["accessory"]}  # type: ignore[dict-item]


def test_it_is_written_when_the_outage_is_over(house: House) -> None:
    declared(house)
    announced(house, "Signing in fails")
    answer = house.person("ola").types("/outage report O-1", in_="#desk")
    assert "lasts still" in answer.text
    assert not house.person("ola").has_modal()
    house.is_quiet()


def test_only_the_desk_writes_it(house: House) -> None:
    over(house)
    nina = house.person("nina")
    nina.types("/outage report O-1", in_="#bykommune")
    assert not nina.has_modal()
    house.slack.forgets()
    house.is_quiet()
