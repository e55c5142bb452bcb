"""Which names, paths, ids and ARNs do AWS's APIs accept?

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names
"""

from __future__ import annotations

import re
from typing import Final

from sts_tui.account.arn import ACCOUNT_DIGITS
from sts_tui.account.lazy_pattern import lazy_pattern

ACCOUNT_ID: Final = lazy_pattern(ACCOUNT_DIGITS)
NAME_CHARACTERS: Final = r"[\w+=,.@-]"
"""The characters of names in IAM, and of session names and source identities in STS; ASCII only."""
NAME: Final = lazy_pattern(f"{NAME_CHARACTERS}+", re.ASCII)
PATH: Final = lazy_pattern(r"/|/[\x21-\x7f]+/")
POLICY_PATH: Final = lazy_pattern(r"((/[A-Za-z0-9.,+@=_-]+)*)/")
UNIQUE_ID: Final = lazy_pattern(r"\w{16,128}", re.ASCII)
ACCESS_KEY_ID: Final = lazy_pattern(r"(AKIA|ASIA)\w{12,124}", re.ASCII)
ARN: Final = lazy_pattern(r"arn:[^:]+:[^:]+:[^:]*:[^:]*:.+", re.DOTALL)
SERIAL_NUMBER: Final = lazy_pattern(r"[\w+=/:,.@-]{9,256}", re.ASCII)
TAG_TEXT: Final = lazy_pattern(r"[^\x00-\x1f]*")
SESSION_NAME: Final = lazy_pattern(f"{NAME_CHARACTERS}{{2,64}}", re.ASCII)
VERSION_ID: Final = lazy_pattern(r"v[1-9][0-9]*(\.[A-Za-z0-9-]*)?")
ORGANIZATION_ID: Final = lazy_pattern(r"o-[a-z0-9]{10,32}")
NODE_ID: Final = lazy_pattern(r"r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}")
ACTION: Final = lazy_pattern(r"[A-Za-z0-9-]+:[A-Za-z0-9]+")


def is_xml_text(text: str) -> bool:
    """Whether an XML document can contain every character of the text. https://www.w3.org/TR/xml/#charsets"""
    return text.isprintable() or not any(
        (char < " " and char not in "\t\n\r") or "\ud800" <= char <= "\udfff" or char in "\ufffe\uffff"
        for char in text
    )
