"""What is delivered to the app, and how a delivery ends."""

import uuid
from dataclasses import dataclass, field

from sandbox.workspace import Json

ANSWERING = frozenset({"slash_commands", "view_submission", "block_suggestion", "block_actions"})


@dataclass(frozen=True)
class Envelope:
    """One delivery. `kind` is "events_api", "slash_commands" or "interactive"; `attempt` counts from 0."""

    kind: str
    payload: Json
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    attempt: int = 0
    reason: str = ""

    @property
    def name(self) -> str:
        """What the delivery is about, for the inspector and for faults."""
        if self.kind == "events_api":
            return str(self.payload["event"]["type"])
        return str(self.payload.get("command") or self.payload.get("type"))

    @property
    def accepts_response(self) -> bool:
        """Whether the acknowledgement may carry an answer."""
        return self.kind == "slash_commands" or self.name in ANSWERING


@dataclass(frozen=True)
class Answer:
    """How a delivery ended: `ok` when acknowledged, else `reason` says what went wrong, in Slack's words."""

    ok: bool
    body: Json = field(default_factory=dict)
    reason: str = ""
    no_retry: bool = False
