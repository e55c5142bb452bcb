"""What does AWS's denial message say? `User: ARN is not authorized to perform: ACTION on resource: ARN
because …`

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

import re
from typing import Final

from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.account.regions import DEFAULT_REGION
from sts_tui.simulation.denials.denied_request import DeniedRequest

_SENTENCE: Final = lazy_pattern(
    r"User:\s+(?P<principal>arn:\S+|anonymous)\s+is\s+not\s+authorized\s+to\s+perform:\s+"
    r"(?P<action>[A-Za-z0-9-]+:[A-Za-z0-9]+)"
    r"(?:\s+on\s+resource:\s+(?P<quote>[\"']?)"
    r"(?P<resource>arn:[^\s\"']+|\*|(?:user|role|group|policy) [^\s\"']+|[^\s\"']+)(?P=quote))?"
    r"(?:\s+(?P<reason>(?:because\s+no\s+[\w -]+?\s+allows\s+the\s+\S+\s+action)"
    r"|(?:with\s+an\s+explicit\s+deny(?:\s+in\s+an?\s+[\w -]+?(?=$|[:.\n]|\s+Go\s+to)"
    r"(?::\s*(?P<policy>arn:\S+))?)?)))?",
    re.DOTALL,
)
_ENCODED: Final = lazy_pattern(r"Encoded authorization failure message:\s*([A-Za-z0-9_=-]+)")
_REGION: Final = lazy_pattern(r"https://([a-z0-9-]+)\.console\.aws\.amazon\.com/iam/home\?region=")
_LEFT_OUT: Final = ("context of the request (source IP, MFA, tags …): the defaults of the simulation",)


def denials_in(text: str) -> list[DeniedRequest]:
    """Every denial that a text quotes, in order."""
    found: list[DeniedRequest] = []
    region = _REGION.search(text)
    for one in _SENTENCE.finditer(text):
        denial = DeniedRequest(
            source="a denial text",
            principal=one["principal"],
            action=one["action"],
            resource=_resource(one["resource"], one["principal"]),
            reason=" ".join((one["reason"] or "").partition(": arn:")[0].split()),
            policy_arn=(one["policy"] or "").rstrip(".,"),
            region=region[1] if region else DEFAULT_REGION,
            missing=_LEFT_OUT if one["resource"] else (*_LEFT_OUT, "resource: *"),
        )
        found.append(denial)
    return found


def encoded_message_in(text: str) -> str | None:
    """The encoded message at the end of EC2's denials, or of a text that is only such a message."""
    if found := _ENCODED.search(text):
        return found[1]
    alone = text.strip()
    return alone if re.fullmatch(r"[A-Za-z0-9_=-]{60,}", alone) else None


def _resource(written: str | None, principal: str) -> str:
    """The ARN; IAM writes `user NAME` for an entity of the caller's own account, without its path."""
    resource = (written or "*").rstrip(".,;")
    kind, blank, name = resource.partition(" ")
    if not blank:
        return resource
    if name.startswith("arn:"):
        return name
    _, partition, _, _, account = principal.split(":")[:5]
    return f"arn:{partition}:iam::{account}:{kind}/{name}"
