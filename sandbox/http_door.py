"""Signed HTTP: how Slack reaches an app that has an address. Here the address must be on this machine.

Sources: https://docs.slack.dev/authentication/verifying-requests-from-slack, https://docs.slack.dev/apis/events-api
"""

import hashlib
import hmac
import ipaddress
import json
import time
import urllib.parse
from collections.abc import Mapping
from typing import TYPE_CHECKING

import aiohttp

from sandbox.envelopes import Answer, Envelope
from sandbox.ids import nonce
from sandbox.payloads import VERIFICATION
from sandbox.workspace import Json

if TYPE_CHECKING:
    from sandbox.world import World

SUCCESS = range(200, 300)


def loopback(url: str) -> str:
    """Return `url` when it names this machine; raises ValueError for every other address."""
    host = urllib.parse.urlsplit(url).hostname or ""
    try:
        near = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        near = False
    if not near:
        message = f"the sandbox speaks to this machine only; {url} is elsewhere. Use http://127.0.0.1:PORT/..."
        raise ValueError(message)
    return url


class HttpDoor:
    """Posts envelopes to one address, signed."""

    def __init__(self, world: "World", url: str) -> None:
        """Remember the address; raises ValueError when it is not on this machine."""
        self._world = world
        self.url = loopback(url)
        self._client: aiohttp.ClientSession | None = None

    async def deliver(self, envelope: Envelope) -> Answer:
        """Post once and read the answer."""
        row = self._world.begin("http", envelope.name, envelope.payload)
        status, answer = await self._deliver(envelope)
        self._world.end(row, status=status, error=answer.reason or None, response=answer.body)
        return answer

    async def _deliver(self, envelope: Envelope) -> tuple[int | None, Answer]:
        body, content_type = encode(envelope)
        try:
            status, headers, text = await self._post(body, content_type, retry_headers(envelope))
        except TimeoutError:
            return None, Answer(ok=False, reason="http_timeout")
        except aiohttp.ClientError:
            return None, Answer(ok=False, reason="connection_failed")
        if status not in SUCCESS:
            return status, Answer(ok=False, reason="http_error", no_retry=headers.get("x-slack-no-retry") == "1")
        return status, Answer(ok=True, body=decode(text))

    async def _post(self, body: bytes, content_type: str, extra: dict[str, str]) -> tuple[int, Mapping[str, str], str]:
        if self._client is None:
            self._client = aiohttp.ClientSession(trust_env=False)
        headers = {"Content-Type": content_type, **signature(self._world.tokens.signing, body), **extra}
        limit = aiohttp.ClientTimeout(total=self._world.limits.ack)
        async with self._client.post(
            self.url, data=body, headers=headers, timeout=limit, allow_redirects=False
        ) as answer:
            return answer.status, answer.headers, await answer.text()

    async def verify(self) -> bool:
        """Ask the address to prove itself (`url_verification`); says whether it echoed the challenge."""
        challenge = nonce()
        asked = {"token": VERIFICATION, "challenge": challenge, "type": "url_verification"}
        status, _, text = await self._post(json.dumps(asked).encode(), "application/json", {})
        return status in SUCCESS and challenge in text

    async def close(self) -> None:
        """Let the connections go."""
        if self._client is not None:
            await self._client.close()


def signature(secret: str, body: bytes, at: int | None = None) -> dict[str, str]:
    """Return the two headers that prove a request comes from here; the time is the machine's, as the app checks it."""
    stamp = str(int(time.time()) if at is None else at)
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


def encode(envelope: Envelope) -> tuple[bytes, str]:
    """Return an envelope's body and content type: events as JSON, commands and interactions as forms."""
    if envelope.kind == "events_api":
        return json.dumps(envelope.payload).encode(), "application/json"
    form = envelope.payload if envelope.kind == "slash_commands" else {"payload": json.dumps(envelope.payload)}
    return urllib.parse.urlencode(form).encode(), "application/x-www-form-urlencoded"


def retry_headers(envelope: Envelope) -> dict[str, str]:
    """Return the headers of a repeated event."""
    if not envelope.attempt:
        return {}
    reason = "http_timeout" if envelope.reason == "timeout" else envelope.reason
    return {"x-slack-retry-num": str(envelope.attempt), "x-slack-retry-reason": reason}


def decode(text: str) -> Json:
    """Return an answer's body: JSON, or plain words as `text`."""
    if not text.strip():
        return {}
    try:
        body = json.loads(text)
    except ValueError:
        return {"text": text}
    return body if isinstance(body, dict) else {}
