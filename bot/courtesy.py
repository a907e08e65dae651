"""What handlers call the aside lane: views, private answers, getting to know people."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from bot.aside import Aside
from bot.gateway import Gateway, SlackRefusedError
from bot.storage.database import Database, Lane
from handlers.desk import Files, Sorry
from handlers.views.blocks import Rendered, ViewDict
from models.person import person_by_slack_id

log = structlog.get_logger()

REMEMBERED_VIEWS = 500


class Courtesy:
    """Carries out what is only polite, without letting anybody wait."""

    def __init__(
        self,
        aside: Aside,
        gateway: Gateway,
        database: Database,
        expired: Callable[[str, str], Rendered],
    ) -> None:
        """`expired` says, in a person's words, that the window could not be opened in time."""
        self._aside = aside
        self._gateway = gateway
        self._database = database
        self._expired = expired
        self._lock = threading.Lock()
        self._hashes: OrderedDict[str, str] = OrderedDict()

    def open_view(self, team_id: str, trigger_id: str, view: ViewDict, sorry: Sorry) -> None:
        """Open a modal; an expired trigger becomes a private answer."""
        self._aside.do(
            f"trigger:{trigger_id}",
            lambda: self._opened(team_id, trigger_id, view),
            otherwise=lambda failure: self._sorry(team_id, sorry, failure),
        )

    def _opened(self, team_id: str, trigger_id: str, view: ViewDict) -> None:
        self._gateway.open_view(team_id, trigger_id, view)

    def _sorry(self, team_id: str, sorry: Sorry, failure: Exception) -> None:
        log.info("view_not_opened", failure=str(failure))
        self._tell(team_id, sorry, self._expired(team_id, sorry.slack_user))

    def push_view(self, team_id: str, trigger_id: str, view: ViewDict, sorry: Sorry) -> None:
        """Put a modal on top of the one that is open."""
        self._aside.do(
            f"trigger:{trigger_id}",
            lambda: self._gateway.push_view(team_id, trigger_id, view),
            otherwise=lambda failure: self._sorry(team_id, sorry, failure),
        )

    def update_view(self, team_id: str, view_id: str, view: ViewDict, seen: str | None) -> None:
        """Replace a modal; of several waiting updates only the newest is sent."""
        self._aside.do(
            f"view:{view_id}",
            lambda: self._updated(team_id, view_id, view, seen),
            newest_only=True,
        )

    def _updated(self, team_id: str, view_id: str, view: ViewDict, seen: str | None) -> None:
        # The payload's hash is of the view the person saw; an update of ours may have come since.
        with self._lock:
            latest = self._hashes.get(view_id, seen)
        new = self._gateway.update_view(team_id, view_id, view, latest)
        with self._lock:
            self._hashes[view_id] = new
            self._hashes.move_to_end(view_id)
            while len(self._hashes) > REMEMBERED_VIEWS:
                self._hashes.popitem(last=False)

    def publish_home(self, team_id: str, slack_user: str, view: ViewDict) -> None:
        """Show somebody's App Home."""
        self._aside.do(
            f"home:{slack_user}",
            lambda: self._gateway.publish_home(team_id, slack_user, view),
            newest_only=True,
        )

    def tell(self, team_id: str, sorry: Sorry, message: Rendered) -> None:
        """Tell one person something privately, where that person is."""
        self._aside.do(f"tell:{sorry.slack_user}", lambda: self._tell(team_id, sorry, message))

    def _tell(self, team_id: str, sorry: Sorry, message: Rendered) -> None:
        if sorry.response_url and self._answered(sorry.response_url, message):
            return
        if sorry.channel and not sorry.channel.startswith("D"):
            self._privately(team_id, sorry.channel, sorry.slack_user, message)
        else:
            self._directly(team_id, sorry.slack_user, message)

    def _answered(self, response_url: str, message: Rendered) -> bool:
        """Whether the response URL took it; it takes five answers within half an hour."""
        try:
            self._gateway.answer(response_url, message)
        except SlackRefusedError as refused:
            log.info("response_url_refused", failure=str(refused))
            return False
        return True

    def _privately(self, team_id: str, channel: str, slack_user: str, message: Rendered) -> None:
        try:
            self._gateway.tell_privately(team_id, channel, slack_user, message)
        except SlackRefusedError:
            self._directly(team_id, slack_user, message)

    def _directly(self, team_id: str, slack_user: str, message: Rendered) -> None:
        self._gateway.post(team_id, slack_user, message, "aside", None)

    def look_at_channel(
        self, team_id: str, channel: str, sorry: Sorry, then: Callable[[Mapping[str, Any]], Rendered | None]
    ) -> None:
        """Ask Slack about a channel; `then` looks at the answer, and what it gives is told to `sorry`."""
        self._aside.do(f"channel:{channel}", lambda: self._looked(team_id, channel, sorry, then))

    def _looked(
        self, team_id: str, channel: str, sorry: Sorry, then: Callable[[Mapping[str, Any]], Rendered | None]
    ) -> None:
        said = then(self._gateway.channel(team_id, channel))
        if said is not None:
            self._tell(team_id, sorry, said)

    def hand_over(self, team_id: str, slack_user: str, message: Rendered, make: Callable[[], Files]) -> None:
        """Send somebody a direct message, and files in its thread; they are made here, where nobody waits."""
        self._aside.do(f"files:{slack_user}", lambda: self._handed_over(team_id, slack_user, message, make))

    def _handed_over(self, team_id: str, slack_user: str, message: Rendered, make: Callable[[], Files]) -> None:
        files = make()
        posted = self._gateway.post(team_id, slack_user, message, "aside", None)
        self._gateway.upload(team_id, posted, files)

    def get_to_know(self, team_id: str, slack_user: str) -> None:
        """Ask Slack for a person's name, language and zone, and keep them."""
        self._aside.do(f"person:{slack_user}", lambda: self._know(team_id, slack_user))

    def _know(self, team_id: str, slack_user: str) -> None:
        found = self._gateway.person(team_id, slack_user)
        with self._database.transaction(Lane.LOOP) as session:
            person = person_by_slack_id(session, team_id, slack_user)
            if person is None:
                return
            person.name = person.name or _name(found)
            person.handle = person.handle or str(found.get("name") or "")
            person.locale = found.get("locale") or person.locale
            person.zone = person.zone or found.get("tz") or None


def _name(found: Mapping[str, Any]) -> str:
    profile = found.get("profile") or {}
    for name in (found.get("real_name"), profile.get("real_name"), found.get("name")):
        if name:
            return str(name)
    return ""
