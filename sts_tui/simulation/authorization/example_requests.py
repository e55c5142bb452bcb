"""Which example requests does an Allow cover? Wildcards are filled in.

The action is one of AWS's lists that works on the resource; the resource is one of the model, else an
invented name (`example_resources`). A pattern that matches nothing in AWS's lists, such as that of a newer
service, is filled in with words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from sts_tui.account.configuration import Configuration
from sts_tui.iam.patterns.pattern_relations import covers
from sts_tui.simulation.authorization.example_resources import examples_of

_FILLED: Final = "any"
_SOME_ACTION: Final = "s3:GetObject"
_SOME_OBJECT: Final = "arn:aws:s3:::any-bucket/any-key"


def example_requests(
    action: str, resource: str, variables: Mapping[str, str], account: str, configuration: Configuration
) -> Iterator[tuple[str, str]]:
    """(action, resource) of possible requests that both patterns match: a first one, and another that a Deny
    of the first may not match. Empty patterns stand for NotAction and NotResource.

    `variables`: the caller's values by condition key in lower case; `account`: the id in place of a wildcard.
    """
    if resource in ("", "*"):
        if chosen := example_action(action, "*"):
            yield chosen, example_object(resource, chosen)
        return
    examples = examples_of(resource, variables, account, configuration)
    for group in (examples.first, examples.others):
        pairs = ((example_action(action, one), one) for one in group)
        pair = next((pair for pair in pairs if pair[0]), None)
        if pair is None:
            return
        yield pair


def example_request(
    action: str, resource: str, variables: Mapping[str, str], account: str, configuration: Configuration
) -> tuple[str, str]:
    """The first of these; an invented one if the lists have none. `variables`: by condition key, as in
    `example_requests`.
    """
    found = next(example_requests(action, resource, variables, account, configuration), None)
    if found is not None:
        return found
    chosen = _filled_action(action)
    if resource in ("", "*"):
        return chosen, example_object(resource, chosen)
    return chosen, examples_of(resource, variables, account, configuration).first[0]


@lru_cache(maxsize=4096)
def example_action(pattern: str, resource: str) -> str:
    """An action of AWS that the pattern matches and that works on the resource, the one with the shortest
    name: `iam:GetRole`. Empty if AWS has none.
    """
    from sts_tui.account.policies.vocabulary import actions_of, can_apply, knows_action

    service, _, name = (pattern or "*").partition(":")
    if name in ("", "*") and (resource == "*" or "*" in service):
        whole = _filled_action(pattern)
        if knows_action(whole) and can_apply(whole, (resource,)):
            return whole
        service = resource.split(":")[2] if "*" in service and resource.count(":") >= 5 else service
    if not ("*" in name or "?" in name) and name:
        return pattern if knows_action(pattern) and can_apply(pattern, (resource,)) else ""
    names = [one for one in actions_of(service.lower()) if covers((name or "*").lower(), one.lower())]
    fitting = [one for one in names if can_apply(f"{service}:{one}", (resource,))]
    return f"{service}:{min(fitting, key=lambda one: (len(one), one))}" if fitting else ""


def example_object(pattern: str, action: str) -> str:
    """The resource of an example request if the policy names every resource."""
    return _SOME_OBJECT if action == _SOME_ACTION and pattern in ("", "*") else "*"


def _filled_action(pattern: str) -> str:
    """An action that the pattern matches, of S3 if the pattern matches several services."""
    service, _, name = pattern.partition(":")
    if not name or "*" in service or pattern == "s3:*":
        return _SOME_ACTION
    return f"{service}:{name.replace('*', _FILLED.capitalize()).replace('?', 'x')}"
