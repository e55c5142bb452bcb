"""How do the speaker's notes reach a second terminal? Over a private socket in the state folder.

The presentation listens; each terminal that connects gets the newest page, and every one after it: one JSON
object a line. Nothing is read from a terminal, so it cannot move the tour. Only its user can open the folder.
"""

from __future__ import annotations

import os
import socket
import stat
import threading
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct

from sts_tui.account.writing.crash_log import state_folder


class NotesPage(Struct, frozen=True, kw_only=True):
    """What the speaker reads now."""

    scene: int = 0
    """Counted from 1; 0 before the first."""
    scenes: int = 0
    scene_name: str = ""
    clock: str = ""
    """Simulated time, ISO 8601."""
    acting: str = ""
    said: str = ""
    """The narration that the audience reads."""
    step: str = ""
    """The step that was performed last, as written."""
    failed: str = ""
    """Why it did not go as the tour expects; empty where it did."""
    notes: tuple[str, ...] = ()
    following: str = ""
    """The step that the next key performs; empty at the end."""
    following_notes: tuple[str, ...] = ()


def socket_of(tour: Path) -> Path:
    """Where the presentation of this file listens."""
    name = sha256(os.fsencode(os.path.realpath(tour))).hexdigest()[:16]
    return state_folder() / "notes" / f"{name}.sock"


class NotesServer:
    """Hands pages to the terminals that follow a presentation."""

    def __init__(self, tour: Path) -> None:
        self._path = socket_of(tour)
        self._lock = threading.Lock()
        self._followers: list[socket.socket] = []
        self._newest = b""
        self._listener: socket.socket | None = None

    def begin(self) -> None:
        """Listens. Raises OSError where that is not possible; a socket that nothing serves is replaced."""
        if not hasattr(socket, "AF_UNIX"):
            raise OSError("this system has no Unix sockets")
        folder = self._path.parent
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if stat.S_IMODE(folder.stat().st_mode) & 0o077:
            folder.chmod(0o700)
        if self._path.exists():
            if is_served(self._path):
                raise OSError(f"this tour is already presented ({self._path})")
            self._path.unlink()
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            listener.bind(str(self._path))
            self._path.chmod(0o600)
            listener.listen()
        except OSError:
            listener.close()
            raise
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                follower, _ = listener.accept()
            except OSError:  # closed
                return
            follower.settimeout(1)
            with self._lock:
                self._followers.append(follower)
                self._send(follower, self._newest)

    def show(self, page: NotesPage) -> None:
        """Sends a page to all terminals that follow; one that does not read it is dropped."""
        content = msgspec.json.encode(page) + b"\n"
        with self._lock:
            if content == self._newest:
                return
            self._newest = content
            for follower in tuple(self._followers):
                self._send(follower, content)

    def _send(self, follower: socket.socket, content: bytes) -> None:
        try:
            follower.sendall(content)
        except OSError:
            self._followers.remove(follower)
            follower.close()

    def end(self) -> None:
        """Closes the connections and removes the socket."""
        if self._listener is None:
            return
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._path.unlink(missing_ok=True)
        with self._lock:
            for follower in self._followers:
                follower.close()
            self._followers.clear()


def is_served(path: Path) -> bool:
    """Whether a presentation listens on this socket."""
    probe = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        probe.settimeout(1)
        probe.connect(str(path))
    except OSError:
        return False
    finally:
        probe.close()
    return True
