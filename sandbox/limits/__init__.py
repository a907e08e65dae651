"""What Slack refuses, and with which error: limits on messages, views, blocks and texts. Pure functions over JSON.

- ``shapes``: the little language of checks, and ``Problem``;
- ``text``, ``elements``, ``rich_text``, ``blocks``: Block Kit, one table a level;
- ``messages``, ``views``: the two things an app sends;
- ``answers``: from problems to Slack's error envelope.

Values come as JSON already read. Lengths are counted in characters (code points), sizes in UTF-8 bytes.
"""

from sandbox.limits.answers import as_response
from sandbox.limits.blocks import Surface
from sandbox.limits.messages import ephemeral_problems, kept_text, message_problems, update_problems
from sandbox.limits.shapes import Problem
from sandbox.limits.text import suggestion_problems
from sandbox.limits.views import view_problems

__all__ = [
    "Problem",
    "Surface",
    "as_response",
    "ephemeral_problems",
    "kept_text",
    "message_problems",
    "suggestion_problems",
    "update_problems",
    "view_problems",
]
