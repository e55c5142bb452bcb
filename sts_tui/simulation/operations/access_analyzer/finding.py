"""What is a finding of IAM Access Analyzer about a policy, before it is placed in the text?

Type and sentence of each check come from AWS's reference and are in `policy_checks.json` by issue code. If a
check has several sentences, a word after the code distinguishes them.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final, Literal

from msgspec import Struct

from sts_tui.account.diagnostics.json_path import Steps

FindingType = Literal["ERROR", "SECURITY_WARNING", "SUGGESTION", "WARNING"]
ERROR: Final[FindingType] = "ERROR"


class Finding(Struct, frozen=True):
    """One finding. `steps`: the path of the element; `is_key`: whether it is about the element's name;
    `also`: the paths of further elements.
    """

    code: str
    kind: FindingType
    details: str
    steps: Steps = ()
    is_key: bool = False
    also: tuple[Steps, ...] = ()


def finding(
    check: str,
    steps: Steps = (),
    *,
    is_key: bool = False,
    also: tuple[Steps, ...] = (),
    words: Mapping[str, object] | None = None,
    **more: object,
) -> Finding:
    """The finding of a check of AWS's reference. `words` and `more` fill the placeholders of its sentence, by
    name.
    """
    kind, sentence = checks()[check]
    details = sentence.format(**(words or {}), **more)
    return Finding(check.partition(" ")[0], kind, details, steps, is_key, also)


@cache
def checks() -> Mapping[str, tuple[FindingType, str]]:
    """Every check that is made, by issue code: its type, and its sentence with placeholders in braces."""
    text = files(__package__).joinpath("policy_checks.json").read_text(encoding="utf-8")
    return {code: (kind, sentence) for code, (kind, sentence) in json.loads(text).items()}
