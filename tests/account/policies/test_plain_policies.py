"""What is accepted in one call breaks no rule."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sts_tui.account.policies.plain_policies import is_plainly_valid
from sts_tui.account.policies.policy_grammar import review_policy
from sts_tui.account.policies.policy_kind import PolicyKind

GRANT: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Read",
            "Effect": "Allow",
            "Action": ["s3:Get*", "sts:AssumeRole"],
            "Resource": ["arn:aws:s3:::bucket/*", "arn:aws:iam::111122223333:role/App"],
            "Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8"]}},
        },
        {"Sid": "All", "Effect": "Deny", "Action": "*", "Resource": "*"},
    ],
}
TRUST: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "One",
            "Effect": "Allow",
            "Principal": {"AWS": ["arn:aws:iam::111122223333:root", "*"], "Service": "ec2.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Condition": {"StringEquals": {"sts:ExternalId": "x"}},
        },
        {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"},
    ],
}
_TEXTS = [
    "",
    "*",
    "*:*",
    "x",
    "s3",
    "s3:",
    ":x",
    "s3:a:b",
    "a b:c",
    "S3:Get",
    "sts:assumerole",
    "sts:*",
    "arn:aws:s3:::",
    "arn:aws:s3:eu-west-1::x",
    "arn:aws:s3:eu-west-1:111122223333:x",
    "arn:aws:iam::1:x/y",
    "arn:aws:iam:eu-west-1:1:role/x",
    "arn:aws:*:::x",
    "arn:aws::::x",
    "arn:aws:sqs:r:a",
    "arn:xxx:sqs:::q",
    "arn:aws:iam::111122223333:role/a*",
    "arn:aws:iam::111122223333:user/x",
    "arn:aws:iam::111122223333:group/x",
    "arn:aws:iam::*:root",
    "AIDAABCDEFGHIJKLMNOPQ",
    "ec2",
    "Read",
    "One",
    "a-b",
    "Read\n",
    "*\n",
    "é",
    "allow",
]
ODD: tuple[Any, ...] = (
    *_TEXTS,
    *(None, True, 1, [], ["*"], [[]], [None], {}, {"x": 1}),
    *({"AWS": "*"}, {"AWS": []}, {"AWS": None}, {"Federated": "x"}),
    *(
        {"Bool": {"aws:x": "true"}},
        {"Bool": {"x": "true"}},
        {"Boo": {}},
        {"IpAddress": {"aws:SourceIp": "x"}},
    ),
)
IDENTITY = (PolicyKind.ROLE_INLINE, PolicyKind.USER_INLINE, PolicyKind.GROUP_INLINE, PolicyKind.MANAGED)


def changed(value: Any) -> Iterator[Any]:
    """The value with one of its parts replaced, left out or added."""
    yield from ODD
    if isinstance(value, dict):
        for more in ("Sid", "Id", "Principal", "NotAction", "NotResource", "Resource", "Condition", "Other"):
            if more not in value:
                yield from ({**value, more: each} for each in ("x", "*"))
        for key, part in value.items():
            yield {other: kept for other, kept in value.items() if other != key}
            yield from ({**value, key: each} for each in changed(part))
    elif isinstance(value, list):
        yield value[0]
        for index, part in enumerate(value):
            yield [*value, part]
            yield from ([*value[:index], each, *value[index + 1 :]] for each in changed(part))


def is_valid(document: object, kind: PolicyKind) -> bool:
    return is_plainly_valid(msgspec.json.encode(document), kind)


@pytest.mark.parametrize(
    ("document", "kind"), [*((GRANT, kind) for kind in IDENTITY), (TRUST, PolicyKind.TRUST)]
)
def test_what_is_accepted_breaks_no_rule(document: dict[str, Any], kind: PolicyKind) -> None:
    assert is_valid(document, kind)
    accepted = refused = 0
    for each in changed(document):
        if is_valid(each, kind):
            accepted += 1
            assert review_policy(copy.deepcopy(each), kind) == (), each
        else:
            refused += 1
    assert accepted > 20
    assert refused > 200


@pytest.mark.parametrize("kind", [kind for kind in PolicyKind if kind not in (*IDENTITY, PolicyKind.TRUST)])
def test_other_types_are_left_to_the_rules(kind: PolicyKind) -> None:
    assert not is_valid(GRANT, kind)


def test_the_compiled_types_end_cleanly() -> None:
    """msgspec 0.22 frees the memory of some types twice, which only the debug allocator shows."""
    program = (
        "from sts_tui.account.checks import plain_objects\n"
        "from sts_tui.account.policies import plain_policies\n"
        "import msgspec\n"
        "for name in plain_objects.COMPARED:\n"
        "    msgspec.json.Decoder(plain_objects._plain_type(name), dec_hook=plain_objects._checked)\n"
        f"for document in ({json.dumps(TRUST)!r}, {json.dumps(GRANT)!r}):\n"
        "    for is_trust in (True, False):\n"
        "        try:\n"
        "            plain_policies._decoder(is_trust).decode(document)\n"
        "        except msgspec.ValidationError:\n"
        "            pass\n"
    )
    command = [sys.executable, "-X", "dev", "-W", "ignore", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[3], check=False)
    assert (done.returncode, done.stderr) == (0, "")
