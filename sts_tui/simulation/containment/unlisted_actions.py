"""What does a Deny that lists actions leave of an Allow with a wildcard?

If no request was made, one example stands for `s3:*`, and a Deny may list just that action: AWS's quarantine
policies list what a thief does first and leave the rest. So after a cut, actions that its new Deny statements
do not list are tried too.
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

from sts_tui.account.configuration import Configuration
from sts_tui.account.policies.vocabulary import actions_of
from sts_tui.iam.patterns.pattern_relations import covers
from sts_tui.simulation.authorization.example_requests import example_request
from sts_tui.simulation.authorization.policies import identity_documents
from sts_tui.simulation.reach.assume_rights import listed, statements_of

_SERVICES: Final = ("dynamodb", "s3", "sqs", "sns", "ec2", "lambda", "kms", "logs")
"""The services that are tried for `*`, each with its first unlisted actions."""
_MOST: Final = 3
"""How many actions are tried for each service of a pattern."""


def unlisted_requests(
    issuer: str, account: str, before: Configuration, after: Configuration
) -> Iterator[tuple[str, str]]:
    """(action, resource) that Allow statements with wildcards name and the Deny statements that are new after
    a cut do not. `account`: the id in place of a wildcard.
    """
    old = [one for one in _statements(issuer, before) if one.get("Effect") == "Deny"]
    new = [one for one in _statements(issuer, after) if one.get("Effect") == "Deny" and one not in old]
    denied = [pattern.lower() for one in new for pattern in map(str, listed(one.get("Action")))]
    if not denied or any(covers(pattern, "*") for pattern in denied):
        return
    for statement in _statements(issuer, before):
        if statement.get("Effect") != "Allow":
            continue
        for pattern in map(str, listed(statement.get("Action"))):
            for action in _left(pattern, denied):
                for resource in map(str, listed(statement.get("Resource"))[:_MOST]):
                    yield example_request(action, resource, {}, account, before)


def _left(pattern: str, denied: list[str]) -> Iterator[str]:
    """Actions that the pattern matches and that are not denied by name."""
    service, _, name = pattern.lower().partition(":")
    if "*" not in pattern and "?" not in pattern:
        return
    for each in _SERVICES if "*" in service else (service,):
        wanted = f"{each}:{name or '*'}"
        actions = (f"{each}:{action}" for action in actions_of(each))
        yield from islice(
            (
                action
                for action in actions
                if covers(wanted, action.lower()) and not any(covers(one, action.lower()) for one in denied)
            ),
            _MOST,
        )


def _statements(issuer: str, configuration: Configuration) -> list[Mapping[str, object]]:
    written = (each.written for each in identity_documents(issuer, configuration))
    return [one for each in written if each is not None for one in statements_of(each.document)]
