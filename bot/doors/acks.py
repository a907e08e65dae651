"""An answer over the socket: the SDK's envelope, its frame written at once and whole.

The SDK masks a frame byte by byte (0.06 ms for each 1,000 bytes, while no other thread runs), may
leave the rest of a long one unsent, and cannot frame more than 65,535 bytes.

Source: RFC 6455, sections 5.2 and 5.3; docs.slack.dev/apis/events-api/using-socket-mode.
"""

import json
import os
from contextlib import suppress

from slack_bolt import BoltResponse
from slack_sdk.errors import SlackClientNotConnectedError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.builtin.connection import Connection

WHOLE_TEXT, MASKED = 0x81, 0x80
SHORT, SHORTER_THAN_64_KIB, ANY = 125, 126, 127
CLOSED = "the socket to Slack is closed"


def answer(client: SocketModeClient, envelope_id: str, response: BoltResponse) -> None:
    """Acknowledge an envelope with what Bolt answered; what is not well is left for Slack to send again."""
    if response.status == 200:  # noqa: PLR2004 - well, in HTTP
        send(client, envelope(envelope_id, response))


def envelope(envelope_id: str, response: BoltResponse) -> str:
    """The text of an acknowledgement, with the answer's body as its payload if there is one."""
    named = json.dumps(envelope_id)
    if not response.body:
        return f'{{"envelope_id": {named}}}'
    is_json = response.first_headers().get("content-type", "").startswith("application/json")
    payload = response.body if is_json else json.dumps({"text": response.body})
    return f'{{"envelope_id": {named}, "payload": {payload}}}'


def send(client: SocketModeClient, text: str) -> None:
    """Write a text on the client's present connection, else on the one that replaces it.

    Raises:
        SlackClientNotConnectedError: there is none; Slack sends the envelope again.
    """
    try:
        _write(client.current_session, text)
    except SlackClientNotConnectedError:
        with client.connect_operation_lock:
            _write(client.current_session, text)


def _write(connection: Connection | None, text: str) -> None:
    if connection is None:
        raise SlackClientNotConnectedError(CLOSED)
    try:
        with connection.sock_send_lock:
            if connection.sock is None:
                raise SlackClientNotConnectedError(CLOSED)
            connection.sock.sendall(frame(text.encode(), os.urandom(4)))
    except OSError as error:
        hang_up(connection)  # part of a frame may be out: what came after it could not be read
        raise SlackClientNotConnectedError(CLOSED) from error


def hang_up(connection: Connection) -> None:
    """Close a connection that another thread may be closing too.

    The SDK asks whether there is a socket before it holds the locks; whoever comes second finds none.
    """
    with suppress(AttributeError):
        connection.disconnect()


def frame(payload: bytes, mask: bytes) -> bytes:
    """A text frame as a client sends it, masked with those four bytes."""
    size = len(payload)
    if size <= SHORT:
        head = bytes((WHOLE_TEXT, MASKED | size))
    elif size < 1 << 16:
        head = bytes((WHOLE_TEXT, MASKED | SHORTER_THAN_64_KIB)) + size.to_bytes(2)
    else:
        head = bytes((WHOLE_TEXT, MASKED | ANY)) + size.to_bytes(8)
    key = (mask * (size // 4 + 1))[:size]
    return head + mask + (int.from_bytes(payload) ^ int.from_bytes(key)).to_bytes(size)
