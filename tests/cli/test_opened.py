"""Commands about what is stored: whichever it is, what somebody can mend is one plain line."""

import pytest

from tests.cli.conftest import Vakt

COMMANDS = (
    ("announcements", "list"),
    ("availability", "pindena"),
    ("claims", "list"),
    ("export",),
    ("hooks", "list"),
    ("maintenance", "list"),
    ("outages", "list"),
    ("outbox", "list"),
    ("pages", "list"),
    ("timers", "list"),
    ("why", "T-1"),
)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_slack_that_was_never_reached_is_named_by_every_command(shell: Vakt, words: tuple[str, ...]) -> None:
    """A token is set, so Slack is asked which workspace is meant."""
    shell.settings["SLACK_API_URL"] = "http://127.0.0.1:9/api/"
    said = shell.refuses(*words)
    assert said.startswith("Slack cannot be reached"), said
    assert "Traceback" not in said
