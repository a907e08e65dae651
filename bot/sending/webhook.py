"""Pages to a webhook, for when Slack is down or silent.

A POST of JSON that is signed as Standard Webhooks has it: the id is the same at every attempt, so
the receiver can tell a repeat. Source: standardwebhooks.com, the specification.
"""

import hashlib
import json
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

from bot.doors.hook_signature import signed
from bot.machine import SystemClock
from bot.sending.carriers import WEBHOOK, Addressed, OutcomeUnknownError, RefusedError, UnavailableError

SECONDS = 10
TOO_MANY, SERVER = 429, 500


class _NoRedirects(HTTPRedirectHandler):
    """A redirect would send the page to an address nobody gave."""

    def redirect_request(self, *_args: object) -> None:
        return None


class Webhook:
    """Posts to whatever address a message has."""

    def __init__(self, secret: bytes) -> None:
        """`secret` signs, if there is one."""
        self._secret = secret

    def deliver(self, key: str, message: Addressed) -> str:
        """Post a message; gives its id."""
        name = f"msg_{hashlib.sha256(key.encode()).hexdigest()[:32]}"
        told = {"type": "page", "key": key, "subject": message.subject, "text": message.text}
        body = json.dumps(told, ensure_ascii=False).encode()
        request = Request(message.address, body, self._headers(name, body), method="POST")  # noqa: S310 - checked at import
        try:
            with _opener(message.address).open(request, timeout=SECONDS):
                return name
        except HTTPError as error:
            raise _answered(error) from error
        except (URLError, OSError, HTTPException) as error:
            raise _broken(error) from error

    def _headers(self, name: str, body: bytes) -> dict[str, str]:
        stamp = str(int(SystemClock().now().timestamp()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Vakt",
            "webhook-id": name,
            "webhook-timestamp": stamp,
        }
        if self._secret:
            headers["webhook-signature"] = signed(self._secret, name, stamp, body)
        return headers


def _opener(address: str) -> OpenerDirector:
    here = [ProxyHandler({})] if urlsplit(address).scheme == "http" else []
    return build_opener(_NoRedirects, *here)


def _answered(error: HTTPError) -> Exception:
    """429 and 5xx pass; of any other answer the receiver would say the same again."""
    if error.code == TOO_MANY:
        after = error.headers.get("Retry-After", "")
        return UnavailableError(WEBHOOK, "HTTP 429", float(after) if after.isdecimal() else None)
    if error.code >= SERVER:
        return OutcomeUnknownError(f"webhook: HTTP {error.code}", answered=True)
    return RefusedError(f"webhook: http_{error.code}")


def _broken(error: Exception) -> Exception:
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, ConnectionRefusedError):
        return UnavailableError(WEBHOOK, str(reason))
    return OutcomeUnknownError(f"webhook: {reason}")
