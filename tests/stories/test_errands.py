"""What is done in Slack and is no message: the call that must not be made twice waits for the lease."""

from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from bot.gateway import Gateway
from bot.sending.courier import LeaseOverError
from bot.sending.errands import Errands
from handlers.errand import Errand, Step

ANSWERS: dict[str, dict[str, Any]] = {
    "bookmarks.add": {"bookmark": {"id": "Bk1"}},
    "bookmarks.list": {"bookmarks": []},
    "conversations.create": {"channel": {"id": "C9"}},
    "conversations.replies": {"messages": []},
    "files.completeUploadExternal": {},
    "files.getUploadURLExternal": {"upload_url": "https://files.example/1", "file_id": "F1"},
    "users.conversations": {"channels": []},
}


@dataclass
class Slack:
    """A door to Slack that answers, and keeps what was called."""

    called: list[str] = field(default_factory=list)

    def call(self, _team_id: str, method: str, **_: object) -> dict[str, Any]:
        """One call of the Web API."""
        self.called.append(method)
        return ANSWERS[method]

    def send_bytes(self, _url: str, _content: bytes) -> None:
        """A file's content: nobody sees it before it is shared."""

    def permalink(self, _team_id: str, _channel: str, _ts: str) -> str:
        """A message's address."""
        return "https://slack.example/1"


DECISIVE = {
    Step.BOOKMARK: "bookmarks.add",
    Step.CREATE: "conversations.create",
    Step.UPLOAD: "files.completeUploadExternal",
}
TEXTS = {"name": "o-3", "title": "O-3", "ts": "1.0", "of": "C1", "bot": "U0BOT"}


@pytest.mark.parametrize("step", DECISIVE)
def test_what_must_not_be_made_twice_is_not_made_when_the_lease_ran_out_before_it(step: Step) -> None:
    """The calls before it took too long: another process may be at it by now."""
    errand = Errand(step=step, team_id="T1", channel="C1", texts=TEXTS, repeated=True)
    slow, quick = Slack(), Slack()

    def over() -> None:
        raise LeaseOverError

    with pytest.raises(LeaseOverError):
        Errands(cast("Gateway", slow), over).deliver("key", errand)
    assert slow.called
    assert DECISIVE[step] not in slow.called
    Errands(cast("Gateway", quick), lambda: None).deliver("key", errand)
    assert quick.called == [*slow.called, DECISIVE[step]]
