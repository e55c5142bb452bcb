"""Patterns of ARNs: which ARNs do they match, segment by segment?"""

from __future__ import annotations

from typing import Final

from sts_tui.iam.patterns.wildcards import Matcher, Token, Tokens, glob_of, matches_anything

ARN_SEGMENTS: Final = 6


def arn_matcher(tokens: Tokens) -> Matcher | None:
    """The matcher of an ARN pattern, segment by segment; None where it has fewer than six segments.

    A wildcard in one of the first five segments does not reach over its colon; in the sixth it spans `:`
    and `/`.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    """
    segments = arn_segments(tokens)
    if len(segments) != ARN_SEGMENTS:
        return None
    if all(isinstance(token, str) for segment in segments[:-1] for token in segment):
        return glob_of(tokens)
    return _by_segment(tuple(glob_of(segment) for segment in segments))


def arn_segments(tokens: Tokens) -> list[Tokens]:
    """The tokens parted at the first five colons."""
    segments: list[list[Token]] = [[]]
    for token in tokens:
        if not isinstance(token, str):
            segments[-1].append(token)
            continue
        first, *rest = token.split(":", ARN_SEGMENTS - len(segments))
        segments[-1].append(first)
        segments.extend([part] for part in rest)
    return [tuple(part for part in segment if part != "") for segment in segments]


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
