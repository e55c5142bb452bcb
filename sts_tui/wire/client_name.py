"""Which client sent a request? A short name from its User-Agent.

`aws-cli/1.46.3 md/Botocore#1.46.3 ua/2.1 …` is `aws-cli/1.46.3`; Terraform's name follows its partner prefix.
"""

from __future__ import annotations

import re
from typing import Final

_TOOLS: Final = re.compile(
    r"\b(Terraform|OpenTofu|Pulumi|aws-cdk|sam-cli|eksctl|kubectl)/(v?[\w.-]+)", re.IGNORECASE
)
_FIRST: Final = re.compile(r"([A-Za-z][\w.-]{0,30})/(v?[\w.-]{1,20})")


def client_name(user_agent: str) -> str:
    """The name and version of a client; empty if the User-Agent does not contain them."""
    found = _TOOLS.search(user_agent) or _FIRST.match(user_agent)
    if found is None:
        return ""
    name = found[1].lower() if found[1] in ("Boto3", "Botocore") else found[1]
    return f"{name}/{found[2]}"[:40]
