"""Whatever Slack's doors are sent: no bug, no 500, nothing stored by halves, an answer to act on."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.conftest import Target, problems, share
from tests.fuzz.odd import spoiled
from tests.stories.conftest import ROOT

MANIFEST = yaml.safe_load((ROOT / "manifest.yml").read_text("utf-8"))
BATCH = 250
"""After so many inputs everything stored is looked at."""


def _aim(target: Target, part: float) -> None:
    @share(part)
    @given(payload=st.deferred(lambda: spoiled(target.seeds)))
    def shoot(payload: object) -> None:
        answer = target.send(payload)
        wrong = problems(answer)
        assert not wrong, (wrong, answer.payload)
        assert not target.slack.wrong, (target.slack.wrong, answer.payload)
        if target.sent % BATCH == 0:
            target.settles()

    shoot()
    target.settles()


@pytest.mark.parametrize("wiring", ["sqlite"])
def test_no_payload_breaks_vakt_on_sqlite(target: Target) -> None:
    _aim(target, 0.4)


@pytest.mark.parametrize("wiring", ["postgresql"])
def test_no_payload_breaks_vakt_on_postgresql(target: Target) -> None:
    _aim(target, 0.1)


@pytest.mark.parametrize("wiring", ["sqlite"])
def test_what_is_not_spoiled_is_done(target: Target) -> None:
    """Else nothing would have been aimed at."""
    answers = [target.send(payload) for payload in target.seeds]
    wrong = [(problems(answer), answer.payload) for answer in answers if problems(answer)]
    assert not wrong
    assert sum(answer.acted for answer in answers) > len(answers) // 12
    target.settles()


@pytest.mark.parametrize("wiring", ["sqlite"])
def test_everything_the_manifest_lets_in_is_aimed_with(target: Target) -> None:
    """Commands, shortcuts and events; a message's channel says which of its three it is."""
    features, subscribed = MANIFEST["features"], MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    assert {each["command"] for each in target.seeds if "command" in each} == {
        each["command"] for each in features["slash_commands"]
    }
    assert {each["callback_id"] for each in features["shortcuts"]} <= {
        each.get("callback_id") for each in target.seeds if each.get("type") in {"shortcut", "message_action"}
    }
    assert {each["event"]["type"] for each in target.seeds if each.get("type") == "event_callback"} >= {
        name.partition(".")[0] for name in subscribed
    }
