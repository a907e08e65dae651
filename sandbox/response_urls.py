"""Response addresses: five answers within half an hour to something a person did.

Source: https://docs.slack.dev/interactivity/handling-user-interaction
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox import block_kit, posts
from sandbox.clock import machine_seconds
from sandbox.ids import nonce
from sandbox.limits import message_problems
from sandbox.workspace import Conversation, Json

if TYPE_CHECKING:
    from sandbox.world import World

CONTENT = ("text", "blocks", "attachments")


@dataclass
class Response:
    """Whom and where an address answers. `ts` is the message it came from, None for a command."""

    user: str
    channel: str
    at: float
    ts: str | None = None
    ephemeral: bool = False
    uses: int = 0


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """The address was not served; `code` says why."""

    def __init__(self, code: str, status: int = 404) -> None:
        """Keep the code and the HTTP status."""
        super().__init__(code)
        self.code = code
        self.status = status


class ResponseUrls:
    """Gives out response addresses and carries out what is sent to them."""

    def __init__(self, world: "World") -> None:
        """Begin with none."""
        self._world = world
        self._given: dict[str, Response] = {}

    def give(self, user: str, channel: str, *, ts: str | None = None, ephemeral: bool = False) -> str:
        """Return a fresh address for answers to `user` in `channel`."""
        secret = nonce()
        self._given[secret] = Response(user, channel, machine_seconds(), ts, ephemeral)
        return f"{self._world.url}/response/{secret}"

    def receive(self, secret: str, body: Json) -> None:
        """Carry out one answer; raises Refused."""
        response = self._open(secret)
        retry_after = self._world.rates.refuse_post(response.channel)
        if retry_after is not None:
            raise Refused(f"ratelimited {retry_after}", 429)
        self._check(body)
        response.uses += 1
        self.apply(response, body)

    def _open(self, secret: str) -> Response:
        response = self._given.get(secret)
        if response is None:
            raise Refused("invalid_url")
        if machine_seconds() - response.at > self._world.limits.response_url:
            raise Refused("expired_url")
        if response.uses >= self._world.limits.response_url_uses:
            raise Refused("used_url")
        return response

    def _check(self, body: Json) -> None:
        if body.get("delete_original"):
            return
        problems = message_problems(
            text=body.get("text"), blocks=body.get("blocks"), attachments=body.get("attachments"), metadata=None
        )
        if problems:
            raise Refused(problems[0].code, 400)

    def answer(self, user: str, channel: str, body: Json) -> Json | None:
        """Show the answer that came with an acknowledgement; returns the message's body, None when it says nothing."""
        if not any(body.get(key) for key in CONTENT):
            return None
        response = Response(user, channel, machine_seconds())
        try:
            self._check(body)
        except Refused:
            return None
        return self.apply(response, body, expected=True)

    def apply(self, response: Response, body: Json, *, expected: bool = False) -> Json | None:
        """Post, replace or delete, as the body asks."""
        where = self._world.workspace.conversations[response.channel]
        if body.get("delete_original"):
            self._delete(response, where)
            return None
        content = {key: body[key] for key in CONTENT if body.get(key) is not None}
        if "blocks" in content:
            content["blocks"] = block_kit.as_kept(content["blocks"])
        if response.ts and body.get("replace_original", body.get("response_type") is None and "thread_ts" not in body):
            self._replace(response, where, content)
            return None
        if body.get("response_type") == "in_channel":
            return posts.publish_webhook(self._world, where, content, thread_ts=body.get("thread_ts"))
        return posts.whisper(
            self._world, where, response.user, content, thread_ts=body.get("thread_ts"), expected=expected
        ).body

    def _delete(self, response: Response, where: Conversation) -> None:
        if response.ts is None:
            return
        if response.ephemeral:
            posts.unwhisper(self._world, where, response.ts)
        elif response.ts in where.posts:
            posts.delete(self._world, where, where.posts[response.ts])

    def _replace(self, response: Response, where: Conversation, content: Json) -> None:
        ts = response.ts or ""
        if response.ephemeral:
            posts.rewhisper(self._world, where, ts, content)
        elif ts in where.posts:
            posts.edit(self._world, where, where.posts[ts], content, silent=True)
