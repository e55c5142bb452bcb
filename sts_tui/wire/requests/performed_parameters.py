"""Which parameters, with which types, does a performed operation get from a request?"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Final

from sts_tui.simulation.operations.requests import shape_of
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.errors import AwsError
from sts_tui.sts.shapes import Shape
from sts_tui.wire.messages import HttpRequest
from sts_tui.wire.requests.recognition import Recognized
from sts_tui.wire.signing.certificate_holder import CERTIFICATE, CHAIN

_OF_THE_PORTAL: Final = {
    "accessToken": "x-amz-sso_bearer_token",
    "accountId": "account_id",
    "roleName": "role_name",
    "nextToken": "next_token",
    "maxResults": "max_result",
}
"""Members of Identity Center's access portal with other names in its URLs and headers.
https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html
"""
_INTEGER: Final = re.compile(r"[+-]?\d{1,18}")
_SIGNATURE: Final = re.compile(rb"(<(?:\w+:)?SignatureValue[^>]*>)[^<]*")


def parameters_of(recognized: Recognized, request: HttpRequest) -> dict[str, object]:
    """The parameters by AWS's names, with the types of the operation's shape."""
    shape = shape_of(recognized.name)
    members = dict(recognized.members)
    if recognized.protocol == "rest-xml" and "Policy" in shape.members:
        members["Policy"] = request.body.decode("utf-8", "replace")
    given = {name: members[name] for name in shape.members if name in members}
    if recognized.name.startswith("sso:"):
        given |= {name: members[sent] for name, sent in _OF_THE_PORTAL.items() if sent in members}
    if recognized.name == "rolesanywhere:CreateSession":
        given |= _certificates(request)
    if recognized.name == "signin:CreateOAuth2Token":
        given = {"tokenInput": members}
    if recognized.protocol == "query":
        given = members
    return {name: _typed(shape.members.get(name), value) for name, value in given.items()}


def _certificates(request: HttpRequest) -> dict[str, object]:
    """The certificate for CreateSession: the one that signed the request, not one in the body."""
    chain = [one.strip() for one in request.header(CHAIN).split(",") if one.strip()]
    return {"cert": request.header(CERTIFICATE), **({"certificateChain": chain} if chain else {})}


def _typed(shape: Shape | None, value: object) -> object:
    """A text converted to the shape's type if possible; the shape check refuses other values."""
    match shape:
        case Shape(type="integer" | "long") if isinstance(value, str) and _INTEGER.fullmatch(value):
            return int(value)
        case Shape(type="boolean") if value in ("true", "false"):
            return value == "true"
        case Shape(type="list", member=member):
            if value == "":
                return []
            return [_typed(member, one) for one in (value if isinstance(value, list) else [value])]
        case Shape(type="structure", members=members) if isinstance(value, Mapping):
            return {name: _typed(members.get(name), one) for name, one in value.items()}
    return value


def without_foreign_signature(
    simulation: Simulation, action: str, params: dict[str, object], region: str
) -> dict[str, object]:
    """The parameters of an unsigned STS call without the signature of a token or assertion that is refused.

    A real token of a real provider may be sent by mistake, and calls are logged. A token that a simulated
    provider signed is kept, because AWS's refusal depends on its signature.
    """
    name = {
        "sts:AssumeRoleWithWebIdentity": "WebIdentityToken",
        "sts:AssumeRoleWithSAML": "SAMLAssertion",
    }.get(action)
    proof = None if name is None else params.get(name)
    if name is None or not isinstance(proof, str):
        return params
    bare = {**params, name: _without_signature(proof, is_saml=name == "SAMLAssertion")}
    refused = _refusal(simulation, action, params, region)
    return bare if refused is not None and refused == _refusal(simulation, action, bare, region) else params


def _refusal(
    simulation: Simulation, action: str, params: Mapping[str, object], region: str
) -> tuple[str, str] | None:
    try:
        simulation.preview(action, params, region=region)
    except AwsError as error:
        return error.code, error.message
    return None


def _without_signature(written: str, *, is_saml: bool) -> str:
    if not is_saml:
        head, dot, _ = written.rpartition(".")
        return head + dot + "AAAA" if dot else ""
    try:
        return b64encode(_SIGNATURE.sub(rb"\1AAAA", b64decode(written))).decode()
    except ValueError:
        return ""
