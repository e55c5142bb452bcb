"""Which ARNs does a pattern of an ARN match?

There are two rules. The Arn condition operators compare each of the six segments separately. In a Resource
element, a `*` at the end of a segment also matches beyond the colon, so that `arn:aws:lambda:*:function:x`
covers a function in every Region and account; any other wildcard in the first five segments matches only
within its segment.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sts_tui.account.arn import ARN_SEGMENTS
from sts_tui.iam.patterns.wildcards import (
    Matcher,
    Token,
    Tokens,
    Wildcard,
    glob_of,
    matches_anything,
    utf16_units,
)
from sts_tui.start_up.named_tuple import NamedTuple


def arn_matcher(tokens: Tokens) -> Matcher | None:
    """The matcher of an ARN pattern, segment by segment; None if it has fewer than six segments.

    A wildcard in one of the first five segments does not match beyond its colon. In the sixth it also matches
    `:` and `/`.
    """
    segments = arn_segments(tokens)
    if len(segments) != ARN_SEGMENTS:
        return None
    if not any(map(_has_wildcard, segments[:-1])):
        return glob_of(tokens)
    return _by_segment(tuple(glob_of(segment) for segment in segments))


def crossing_arn_matcher(tokens: Tokens) -> Matcher | None:
    """The same, but a `*` at the end of a segment also matches beyond the colon."""
    segments = arn_segments(tokens)
    if len(segments) != ARN_SEGMENTS:
        return None
    if not any(_has_wildcard(_without_last_star(segment)) for segment in segments[:-1]):
        return glob_of(tokens)  # every wildcard may match anything
    return _bounded_matcher(segments)


def arn_segments(tokens: Tokens) -> list[Tokens]:
    """The tokens, split at the first five colons."""
    segments: list[list[Token]] = [[]]
    for token in tokens:
        if not isinstance(token, str):
            segments[-1].append(token)
            continue
        first, *rest = token.split(":", ARN_SEGMENTS - len(segments))
        segments[-1].append(first)
        segments.extend([part] for part in rest)
    return [tuple(part for part in segment if part != "") for segment in segments]


def _has_wildcard(segment: Iterable[Token]) -> bool:
    return any(isinstance(token, Wildcard) for token in segment)


def _without_last_star(segment: Tokens) -> Tokens:
    return segment[:-1] if segment and segment[-1] is Wildcard.RUN else segment


def _by_segment(matchers: tuple[Matcher, ...]) -> Matcher:
    tests = tuple((i, match) for i, match in enumerate(matchers) if match is not matches_anything)

    def matches(text: str) -> bool:
        segments = text.split(":", ARN_SEGMENTS - 1)
        if len(segments) != ARN_SEGMENTS:
            return False
        for i, match in tests:  # noqa: SIM110 - twice as fast as all() with a generator, on the hottest path
            if not match(segments[i]):
                return False
        return True

    return matches


class _Step(NamedTuple):
    """One character of a pattern. `unit` None: any character. `bounded`: any except a colon."""

    unit: str | None
    bounded: bool


def _bounded_matcher(segments: Sequence[Tokens]) -> Matcher:
    """A matcher for wildcards of which some must not match a colon. It tracks all positions in the pattern
    together, with one bit for each (Thompson's simulation), so that the time is at most proportional to the
    lengths of pattern and text.

    https://swtch.com/~rsc/regexp/regexp1.html
    """
    wanted: list[_Step] = []
    runs: dict[int, bool] = {}  # position in the pattern → whether the `*` there stops at a colon
    for number, segment in enumerate(segments):
        is_last = number == ARN_SEGMENTS - 1
        for index, token in enumerate(segment):
            if token is Wildcard.RUN:
                runs[len(wanted)] = not is_last and index < len(segment) - 1
            else:
                wanted.extend(_steps(token, bounded=not is_last))
        if not is_last:
            wanted.append(_Step(":", False))
    known = {step.unit for step in wanted if step.unit is not None} | {":"}
    moves = {unit: _bits(i for i, step in enumerate(wanted) if _accepts(step, unit)) for unit in known}
    other = _bits(i for i, step in enumerate(wanted) if step.unit is None)
    stay = _bits(runs)
    stay_at_colon = _bits(place for place, bounded in runs.items() if not bounded)
    goal = 1 << len(wanted)

    def matches(text: str) -> bool:
        state = 1
        for unit in utf16_units(text):
            kept = state & (stay_at_colon if unit == ":" else stay)
            state = (state & moves.get(unit, other)) << 1 | kept
            if not state:
                return False
        return bool(state & goal)

    return matches


def _steps(token: Token, *, bounded: bool) -> Iterator[_Step]:
    if isinstance(token, Wildcard):
        yield _Step(None, bounded)
    else:
        for unit in utf16_units(token):
            yield _Step(unit, False)


def _accepts(step: _Step, unit: str) -> bool:
    if step.unit is None:
        return not (step.bounded and unit == ":")
    return step.unit == unit


def _bits(places: Iterable[int]) -> int:
    bits = 0
    for place in places:
        bits |= 1 << place
    return bits
