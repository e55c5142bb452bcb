"""How does the text of a tour become steps? Every error is located, and all are reported together.

`docs/tours.md` describes the same grammar in prose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from sts_tui.account.diagnostics.diagnostic import Diagnostic
from sts_tui.account.diagnostics.suggestions import did_you_mean
from sts_tui.account.format.patterns import ACTION
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.account.loading.bounded_file import read_bounded_text
from sts_tui.account.values import FIRST_INSTANT
from sts_tui.tours.reading import settings, steps
from sts_tui.tours.reading.errors import StepError, TourError, UnreadableTourError
from sts_tui.tours.reading.request_context import read_context_word
from sts_tui.tours.reading.step_order import errors_of_order
from sts_tui.tours.reading.substitutions import has_substitution
from sts_tui.tours.reading.words import logical_lines, split_words, without_continuations

_RESOURCE = lazy_pattern(r"\*|arn:.+")
_FILE_NAME = lazy_pattern(r"[\w-][\w.-]{0,199}")


def read_tour(path: Path, name: str | None = None) -> steps.Tour:
    """The tour in a UTF-8 file; raises TourError with every error, UnreadableTourError if it is not text."""
    name = name or str(path)
    try:
        text = read_bounded_text(path, "utf-8-sig", accepts_pipe=True)
    except UnicodeDecodeError as error:
        raise UnreadableTourError(
            [Diagnostic(file=name, message=f"is not UTF-8 text (byte {error.start})")]
        ) from None
    except OSError as error:
        raise UnreadableTourError(
            [Diagnostic(file=name, message=(error.strerror or str(error)).lower())]
        ) from None
    except ValueError as error:  # a NUL in the path
        raise UnreadableTourError([Diagnostic(file=name, message=str(error))]) from None
    return parse_tour(text, name)


def parse_tour(text: str, name: str) -> steps.Tour:
    """The tour written in `text`; raises TourError with every error, each with its line."""
    return _tour(list(logical_lines(text)), name)


def parse_commands(commands: Sequence[str], name: str = "-c") -> steps.Tour:
    """A tour from single steps (`run -c STEP -c STEP`), numbered in order. Raises TourError with every error
    in them.
    """
    whole = [without_continuations(command).strip() for command in commands]
    return _tour(list(enumerate(whole, 1)), name)


def _tour(numbered: Sequence[tuple[int, str]], name: str) -> steps.Tour:
    lines: list[steps.TourLine] = []
    diagnostics: list[Diagnostic] = []
    for number, text in numbered:
        try:
            lines.append(steps.TourLine(number=number, text=text.strip(), step=parse_step(text)))
        except StepError as error:
            diagnostics.append(error.at(name, number))
    for number, misplaced in errors_of_order(lines, is_whole=not diagnostics):
        diagnostics.append(misplaced.at(name, number))
    if diagnostics:
        raise TourError(sorted(diagnostics, key=lambda diagnostic: diagnostic.line))
    return steps.Tour(name=name, lines=tuple(lines))


def parse_step(text: str) -> steps.Step:
    """One step from one line, which backslashes may continue over several; raises StepError."""
    line = without_continuations(text).strip().removeprefix("$ ")  # the prompt in a pasted line
    if (unsplit := _parse_text(line)) is not None:
        return unsplit
    words = split_words(line)
    if not words:
        raise StepError("the step is empty")
    for word in words:
        has_substitution(word)  # raises for an open brace
    return _parse_words(words)


def _parse_text(line: str) -> steps.Step | None:
    """A step whose text is the rest of the line as written; None for other steps. Raises StepError."""
    verb, *rest = line.split(maxsplit=1)[:2] or [""]
    text = rest[0] if rest else ""
    match verb:
        case "say":
            return steps.Say(text)
        case "scene" if not text:
            raise StepError("write scene NAME", "scene The credentials leak")
        case "scene":
            return steps.Scene(text)
        case "note" if not text:
            raise StepError("write note TEXT…", "note Wait for the second denial.")
        case "note":
            return steps.Note(text)
        case _:
            return None


def _parse_words(words: Sequence[str]) -> steps.Step:
    verb, rest = words[0], words[1:]
    if verb == "try":
        return _parse_try(rest)
    parse = _VERBS.get(verb)
    if parse is None:
        hint = did_you_mean(verb, (*_VERBS, *_UNSPLIT, "try"))
        raise StepError(f"there is no step {verb!r}", hint or "steps are " + ", ".join(VERBS))
    return parse(rest)


def _parse_try(words: Sequence[str]) -> steps.Step:
    parse = _CALLS.get(words[0]) if words else None
    if parse is None:
        raise StepError(
            "try must precede aws, request, revoke, cut, signin or signout",
            "try request s3:GetObject arn:aws:s3:::acme/x",
        )
    return parse(words[1:], may_fail=True)


def _one(words: Sequence[str], usage: str) -> str:
    """The only word of a step that takes one."""
    if len(words) != 1 or not words[0]:
        extra = f", found {len(words)} words: quote what belongs together" if len(words) > 1 else ""
        raise StepError(f"write {usage}{extra}")
    return words[0]


def _none(words: Sequence[str], verb: str) -> None:
    if words:
        raise StepError(f"{verb} takes nothing after it, found {words[0]!r}")


def _parse_account(words: Sequence[str]) -> steps.Account:
    if not words:
        raise StepError("write account FILE…")
    return steps.Account(tuple(words))


def _parse_set(words: Sequence[str]) -> steps.Set:
    if len(words) != 2:
        raise StepError("write set NAME VALUE", "names are " + ", ".join(settings.names()))
    name, value = words
    if not has_substitution(value):
        settings.check(name, value)
    return steps.Set(name, value)


def _parse_as(words: Sequence[str]) -> steps.As:
    return steps.As(_one(words, "as WHO"))


def _parse_aws(words: Sequence[str], may_fail: bool = False) -> steps.Aws:
    from sts_tui.tours.reading.aws_line import (
        read_aws_line,  # imports the shape tables: on first use
    )

    read_aws_line(words)
    return steps.Aws(tuple(words), may_fail)


def _parse_request(words: Sequence[str], may_fail: bool = False) -> steps.Request:
    if len(words) < 2:
        raise StepError(
            "write request ACTION RESOURCE [key=value…]", "request s3:GetObject arn:aws:s3:::acme-data/x"
        )
    action, resource, *pairs = words
    if not has_substitution(action) and not ACTION.fullmatch(action):
        raise StepError(f"{action!r} is not an action", "service:Action, for example s3:GetObject")
    if not has_substitution(resource) and not _RESOURCE.fullmatch(resource):
        raise StepError(
            f"{resource!r} is not a resource", "an ARN, or * where the action has no resource types"
        )
    context = tuple(read_context_word(pair, action) for pair in pairs)
    return steps.Request(action, resource, context, may_fail)


def _parse_revoke(words: Sequence[str], may_fail: bool = False) -> steps.Revoke:
    return steps.Revoke(_one(words, "revoke ROLE"), may_fail)


def _parse_sign_in(words: Sequence[str], may_fail: bool = False) -> steps.SignIn:
    match list(words):
        case ["portal", who, *rest] if who and len(rest) <= 2:
            set_, account = (*rest, "", "")[:2]
            return steps.SignIn("portal", who, set_, account, may_fail)
        case ["console" | "cli" as kind, who] if who:
            return steps.SignIn(kind, who, may_fail=may_fail)
        case ["app", pool, *rest, "as", role] if pool and role and len(rest) <= 1:
            return steps.SignIn("app", (*rest, "")[0], role, may_fail=may_fail, pool=pool)
        case ["app", pool, *rest] if pool and len(rest) <= 1:
            return steps.SignIn("app", (*rest, "")[0], may_fail=may_fail, pool=pool)
        case ["certificate", who, role] if who and role:
            return steps.SignIn("certificate", who, role, may_fail=may_fail)
        case ["pod", place] if place:
            return steps.SignIn("pod", place, may_fail=may_fail)
        case _:
            raise StepError(
                "write signin portal USER [SET [ACCOUNT]], signin console WHO, signin cli WHO, "
                "signin app POOL [PROVIDER/USER] [as ROLE], signin certificate PROVIDER/USER ROLE or "
                "signin pod CLUSTER/NAMESPACE/SERVICE-ACCOUNT[/POD]",
                "signin portal ann@acme.example Admin prod",
            )


def _parse_sign_out(words: Sequence[str], may_fail: bool = False) -> steps.SignOut:
    match list(words):
        case ["portal" | "console" | "cli" as kind, who] if who:
            return steps.SignOut(kind, who, may_fail)
        case _:
            raise StepError(
                "write signout portal USER, signout console WHO or signout cli WHO",
                "it ends sign-in sessions; issued credentials still work",
            )


def _parse_incident(words: Sequence[str]) -> steps.Incident:
    return steps.Incident(_one(words, "incident WHO"))


def _parse_cut(words: Sequence[str], may_fail: bool = False) -> steps.Cut:
    match list(words):
        case [who, "by", ids] if who and all(ids.split(",")):
            return steps.Cut(who, tuple(ids.split(",")), may_fail)
        case _:
            raise StepError("write cut WHO by ID[,ID…]", "incident WHO lists the ids: cut App by revoke-role")


def _parse_wait(words: Sequence[str]) -> steps.Wait:
    match list(words):
        case ["until", who, "expires"]:
            return steps.WaitUntilExpires(who)
        case ["until", instant]:
            if not has_substitution(instant):
                from sts_tui.tours.reading.durations import parse_instant

                parse_instant(instant, FIRST_INSTANT)  # any time will do: a time of day is also valid
            return steps.WaitUntil(instant)
        case [duration] if duration != "until":
            if not has_substitution(duration):
                from sts_tui.tours.reading.durations import parse_duration

                parse_duration(duration)
            return steps.WaitFor(duration)
        case _:
            raise StepError("write wait DURATION, wait until TIME or wait until WHO expires")


def _parse_expect(words: Sequence[str]) -> steps.Expect:
    from sts_tui.tours.reading.expectation_grammar import parse_expect

    return parse_expect(words)


def _parse_animate(words: Sequence[str]) -> steps.Animate:
    if list(words) not in ([], ["off"]):
        raise StepError("write animate or animate off")
    return steps.Animate(is_on=not words)


def _parse_leak(words: Sequence[str]) -> steps.Leak:
    return steps.Leak(_one(words, "leak ROLE"))


def _parse_game_day(words: Sequence[str]) -> steps.GameDay:
    from sts_tui.tours.reading.game_grammar import parse_game_day  # imported on first use

    return parse_game_day(words)


def _parse_attack(words: Sequence[str]) -> steps.Attack:
    from sts_tui.tours.reading.game_grammar import parse_attack

    return parse_attack(words, _parse_words)


def _parse_score(words: Sequence[str]) -> steps.ShowScore:
    _none(words, "score")
    return steps.ShowScore()


def _parse_pause(words: Sequence[str]) -> steps.PauseWorkload:
    return steps.PauseWorkload(_one(words, "pause WORKLOAD"))


def _parse_resume(words: Sequence[str]) -> steps.PauseWorkload:
    return steps.PauseWorkload(_one(words, "resume WORKLOAD"), is_paused=False)


def _parse_undo(words: Sequence[str]) -> steps.Undo:
    _none(words, "undo")
    return steps.Undo()


def _parse_redo(words: Sequence[str]) -> steps.Redo:
    _none(words, "redo")
    return steps.Redo()


_MODIFIERS: Final = frozenset(("ctrl", "shift", "alt", "super", "hyper", "meta"))
_KEYS: Final = (
    *("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete", "backspace"),
    *("enter", "return", "tab", "space", "escape", *(f"f{number}" for number in range(1, 25))),
    *("slash", "backslash", "at", "minus", "plus", "underscore", "less_than_sign", "greater_than_sign"),
)
"""Keys by Textual's names, and the characters whose Textual name differs from Unicode's.
https://textual.textualize.io/guide/input/#key
"""


def _parse_press(words: Sequence[str]) -> steps.Press:
    if not words:
        raise StepError("write press KEY…", "for example press down down enter")
    for word in words:
        if not _is_key(word):
            raise StepError(f"there is no key {word!r}", did_you_mean(word, _KEYS))
    return steps.Press(tuple(words))


def _is_key(word: str) -> bool:
    """Whether `word` is a character, a key or a character by Textual's name, with modifiers before it."""
    *modifiers, key = word.split("+") if len(word) > 1 else [word]
    return _MODIFIERS.issuperset(modifiers) and (len(key) == 1 or key in _KEYS or _is_character(key))


def _is_character(name: str) -> bool:
    from unicodedata import lookup
    from unicodedata import name as name_of

    try:
        return bool(
            name_of(lookup(name.replace("_", " ")), "")
        )  # control characters have only aliases (`esc`)
    except KeyError:
        return False


def _parse_type(words: Sequence[str]) -> steps.Type:
    if not words:
        raise StepError("write type TEXT")
    return steps.Type(" ".join(words))


def _parse_focus(words: Sequence[str]) -> steps.Focus:
    wanted = _one(words, "focus PANE").casefold()
    pane = steps.PANES[int(wanted) - 1] if wanted in {"1", "2", "3", "4", "5"} else wanted
    if pane not in steps.PANES:
        hint = did_you_mean(pane, steps.PANES) or "panes are 1 to 5, or " + ", ".join(steps.PANES)
        raise StepError(f"there is no pane {words[0]!r}", hint)
    return steps.Focus(pane)


def _parse_shot(words: Sequence[str]) -> steps.Shot:
    name = _one(words, "shot NAME")
    if not _FILE_NAME.fullmatch(name):
        raise StepError(f"{name!r} cannot name a picture", "up to 200 letters, digits, '.', '_' and '-'")
    return steps.Shot(name)


_CALLS: Mapping[str, Callable[..., steps.Step]] = {
    "aws": _parse_aws,
    "request": _parse_request,
    "revoke": _parse_revoke,
    "cut": _parse_cut,
    "signin": _parse_sign_in,
    "signout": _parse_sign_out,
}

_VERBS: Mapping[str, Callable[[Sequence[str]], steps.Step]] = {
    "account": _parse_account,
    "set": _parse_set,
    "as": _parse_as,
    **_CALLS,
    "incident": _parse_incident,
    "wait": _parse_wait,
    "expect": _parse_expect,
    "animate": _parse_animate,
    "leak": _parse_leak,
    "gameday": _parse_game_day,
    "attack": _parse_attack,
    "score": _parse_score,
    "pause": _parse_pause,
    "resume": _parse_resume,
    "undo": _parse_undo,
    "redo": _parse_redo,
    "press": _parse_press,
    "type": _parse_type,
    "shot": _parse_shot,
    "focus": _parse_focus,
}

_UNSPLIT: Final = ("say", "scene", "note")

VERBS = tuple(sorted((*_VERBS, *_UNSPLIT, "try")))
"""The first words of all steps, for completion."""
