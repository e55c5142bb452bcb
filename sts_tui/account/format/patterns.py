"""What do names, paths, ids and ARNs look like in AWS's APIs?

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names
"""

from __future__ import annotations

import re
from typing import Final

ACCOUNT_ID: Final = re.compile(r"[0-9]{12}")
NAME: Final = re.compile(r"[\w+=,.@-]+", re.ASCII)
PATH: Final = re.compile(r"/|/[\x21-\x7f]+/")
POLICY_PATH: Final = re.compile(r"((/[A-Za-z0-9.,+@=_-]+)*)/")
UNIQUE_ID: Final = re.compile(r"\w{16,128}", re.ASCII)
ACCESS_KEY_ID: Final = re.compile(r"(AKIA|ASIA)\w{12,124}", re.ASCII)
ARN: Final = re.compile(r"arn:[^:]+:[^:]+:[^:]*:[^:]*:.+", re.DOTALL)
SERIAL_NUMBER: Final = re.compile(r"[\w+=/:,.@-]{9,256}", re.ASCII)
TAG_TEXT: Final = re.compile(r"[^\x00-\x1f]*")
SESSION_NAME: Final = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
VERSION_ID: Final = re.compile(r"v[1-9][0-9]*(\.[A-Za-z0-9-]*)?")
ORGANIZATION_ID: Final = re.compile(r"o-[a-z0-9]{10,32}")
NODE_ID: Final = re.compile(r"r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}")
ACTION: Final = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9]+")


def is_xml_text(text: str) -> bool:
    """Whether an XML document can hold every character. https://www.w3.org/TR/xml/#charsets"""
    return text.isprintable() or not any(
        (char < " " and char not in "\t\n\r") or "\ud800" <= char <= "\udfff" or char in "\ufffe\uffff"
        for char in text
    )
