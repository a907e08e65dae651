"""Views: triggers, the stack, hashes, what is kept while an app changes a view, and bad answers."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox import NotOnScreen, Sandbox
from tests.sandbox.other_end import Recorder

Json = dict[str, Any]
Trigger = Callable[[], str]


def word(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def field(block_id: str, **more: object) -> Json:
    element = {"type": "plain_text_input", "action_id": "a"}
    return {"type": "input", "block_id": block_id, "label": word(block_id.title()), "element": element, **more}


def view(title: str, *blocks: Json, **more: object) -> Json:
    shown = list(blocks) or [{"type": "section", "text": {"type": "mrkdwn", "text": title}}]
    return {"type": "modal", "title": word(title), "submit": word("Send"), "blocks": shown, **more}


@pytest.fixture
def trigger(slack: Sandbox) -> Trigger:
    """Gives a fresh trigger of Kari's, from her top view when one is open."""

    def give() -> str:
        kari = slack.person("kari").id
        top = slack.world.views.top(kari)
        return slack.do(lambda: slack.world.triggers.give(kari, view_id=top.id if top else None))

    return give


def error(call: Any, **arguments: object) -> str:  # noqa: ANN401 - a method of the client
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return str(caught.value.response["error"])


def test_a_trigger_is_good_for_one_view(client: WebClient, trigger: Trigger) -> None:
    one = trigger()
    client.views_open(trigger_id=one, view=view("First"))
    assert error(client.views_open, trigger_id=one, view=view("Again")) == "exchanged_trigger_id"
    assert error(client.views_open, trigger_id="1.2.x", view=view("Again")) == "invalid_trigger_id"


def test_a_trigger_expires(slack: Sandbox, client: WebClient, trigger: Trigger) -> None:
    slack.world.limits = replace(slack.world.limits, trigger=0.0)
    one = trigger()
    assert time.monotonic() > 0
    assert error(client.views_open, trigger_id=one, view=view("Late")) == "expired_trigger_id"


def test_the_stack_is_three_deep(slack: Sandbox, client: WebClient, trigger: Trigger) -> None:
    client.views_open(trigger_id=trigger(), view=view("One"))
    pushed = [client.views_push(trigger_id=trigger(), view=view(title))["view"] for title in ("Two", "Three")]
    assert error(client.views_push, trigger_id=trigger(), view=view("Four")) == "push_limit_reached"
    assert pushed[1]["previous_view_id"] == pushed[0]["id"]
    kari = slack.person("kari")
    assert kari.modal().title == "Three"
    kari.modal().close()
    assert kari.modal().title == "Two"


def test_pushing_needs_a_trigger_from_inside_a_modal(client: WebClient, trigger: Trigger) -> None:
    outside = trigger()
    client.views_open(trigger_id=trigger(), view=view("One"))
    assert error(client.views_push, trigger_id=outside, view=view("Two")) == "not_found"


def test_an_old_hash_is_refused(client: WebClient, trigger: Trigger) -> None:
    opened = client.views_open(trigger_id=trigger(), view=view("One"))["view"]
    client.views_update(view_id=opened["id"], hash=opened["hash"], view=view("Two"))
    assert error(client.views_update, view_id=opened["id"], hash=opened["hash"], view=view("Three")) == "hash_conflict"


def test_what_was_typed_survives_where_the_ids_do(slack: Sandbox, client: WebClient, trigger: Trigger) -> None:
    opened = client.views_open(trigger_id=trigger(), view=view("One", field("line"), field("more")))["view"]
    modal = slack.person("kari").modal().fill("Line", "kept").fill("More", "lost")
    client.views_update(view_id=opened["id"], view=view("One", field("line"), field("other")))
    assert {key: one["a"]["value"] for key, one in modal.values.items()} == {"line": "kept", "other": None}


def test_an_external_id_names_one_view(client: WebClient, trigger: Trigger) -> None:
    client.views_open(trigger_id=trigger(), view=view("One", external_id="mine"))
    assert (
        error(client.views_push, trigger_id=trigger(), view=view("Two", external_id="mine")) == "duplicate_external_id"
    )
    assert (
        client.views_update(external_id="mine", view=view("New", external_id="mine"))["view"]["title"]["text"] == "New"
    )


def test_a_required_field_is_asked_for_before_the_app_hears(
    slack: Sandbox, client: WebClient, trigger: Trigger, recorder: Recorder
) -> None:
    client.views_open(trigger_id=trigger(), view=view("One", field("line")))
    assert slack.person("kari").modal().submit().errors == {"line": "Please complete this required field."}
    assert recorder.payloads == []


@pytest.mark.parametrize(
    ("answer", "action", "titles"),
    [
        ({}, "close", ["One"]),
        ({"response_action": "clear"}, "clear", []),
        ({"response_action": "update", "view": view("New")}, "update", ["One", "New"]),
        ({"response_action": "push", "view": view("New")}, "push", ["One", "Two", "New"]),
        ({"response_action": "errors", "errors": {"line": "No"}}, "errors", ["One", "Two"]),
    ],
)
def test_an_answer_does_to_the_stack_what_it_says(
    slack: Sandbox,
    client: WebClient,
    trigger: Trigger,
    recorder: Recorder,
    answer: Json,
    action: str,
    titles: list[str],
) -> None:
    client.views_open(trigger_id=trigger(), view=view("One"))
    client.views_push(trigger_id=trigger(), view=view("Two", field("line")))
    recorder.answers["view_submission"] = answer
    kari = slack.person("kari")
    assert kari.modal().fill("line", "x").submit().response_action == action
    assert [one.body["title"]["text"] for one in slack.world.views.stack(kari.id)] == titles


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"nowhere": "No"}},
        {"response_action": "update", "view": view("x" * 25)},
        {"response_action": "explode"},
    ],
)
def test_an_impossible_answer_is_shown_as_trouble_and_its_reason_kept(
    slack: Sandbox,
    client: WebClient,
    trigger: Trigger,
    recorder: Recorder,
    answer: Json,
) -> None:
    client.views_open(trigger_id=trigger(), view=view("One", field("line")))
    recorder.answers["view_submission"] = answer
    result = slack.person("kari").modal().fill("line", "x").submit()
    assert (result.error, slack.person("kari").has_modal()) == ("operation_timeout", True)
    assert slack.requests[-1]["name"] == "view_submission response"
    assert slack.requests[-1]["error"]


@pytest.mark.parametrize(("notify", "heard"), [(True, 1), (False, 0)])
def test_closing_is_told_only_to_views_that_ask(
    slack: Sandbox,
    client: WebClient,
    trigger: Trigger,
    recorder: Recorder,
    notify: bool,
    heard: int,
) -> None:
    client.views_open(trigger_id=trigger(), view=view("One", notify_on_close=notify))
    slack.person("kari").modal().close()
    assert len(recorder.payloads) == heard


def test_the_x_closes_everything_and_names_the_root(
    slack: Sandbox, client: WebClient, trigger: Trigger, recorder: Recorder
) -> None:
    root = client.views_open(trigger_id=trigger(), view=view("One", notify_on_close=True))["view"]["id"]
    client.views_push(trigger_id=trigger(), view=view("Two"))
    slack.person("kari").modal().close(everything=True)
    closed = recorder.last("view_closed")
    assert (closed["view"]["id"], closed["is_cleared"]) == (root, True)
    assert not slack.person("kari").has_modal()


def test_a_choice_is_told_at_once_only_where_the_block_says_so(
    slack: Sandbox, client: WebClient, trigger: Trigger, recorder: Recorder
) -> None:
    options = [{"text": word("Yes"), "value": "yes"}, {"text": word("No"), "value": "no"}]
    radio = {"type": "radio_buttons", "action_id": "r", "options": options}
    quiet = {"type": "input", "block_id": "quiet", "label": word("Quiet"), "element": radio}
    loud = {**quiet, "block_id": "loud", "label": word("Loud"), "dispatch_action": True}
    client.views_open(trigger_id=trigger(), view=view("One", quiet, loud))
    modal = slack.person("kari").modal().choose("Quiet", "Yes")
    assert recorder.payloads == []
    modal.choose("Loud", "No")
    payload = recorder.last("block_actions")
    assert payload["actions"][0]["selected_option"]["value"] == "no"
    values = payload["view"]["state"]["values"]
    assert {key: values[key]["r"]["selected_option"]["value"] for key in values} == {"quiet": "yes", "loud": "no"}


def test_what_is_not_on_the_screen_cannot_be_pressed(slack: Sandbox, client: WebClient, trigger: Trigger) -> None:
    client.views_open(trigger_id=trigger(), view=view("One", field("line")))
    modal = slack.person("kari").modal()
    with pytest.raises(NotOnScreen, match="no button 'Launch'"):
        modal.click("Launch")
    with pytest.raises(NotOnScreen, match="no field 'Colour'"):
        modal.fill("Colour", "red")
    modal.close()
    with pytest.raises(NotOnScreen):
        _ = modal.text


def test_a_home_view_follows_its_own_rules(slack: Sandbox, client: WebClient) -> None:
    kari = slack.person("kari").id
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "Home"}}]
    published = client.views_publish(user_id=kari, view={"type": "home", "blocks": blocks})["view"]
    again = client.views_publish(user_id=kari, hash=published["hash"], view={"type": "home", "blocks": blocks})["view"]
    assert again["id"] == published["id"]
    assert (
        error(client.views_publish, user_id=kari, hash=published["hash"], view={"type": "home", "blocks": blocks})
        == "hash_conflict"
    )
    assert error(client.views_publish, user_id="U404", view={"type": "home", "blocks": blocks}) == "invalid_arguments"
    assert error(client.views_publish, user_id=kari, view=view("Modal")) == "invalid_arguments"
