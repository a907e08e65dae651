"""The Web API's methods, one module per family. `METHODS` is the table: name → the function that answers.

`call.py` is what a function is given, `scopes.py` decides which scope a call needs.
"""

from collections.abc import Callable

from sandbox.api import (
    app,
    bookmarks,
    canvases,
    channels,
    chat,
    conversations,
    files,
    history,
    pins,
    reactions,
    scheduled,
    usergroups,
    users,
    views,
)
from sandbox.api.call import Call
from sandbox.workspace import Json

METHODS: dict[str, Callable[[Call], Json]] = {
    **app.METHODS,
    **bookmarks.METHODS,
    **canvases.METHODS,
    **channels.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **history.METHODS,
    **pins.METHODS,
    **reactions.METHODS,
    **scheduled.METHODS,
    **usergroups.METHODS,
    **users.METHODS,
    **views.METHODS,
}
