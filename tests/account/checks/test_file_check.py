"""Which documents of a file go through the rules one by one, and which are compared with a type?"""

from __future__ import annotations

import json
from collections import Counter

import pytest

from sts_tui.account.checks import file_check
from sts_tui.account.policies.policy_kind import PolicyKind
from tests.accounts.policies import allow, policy


def test_few_documents_go_through_the_rules_because_types_take_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_check, "_WORTH_COMPILING", 2)
    monkeypatch.setattr(file_check, "_seen", Counter())
    document = json.dumps(policy(allow("s3:GetObject"))).encode()
    compared = [file_check._is_plainly_valid(document, PolicyKind.MANAGED) for _ in range(4)]
    assert compared == [False, False, True, True]
