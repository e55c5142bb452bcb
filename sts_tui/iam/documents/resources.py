"""Which resources do the patterns of a Resource or NotResource match, including policy variables?

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from __future__ import annotations

from functools import lru_cache

from sts_tui.account.arn import ARN_SEGMENTS
from sts_tui.iam.conditions.operator import Scope
from sts_tui.iam.match import Resources, ResourceTest
from sts_tui.iam.patterns.partly_known import is_unknown
from sts_tui.iam.patterns.variables import Template, Variable, is_plain, substituted, template_of
from sts_tui.iam.patterns.wildcards import (
    Matcher,
    Tokens,
    Wildcard,
    glob_of,
    literal_head,
    starts_with,
    tokens_of,
)
from sts_tui.iam.request import Request


class RefusedResourceError(ValueError):
    """A pattern that AWS would not store."""


def compiled_resources(written: tuple[str, ...], negated: bool, scope: Scope) -> Resources:
    """Compile Resource or NotResource. Raises RefusedResourceError for a wildcard in an ARN's service."""
    literals, matchers, variable, heads = [], [], [], []
    for text in written:
        head, star, tail = text.partition("*")
        if not tail and head.count(":") >= ARN_SEGMENTS - 1 and "?" not in head and "$" not in head:
            heads.append(head)  # by far the most common: a complete ARN, or one with a single `*` at its end
            if star:
                matchers.append(starts_with(head))
            else:
                literals.append(text)
            continue
        template = _resource_template(text, scope)
        if _has_wildcard_service(text):
            raise RefusedResourceError(f"the service of {text} has a wildcard")
        heads.append(literal_head(template))
        if is_plain(template):
            matchers.append(_resource_matcher(template, scope.settings.trailing_wildcard_crosses_colons))
        else:
            variable.append(template)
    matches = _any_of(literals, matchers)
    begins_with = (
        ("",) if negated else tuple(heads)
    )  # a resource that NotResource covers may begin with anything
    if variable:
        test = _with_variables(matches, tuple(variable), negated, scope)
        return Resources(written, negated, test, begins_with)
    by_text = _negation_of(matches) if negated else matches
    return Resources(written, negated, _of_request(by_text), begins_with, by_text)


def _any_of(literals: list[str], matchers: list[Matcher]) -> Matcher:
    """A test whether a resource is one of the literals or matches one of the patterns."""
    if len(literals) == 1 and not matchers:
        return literals[0].__eq__
    if len(matchers) == 1 and not literals:
        return matchers[0]
    known, wild = frozenset(literals), tuple(matchers)
    if not wild:
        return known.__contains__

    def matches(resource: str) -> bool:
        if resource in known:
            return True
        for matcher in wild:  # noqa: SIM110 - any() with a generator takes three times as long, on the hottest path
            if matcher(resource):
                return True
        return False

    return matches


def matching_resource(resources: Resources, scope: Scope, request: Request) -> str | None:
    """The pattern, as written, that matches the resource of a request. For explanations. Raises
    RefusedResourceError.
    """
    for text in resources.written:
        test = compiled_resources((text,), False, scope).test
        if test is not None and test(request):
            return text
    return None


def _has_wildcard_service(text: str) -> bool:
    segments = text.split(":", 3)
    return len(segments) > 2 and ("*" in segments[2] or "?" in segments[2])


def _resource_template(text: str, scope: Scope) -> Template:
    """The template of a pattern. Variables count only after the fifth colon, where AWS allows them."""
    if not scope.has_variables or "${" not in text:
        return tokens_of(text)
    *head, resource = text.split(":", 5)
    if len(head) < 5:
        return tokens_of(text)
    before = tokens_of(":".join(head) + ":")
    return _joined((*before, *template_of(resource, wildcards=True)))


def literals_of(text: str, scope: Scope) -> tuple[str, ...]:
    """The literal parts of a pattern, in order. Every resource that it matches begins with the first (which
    may be empty) and contains the others after it.
    """
    template = _resource_template(text, scope)
    return (literal_head(template), *(part for part in template[1:] if isinstance(part, str)))


def _joined(template: Template) -> Template:
    """The template with neighboring literals joined, so that its first literal is as long as possible."""
    joined: list[str | Wildcard | Variable] = []
    for part in template:
        if isinstance(part, str) and joined and isinstance(last := joined[-1], str):
            joined[-1] = last + part
        else:
            joined.append(part)
    return tuple(joined)


@lru_cache(maxsize=8192)
def _resource_matcher(tokens: Tokens, crossing: bool) -> Matcher:
    """The matcher of one pattern. `crossing`: a `*` at the end of a segment also matches beyond the colon.
    Missing segments of an incomplete ARN are `*`.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """
    if tokens == (Wildcard.RUN,):
        return glob_of(tokens)
    from sts_tui.iam.patterns.arn_patterns import arn_matcher, arn_segments, crossing_arn_matcher

    segments = arn_segments(tokens)
    if 2 < len(segments) < 6:
        tokens = _joined(
            tokens + tuple(part for _ in range(6 - len(segments)) for part in (":", Wildcard.RUN))
        )  # type: ignore[assignment]  # no Variable in these
    matcher = crossing_arn_matcher(tokens) if crossing else arn_matcher(tokens)
    return matcher or glob_of(tokens)


def _negation_of(matches: Matcher) -> Matcher:
    return lambda resource: not matches(resource)


def _of_request(by_text: Matcher) -> ResourceTest:
    return lambda request: by_text(request.resource)


def covers_with_missing_variable(scope: Scope) -> bool:
    """Whether a NotResource entry whose variable has no value excludes nothing. AWS does not document this:
    in doubt a Deny matches and an Allow does not.
    """
    settings = scope.settings
    if scope.is_deny:
        return settings.not_resource_with_missing_variable_matches
    return settings.not_resource_with_missing_variable_allows


def _with_variables(
    matches: Matcher, templates: tuple[Template, ...], negated: bool, scope: Scope
) -> ResourceTest:
    settings = scope.settings
    excludes_nothing = covers_with_missing_variable(scope)
    crossing = settings.trailing_wildcard_crosses_colons

    def test(request: Request) -> bool | None:
        resource, is_undecided = request.resource, False
        if matches(resource):
            return not negated
        for template in templates:
            if any(isinstance(part, Variable) and is_unknown(part.key, request.values) for part in template):
                is_undecided = is_undecided or negated or _may_match(template, resource, crossing)
                continue
            tokens = substituted(
                template, request.values, wildcards_in_values=settings.wildcards_in_variable_values
            )
            if tokens is None:  # a variable has no value: the entry matches no resource
                if negated and not excludes_nothing:
                    return False
            elif _resource_matcher(_joined(tokens), crossing)(resource):
                return not negated
        return None if is_undecided else negated

    return test


def _may_match(template: Template, resource: str, crossing: bool) -> bool:
    """Whether the pattern can match for some values of its variables."""
    tokens = tuple(Wildcard.RUN if isinstance(part, Variable) else part for part in template)
    return _resource_matcher(tokens, crossing)(resource)
