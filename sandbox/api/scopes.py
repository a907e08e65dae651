"""Which scope a call needs. Conversation methods need the one for the kind of conversation they touch."""

from sandbox.api.call import Call
from sandbox.workspace import Conversation

FAMILY = {"channel": "channels:", "private": "groups:", "im": "im:", "mpim": "mpim:"}
KINDS = {"public_channel": "channels:", "private_channel": "groups:", "im": "im:", "mpim": "mpim:"}
UNSCOPED = frozenset({"none"})


def missing_scope(call: Call) -> str | None:
    """Return the scope that is `needed` and not granted, or None when the call may go on.

    The reference lists scopes of which one is enough; of a conversation's scopes only those of its kind count.
    """
    granted = set(call.world.manifest.scopes)
    for family in families(call):
        accepted = [scope for scope in call.method.scopes if scope.startswith(family)]
        if accepted and not granted & set(accepted):
            return accepted[0] if len(accepted) == 1 else ",".join(accepted)
    return None


def families(call: Call) -> list[str]:
    """Return the beginnings of the scopes that count; each must be granted. "" stands for any scope of the method."""
    name = call.method.name
    if not name.startswith(("conversations.", "users.conversations")) or name == "conversations.canvases.create":
        return [""]
    if name in {"conversations.list", "users.conversations"}:
        return [KINDS[one] for one in call.names("types") or ["public_channel"] if one in KINDS]
    if name == "conversations.create":
        return ["groups:"] if call.flag("is_private") else ["channels:"]
    if name == "conversations.open" and call.given("users"):
        return ["im:"] if len(call.names("users")) == 1 else ["mpim:"]
    return _of_place(call.find(call.text("channel")))


def _of_place(where: Conversation | None) -> list[str]:
    return [""] if where is None else [FAMILY[where.kind]]
