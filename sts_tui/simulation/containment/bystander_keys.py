"""Which other long-term access keys does a cut leave unaffected, and which lose access?

Considered are the other keys of the user whose key or session leaked, which a Deny on `aws:userid` or on the
user also denies, and the keys of other users if a cut edits one of their policies or the organization. Keys
that a workload signs with are left out, because the workload's requests are counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import Final

from msgspec import Struct

from sts_tui.account.entities import User
from sts_tui.simulation.containment.bystanders import Touched
from sts_tui.simulation.containment.credential_use import MAY_BE_ALLOWED, Asked, keys_of_workload
from sts_tui.simulation.containment.holder import Holder
from sts_tui.simulation.containment.possible_requests import caller_of, chosen, permitted
from sts_tui.simulation.world import World
from sts_tui.sts.authenticate import access_keys

_MOST_USERS: Final = 50
"""How many users are evaluated for one cut, in the order of the file: a cut at the organization concerns all
of them.
"""
_MOST_REQUESTS: Final = 20
"""How many example requests are evaluated for one key."""


class KeysAfter(Struct, frozen=True):
    """What a cut does to the keys."""

    denied: Mapping[str, str]
    """What denies a key something that it may do now, by the key's name: `access key …A2 of ci`."""
    spared: tuple[str, ...]
    """Names of the other keys of the holder's user that lose nothing."""


class BystanderKeys:
    """The active keys that are neither leaked nor used by a workload."""

    def __init__(self, holder: Holder, world: World, seed: int) -> None:
        self._holder = holder
        self._world = world
        self._seed = seed
        self._now: dict[str, tuple[Asked, ...]] = {}

    def after(self, after: World, touched: Touched) -> KeysAfter:
        """Evaluate the keys that the cut could concern."""
        denied: dict[str, str] = {}
        spared = []
        for user, key in self._concerned(touched):
            name = f"access key {key} of {user.user_name}"
            by = self._denied_by(user, key, after)
            if by is not None:
                denied[name] = by
            elif user.arn == self._holder.user:
                spared.append(name)
        return KeysAfter(denied, tuple(spared))

    def _concerned(self, touched: Touched) -> Iterator[tuple[User, str]]:
        users = self._world.in_force.users
        own = [self._holder.user] if self._holder.user in users else []
        if touched.everyone:
            others = list(islice(users, _MOST_USERS))
        else:
            others = [arn for arn in users if arn in touched.principals][:_MOST_USERS]
        for arn in dict.fromkeys([*own, *others]):
            user = users[arn]
            for key, is_active in access_keys(user).items():
                if is_active and key not in self._not_asked:
                    yield user, key

    @cached_property
    def _not_asked(self) -> frozenset[str]:
        world = self._world
        signing = (key for name in world.workloads for key in keys_of_workload(name, world))
        return frozenset((*self._holder.keys, *signing))

    def _denied_by(self, user: User, key: str, after: World) -> str | None:
        """What denies the key something that it may do now; None if it loses nothing."""
        for one in self._allowed_now(user.arn, key):
            verdict, by = one.answer(after, self._seed)
            if verdict not in MAY_BE_ALLOWED:
                return by
        return None

    def _allowed_now(self, arn: str, key: str) -> tuple[Asked, ...]:
        found = self._now.get(key)
        if found is None:
            asked = islice(dict.fromkeys(permitted(arn, key, self._world)), _MOST_REQUESTS)
            caller, plain = caller_of(arn, key, self._world), Asked(key, "", "")
            probes = [chosen(plain, *pair, caller, self._world) for pair in asked]
            found = tuple(one for one in probes if one.is_allowed(self._world, self._seed))
            self._now[key] = found
        return found
