"""Identifiers as Slack writes them: a letter that says what it is, then a number.

They are counted, not drawn, so that two runs of a story name the same things alike. Tokens are drawn, begin as Slack's
do because SDKs look at the prefix, and say "sandbox" so that nobody takes one for a real secret.
"""

import secrets
import uuid
from collections import Counter


class Ids:
    """A counter per kind of thing: `new("C")` gives C0SB000001, C0SB000002 and so on."""

    def __init__(self) -> None:
        """Begin every count at one."""
        self._counts: Counter[str] = Counter()

    def new(self, prefix: str) -> str:
        """Return the next identifier beginning with `prefix` (T, U, C, D, B, A, V, S, Ev, Bk, Q, F)."""
        self._counts[prefix] += 1
        return f"{prefix}0SB{self._counts[prefix]:06d}"


def bot_token() -> str:
    """Draw a bot token."""
    return f"xoxb-sandbox-{secrets.token_hex(12)}"


def app_token() -> str:
    """Draw an app-level token."""
    return f"xapp-sandbox-{secrets.token_hex(12)}"


def signing_secret() -> str:
    """Draw a secret for signed requests."""
    return f"sandbox{secrets.token_hex(12)}"


def nonce() -> str:
    """Draw an unguessable word for tickets, addresses and hashes."""
    return secrets.token_hex(12)


def short_id() -> str:
    """Draw the short random word that Slack gives blocks and elements without an id."""
    return secrets.token_urlsafe(4)


def message_id() -> str:
    """Draw a `client_msg_id`."""
    return str(uuid.uuid4())
