"""How does the scripted attacker of a game day act? It makes its attempts through the same calls as any
caller.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from sts_tui.simulation.calls.ask import Ask
from sts_tui.simulation.calls.commands import Commands
from sts_tui.simulation.events import Verdict
from sts_tui.simulation.identities import ANONYMOUS, UnknownIdentityError, resolve
from sts_tui.simulation.state_store import StateStore
from sts_tui.simulation.time.schedule import Kind
from sts_tui.simulation.timetable import ANONYMOUS as NOT_SIGNED
from sts_tui.simulation.timetable import END, Attack, GameDay

NO_CREDENTIALS = "NoCredentials"
"""In place of AWS's error code if the attacker lacks the credentials for this attempt, so that no request is
made.
"""


def make_attempt(name: str, commands: Commands) -> None:
    """Make one attempt of an attack, given by its number, or end the game day."""
    store = commands.store
    game = store.standing.game_day
    if game is None:
        return
    if name == END:
        store.world = replace(store.world, game_day=replace(game, failed=store.failed_requests()))
        return
    attack = game.attacks[int(name)]
    if attack.is_theft:
        code, key = _taken(attack, store)
    else:
        code, key = _called(attack, game, commands)
    after = game.attempted(int(name), store.now, code, key)
    store.world = replace(store.world, game_day=after)
    if (at := after.due_at(name)) is not None:
        commands.schedule.add(at, Kind.GAME_DAY, name)


def _taken(attack: Attack, store: StateStore) -> tuple[str, str]:
    try:
        key = resolve(attack.who, store.world).access_key_id
    except UnknownIdentityError:
        key = None
    return ("200", key) if key else (NO_CREDENTIALS, "")


def _called(attack: Attack, game: GameDay, commands: Commands) -> tuple[str, str]:
    """(AWS's code, the access key id that the call issued or an empty text)."""
    caller = ANONYMOUS if attack.who == NOT_SIGNED else game.taken.get(attack.who)
    if caller is None:
        return NO_CREDENTIALS, ""
    ask = Ask(
        action=attack.action,
        params=attack.params,
        caller=caller,
        context=attack.context,
        region=attack.region,
        is_plain=attack.is_plain,
        session_label=attack.name or None,
        is_scripted=True,
    )
    result = commands.result_of(ask)
    commands.apply_result(ask, result)
    if result.error is not None:
        return result.error.code, ""
    if result.verdict is not Verdict.ALLOWED:
        return result.code, ""
    return "200", _issued(result.answer.response)


def _issued(response: Mapping[str, object]) -> str:
    """The access key id in an answer of STS, or of iam:CreateAccessKey."""
    for member in ("Credentials", "AccessKey"):
        part = response.get(member)
        if isinstance(part, Mapping) and isinstance(part.get("AccessKeyId"), str):
            return str(part["AccessKeyId"])
    return ""
