"""A wire to PostgreSQL that breaks on demand: before what is said reaches the server, or when it has answered."""

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, urlsplit

PIECE = 65536


@dataclass(frozen=True)
class Cut:
    """Break the wire at the next piece that holds `words`.

    `done`: the server gets it and does it, and only its answer is lost. `for_good`: nobody gets
    through until the wire comes back.
    """

    words: bytes
    done: bool
    for_good: bool = False


@dataclass
class Line:
    """One connection: the client's end, and the server's."""

    near: socket.socket
    far: socket.socket
    deaf: bool = False

    def drop(self) -> None:
        """Break it, also for whoever is waiting at an end."""
        for end in (self.near, self.far):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@dataclass
class Wire:
    """Listens on this machine, and passes on to a server's socket."""

    server: Path
    cut: Cut | None = None
    away: bool = False
    cuts: int = 0
    _door: socket.socket = field(init=False)
    _lines: list[Line] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._door = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for line in self._lines:
            line.drop()

    def url(self, database_url: str) -> str:
        """The same database, over this wire."""
        name, port = urlsplit(database_url).path, self._door.getsockname()[1]
        return f"postgresql://postgres@127.0.0.1:{port}{name}?sslmode=disable&gssencmode=disable"

    def _listen(self) -> None:
        while True:
            try:
                near, _ = self._door.accept()
            except OSError:
                return
            if self.away:
                near.close()
                continue
            far = socket.socket(socket.AF_UNIX)
            far.connect(str(self.server))
            line = Line(near, far)
            self._lines.append(line)
            for carry in (self._ask, self._answer):
                threading.Thread(target=carry, args=(line,), daemon=True).start()

    def _ask(self, line: Line) -> None:
        try:
            while piece := line.near.recv(PIECE):
                cut = self.cut
                if cut is None or cut.words not in piece:
                    line.far.sendall(piece)
                    continue
                self.cut, self.away, line.deaf = None, cut.for_good, True
                if cut.done:
                    line.far.sendall(piece)
                else:
                    self._break(line)
        except OSError:
            pass
        if not line.deaf:
            line.drop()

    def _answer(self, line: Line) -> None:
        try:
            while piece := line.far.recv(PIECE):
                if line.deaf:
                    self._break(line)
                    return
                line.near.sendall(piece)
        except OSError:
            pass
        line.drop()

    def _break(self, line: Line) -> None:
        self.cuts += 1
        if self.away:
            for each in self._lines:
                each.drop()
        line.drop()


def socket_of(database_url: str) -> Path:
    """The socket of a server of the tests."""
    [folder] = parse_qs(urlsplit(database_url).query)["host"]
    return Path(folder) / ".s.PGSQL.5432"
