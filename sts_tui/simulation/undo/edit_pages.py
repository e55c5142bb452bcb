"""Many edits as one short text, and back: what each changed, some hundred bytes before deflating."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from zlib import compress, decompress

from sts_tui.account.configuration import Configuration
from sts_tui.simulation.frozen_json import from_json, to_json
from sts_tui.simulation.undo.configuration_deltas import Entities, applied, delta_of
from sts_tui.sts.session import Session


class Leg(NamedTuple):
    """One edit on the way from a configuration to another; each leg begins where the one before it ends."""

    command: str
    subject: str
    near: Configuration
    far: Configuration
    sessions: tuple[Session, ...]


def packed(legs: Iterable[Leg]) -> str:
    """Base64 of deflated JSON."""
    entries = []
    for leg in legs:
        delta = None if leg.far is leg.near else delta_of(leg.near, leg.far)  # a write may change nothing too
        entries.append([leg.command, leg.subject, delta, [to_json(session) for session in leg.sessions]])
    written = json.dumps(entries, separators=(",", ":")).encode()
    return b64encode(compress(written)).decode()


def unpacked(text: str, near: Configuration, sessions: Mapping[str, Session]) -> Iterator[Leg]:
    """The legs again, from a configuration that says what the first one's did. Configurations share every
    entity that the text does not name; sessions that are still in sight are the very same.
    """
    entities = Entities(near)
    for command, subject, delta, issued in json.loads(decompress(b64decode(text))):
        far = near if delta is None else applied(near, delta, entities)
        yield Leg(command, subject, near, far, tuple(_session(one, sessions) for one in issued))
        near = far


def _session(written: Any, sessions: Mapping[str, Session]) -> Session:
    read: Session = from_json(Session, written)
    return sessions.get(read.access_key_id, read)
