"""The only door to Slack. Nothing else in Vakt holds a WebClient.

Every call ends in one of four ways: it was done; Slack *refused* it (`SlackRefusedError`, final);
Slack was not to be had, and surely did nothing (`SlackUnavailableError`); or nobody knows whether
it was done (`OutcomeUnknownError`: the connection broke after the request had gone out).
"""

import http.client
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol, Self
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.webhook import WebhookClient

from bot.kept_client import trusted
from bot.sending.carriers import OutcomeUnknownError, Posted, RefusedError, UnavailableError
from bot.tally import CALLS, REFUSALS, Count, uncounted

EVENT_TYPE = "vakt_outbox"
"""The metadata event type under which a message carries its outbox key."""

PAGE_READ, PAGES_READ = 200, 10
"""Messages in a page, and pages of one thread read at most, when a row's key is looked for.

Source: docs.slack.dev/reference/methods/conversations.replies recommends no more than 200.
"""

TIMEOUT = 10
"""Seconds until a call is given up."""

_TEMPORARY = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited"})


class SlackRefusedError(RefusedError):
    """Slack refused the call, and will refuse it again."""

    def __init__(self, method: str, error: str, detail: str = "") -> None:
        """Name the method, Slack's own error code, and what it said beside it."""
        super().__init__(f"{method}: {error}{' ' + detail if detail else ''}")
        self.method = method
        self.error = error


class SlackUnavailableError(UnavailableError):
    """Slack was not to be had, and did nothing."""


SOON = 3.5
"""Seconds for which a turn is waited for: more than lie between two calls of the slowest tier."""

Turn = Callable[[str, str], float]
"""Takes a workspace's next turn of a method; gives the seconds until there is one, 0 when it was taken."""


def _at_once(_team_id: str, _method: str) -> float:
    return 0.0


class Message(Protocol):
    """A message as it is handed over: `text` for readers without blocks, and the blocks."""

    @property
    def text(self) -> str:
        """The whole message in a sentence."""
        ...

    @property
    def blocks(self) -> Sequence[Mapping[str, Any]]:
        """Block Kit."""
        ...


class File(Protocol):
    """A file as it is handed over; `alt` says what a picture shows."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def content(self) -> bytes:
        """What is in it."""
        ...

    @property
    def alt(self) -> str | None:
        """A picture in words."""
        ...


class Gateway:
    """Calls to Slack's Web API on behalf of a workspace."""

    def __init__(self, client_for: Callable[[str], WebClient], count: Count = uncounted, turn: Turn = _at_once) -> None:
        """`client_for` gives the client that holds a workspace's token."""
        self._client_for = client_for
        self._count = count
        self._turn = turn

    def paced(self, turn: Turn) -> Self:
        """The same door for calls that nobody waits for: each method in its turn, which is waited for when it is soon.

        Waited for here: work of several calls that began anew for each turn would never come to its end. A method
        whose turn is far is unavailable until then.
        """
        return type(self)(self._client_for, self._count, turn)

    # What is owed

    def post(
        self,
        team_id: str,
        conversation: str,
        message: Message,
        key: str,
        thread_ts: str | None,
        *,
        broadcast: bool = False,
        joined: Sequence[str] = (),
    ) -> Posted:
        """Post a message that carries its outbox key, and the ids of the rows that are said in it too."""
        response = self._call(
            team_id,
            "chat.postMessage",
            channel=conversation,
            text=message.text,
            blocks=list(message.blocks),
            thread_ts=thread_ts,
            reply_broadcast=True if broadcast and thread_ts else None,
            metadata={"event_type": EVENT_TYPE, "event_payload": _payload(key, joined)},
            unfurl_links=False,
            unfurl_media=False,
        )
        return Posted(str(response["channel"]), str(response["ts"]))

    def update(self, team_id: str, posted: Posted, message: Message) -> None:
        """Edit a message in place."""
        self._call(
            team_id,
            "chat.update",
            channel=posted.channel,
            ts=posted.ts,
            text=message.text,
            blocks=list(message.blocks),
        )

    def find(self, team_id: str, conversation: str, key: str, thread_ts: str | None) -> Posted | None:
        """Look for the message that carries an outbox key among the latest of a conversation.

        Raises:
            SlackRefusedError: history cannot be read there.
        """
        channel = conversation
        if conversation.startswith(("U", "W")):
            opened = self._call(team_id, "conversations.open", users=conversation)
            channel = str(opened["channel"]["id"])
        method, where = "conversations.history", {"channel": channel}
        if thread_ts is not None:
            method, where = "conversations.replies", {"channel": channel, "ts": thread_ts}
        for message in self._read(team_id, method, **where):
            metadata = message.get("metadata") or {}
            if (metadata.get("event_payload") or {}).get("key") == key:
                return Posted(channel, str(message["ts"]))
        return None

    def _read(self, team_id: str, method: str, **where: str) -> Iterator[Mapping[str, Any]]:
        """The latest of a channel, or all of a thread: of a thread Slack gives the oldest first."""
        cursor: str | None = None
        for _ in range(PAGES_READ if "ts" in where else 1):
            answer = self._call(
                team_id, method, **where, include_all_metadata=True, limit=PAGE_READ, cursor=cursor or None
            )
            yield from answer["messages"]
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return

    # What is only polite

    def open_view(self, team_id: str, trigger_id: str, view: Mapping[str, Any]) -> str:
        """Open a modal; gives its view id."""
        answer = self._call(team_id, "views.open", trigger_id=trigger_id, view=view)
        return str(answer["view"]["id"])

    def push_view(self, team_id: str, trigger_id: str, view: Mapping[str, Any]) -> None:
        """Put a modal on top of the one that is open."""
        self._call(team_id, "views.push", trigger_id=trigger_id, view=view)

    def update_view(self, team_id: str, view_id: str, view: Mapping[str, Any], seen: str | None) -> str:
        """Replace a modal, if it is still the one `seen` (Slack's hash); gives the new hash."""
        answer = self._call(team_id, "views.update", view_id=view_id, view=view, hash=seen)
        return str(answer["view"]["hash"])

    def publish_home(self, team_id: str, slack_user: str, view: Mapping[str, Any]) -> None:
        """Show a person's App Home."""
        self._call(team_id, "views.publish", user_id=slack_user, view=view)

    def tell_privately(self, team_id: str, channel: str, slack_user: str, message: Message) -> None:
        """A message that only one person in the channel sees. It may not arrive."""
        self._call(
            team_id,
            "chat.postEphemeral",
            channel=channel,
            user=slack_user,
            text=message.text,
            blocks=list(message.blocks),
        )

    def answer(self, response_url: str, message: Message, *, replace: bool = False) -> None:
        """Answer a command or a click privately through its response URL."""
        with self._counted("response_url"):
            self._answer(response_url, message, replace=replace)

    def _answer(self, response_url: str, message: Message, *, replace: bool) -> None:
        try:
            reply = WebhookClient(response_url, timeout=TIMEOUT, ssl=trusted(), retry_handlers=[]).send(
                text=message.text,
                blocks=[dict(block) for block in message.blocks],
                response_type="ephemeral",
                replace_original=replace,
            )
        except (OSError, http.client.HTTPException) as error:
            raise OutcomeUnknownError(str(error)) from error
        if reply.status_code != 200:  # noqa: PLR2004 - HTTP's own word for done
            raise SlackRefusedError("response_url", str(reply.status_code), reply.body)

    def upload(self, team_id: str, under: Posted, files: Sequence[File]) -> None:
        """Share files in the thread of a message.

        An address is asked for, the bytes go there, then the file is shared.
        Source: docs.slack.dev/messaging/working-with-files.
        """
        given = []
        for file in files:
            asked = self._call(
                team_id,
                "files.getUploadURLExternal",
                filename=file.name,
                length=str(len(file.content)),
                alt_txt=file.alt,
            )
            self.send_bytes(str(asked["upload_url"]), file.content)
            given.append({"id": str(asked["file_id"]), "title": file.name})
        self._call(team_id, "files.completeUploadExternal", files=given, channel_id=under.channel, thread_ts=under.ts)

    def send_bytes(self, url: str, content: bytes) -> None:
        """Bring a file's bytes to the address that Slack gave for them: until it is shared nobody sees it.

        Raises:
            SlackRefusedError, SlackUnavailableError: it did not get there, and nothing came of it.
        """
        with self._counted("upload"):
            request = Request(url, data=content, headers={"Content-Type": "application/octet-stream"})  # noqa: S310 - Slack gave it
            try:
                with urlopen(request, timeout=TIMEOUT):  # noqa: S310 - as above
                    return
            except HTTPError as error:
                if error.code >= 500:  # noqa: PLR2004 - the server's side failed
                    raise SlackUnavailableError("upload", f"HTTP {error.code}") from error
                raise SlackRefusedError("upload", str(error.code)) from error
            except (OSError, http.client.HTTPException) as error:
                raise SlackUnavailableError("upload", str(error)) from error

    def person(self, team_id: str, slack_user: str) -> Mapping[str, Any]:
        """What Slack knows of a person, the locale included."""
        answer = self._call(team_id, "users.info", user=slack_user, include_locale=True)
        found: Mapping[str, Any] = answer["user"]
        return found

    def do_not_disturb(self, team_id: str, slack_user: str) -> object:
        """When somebody's do-not-disturb is on next, as Slack tells it."""
        return self._call(team_id, "dnd.info", user=slack_user)

    def set_group(self, team_id: str, group: str, slack_users: Sequence[str]) -> None:
        """Make a user group these people. Slack refuses an empty one."""
        self._call(team_id, "usergroups.users.update", usergroup=group, users=",".join(slack_users))

    def identity(self, team_id: str) -> tuple[Mapping[str, Any], frozenset[str]]:
        """Who we are in a workspace, and the scopes its token holds."""
        try:
            response = self._client_for(team_id).auth_test()
        except SlackApiError as error:
            raise refusal_or_absence("auth.test", error) from error
        except (SlackClientError, OSError, http.client.HTTPException) as error:
            raise SlackUnavailableError("auth.test", str(error)) from error
        scopes = str(response.headers.get("x-oauth-scopes", ""))
        found: Mapping[str, Any] = response.data  # type: ignore[assignment]
        return found, frozenset(scope.strip() for scope in scopes.split(",") if scope.strip())

    def channel(self, team_id: str, channel: str) -> Mapping[str, Any]:
        """What Slack knows of a channel."""
        answer = self._call(team_id, "conversations.info", channel=channel)
        found: Mapping[str, Any] = answer["channel"]
        return found

    def permalink(self, team_id: str, channel: str, ts: str) -> str:
        """The address of a message."""
        answer = self._call(team_id, "chat.getPermalink", channel=channel, message_ts=ts)
        return str(answer["permalink"])

    # What is done in Slack and is no message: `bot.sending.errands` names the methods

    def call(self, team_id: str, method: str, **arguments: Any) -> Mapping[str, Any]:
        """Call a method; arguments that are None are left out.

        Raises:
            SlackRefusedError, SlackUnavailableError, OutcomeUnknownError: as this module says.
        """
        return self._call(team_id, method, **arguments)

    # What only `vakt doctor` asks

    def slack_time(self, team_id: str) -> datetime | None:
        """What Slack's own clock shows, to the second; None when it does not say.

        Raises:
            SlackUnavailableError: Slack was not to be had.
        """
        try:
            headers = self._client_for(team_id).api_test().headers
        except (SlackClientError, OSError, http.client.HTTPException) as error:
            raise SlackUnavailableError("api.test", str(error)) from error
        said = headers.get("Date") or headers.get("date")
        return parsedate_to_datetime(str(said)).astimezone(UTC) if said else None

    def try_app_token(self, team_id: str, app_token: str) -> None:
        """Ask for a socket's address, as Socket Mode does, and let it lie.

        Raises:
            SlackRefusedError: the app-level token is not accepted.
            SlackUnavailableError: Slack was not to be had.
        """
        try:
            self._client_for(team_id).apps_connections_open(app_token=app_token)
        except SlackApiError as error:
            raise refusal_or_absence("apps.connections.open", error) from error
        except (SlackClientError, OSError, http.client.HTTPException) as error:
            raise SlackUnavailableError("apps.connections.open", str(error)) from error

    @contextmanager
    def _counted(self, method: str) -> Iterator[None]:
        """Count how a call ends."""
        try:
            yield
        except SlackRefusedError as error:
            self._count(CALLS, method, "refused")
            self._count(REFUSALS, method, error.error)
            raise
        except SlackUnavailableError as error:
            self._count(CALLS, method, "unavailable" if error.retry_after is None else "ratelimited")
            raise
        except OutcomeUnknownError:
            self._count(CALLS, method, "unknown")
            raise
        self._count(CALLS, method, "done")

    def _call(self, team_id: str, method: str, **arguments: Any) -> Mapping[str, Any]:
        while (wait := self._turn(team_id, method)) > 0:
            if wait > SOON:
                raise SlackUnavailableError(method, "its turn has not come", wait)
            time.sleep(wait)
        with self._counted(method):
            return self._ask(team_id, method, arguments)

    def _ask(self, team_id: str, method: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        client = self._client_for(team_id)
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            response = (
                client.api_call(method, json=given) if _is_json(given) else client.api_call(method, params=_flat(given))
            )
        except SlackApiError as error:
            raise _failure(method, error) from error
        except (ConnectionRefusedError, TimeoutError, URLError) as error:
            raise _broken(method, error) from error
        except (SlackClientError, OSError, http.client.HTTPException) as error:
            raise OutcomeUnknownError(f"{method}: {error}") from error
        answer: Mapping[str, Any] = response.data  # type: ignore[assignment]
        return answer


def _payload(key: str, joined: Sequence[str]) -> dict[str, str]:
    """Slack takes no list of texts there. Source: docs.slack.dev/messaging/message-metadata."""
    return {"key": key, "joined": " ".join(joined)} if joined else {"key": key}


def _is_json(arguments: Mapping[str, Any]) -> bool:
    return any(isinstance(value, list | tuple | dict) for value in arguments.values())


def _flat(arguments: Mapping[str, Any]) -> dict[str, str]:
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in arguments.items()}


def refusal_or_absence(method: str, error: SlackApiError) -> SlackRefusedError | SlackUnavailableError:
    """What a failed question means, for whoever only asked: what Slack did with it does not matter."""
    failure = _failure(method, error)
    return SlackUnavailableError(method, str(failure)) if isinstance(failure, OutcomeUnknownError) else failure


def _failure(method: str, error: SlackApiError) -> SlackRefusedError | SlackUnavailableError | OutcomeUnknownError:
    response = error.response
    status = getattr(response, "status_code", 200)
    data = response.data if isinstance(getattr(response, "data", None), dict) else {}
    code = str(data.get("error", f"http_{status}"))
    if status == 429 or code == "ratelimited":  # noqa: PLR2004 - HTTP's own word
        after = response.headers.get("Retry-After", "1")
        return SlackUnavailableError(method, "ratelimited", float(after))
    if status >= 500:  # noqa: PLR2004 - the server's side failed, perhaps after doing it
        return OutcomeUnknownError(f"{method}: HTTP {status}", answered=True)
    if code in _TEMPORARY:
        return OutcomeUnknownError(f"{method}: {code}", answered=True)
    detail = "; ".join((data.get("response_metadata") or {}).get("messages", []))
    return SlackRefusedError(method, code, detail)


def _broken(method: str, error: Exception) -> Exception:
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, ConnectionRefusedError | OSError) and not isinstance(
        reason, ConnectionResetError | TimeoutError | BrokenPipeError
    ):
        return SlackUnavailableError(method, str(reason))
    return OutcomeUnknownError(f"{method}: {reason}")


__all__ = [
    "Gateway",
    "Message",
    "OutcomeUnknownError",
    "Posted",
    "SlackRefusedError",
    "SlackUnavailableError",
    "refusal_or_absence",
]
