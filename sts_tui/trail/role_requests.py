"""Which permissions did a recorded AssumeRole, AssumeRoleWithSAML or AssumeRoleWithWebIdentity need?

`sts:TagSession` with tags, `sts:SetSourceIdentity` with a source identity, then the operation itself, all in
the role's trust policy. The event has only issuer, audience and subject of a token or assertion. For the
holder of a certificate, Roles Anywhere calls AssumeRole: the tags of the request are those of its principal,
and the trust anchor, which is not in the event, is in the role's account.
https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import BUILT_IN_HOSTS, USER_ID_CLAIMS
from sts_tui.account.json_value import Json
from sts_tui.account.workload_identities import ROLES_ANYWHERE
from sts_tui.sts.issuing.tags import SessionTags, inherited_tags
from sts_tui.sts.session import Session
from sts_tui.trail.reading.containers import parsed_object
from sts_tui.trail.recorded import RecordedEvent
from sts_tui.trail.requests import Ask, Asked
from sts_tui.trail.sessions import tags_of
from sts_tui.trail.signer import Signer

_USER_ID_CLAIMS: Final = {BUILT_IN_HOSTS[kind]: claim for kind, claim in USER_ID_CLAIMS.items()}


def asked_of_role(
    event: RecordedEvent, signer: Signer, session: Session | None, configuration: Configuration
) -> Asked:
    """The needed permissions, in the order in which STS evaluates them. `session`: the caller's session."""
    request = parsed_object(event.request)
    role_arn = request.get("roleArn")
    if not isinstance(role_arn, str):
        return Asked(why_not="the event does not name the role (AWS leaves out the request of some denials)")
    role = configuration.roles.get(role_arn)
    if role is None:
        return Asked(why_not=f"the model does not have the role {role_arn}")
    tags = _tags(request, session)
    context: dict[str, Json] = {**tags.request_context(), **tags.role_tag_context(role.tags)}
    context |= _said(request, event)
    unknown: tuple[str, ...] = ()
    if event.name != "AssumeRole":
        stated_keys, unknown = federated_context(signer, event)
        context |= stated_keys
    if signer.kind == "AWSService" and signer.invoked_by == ROLES_ANYWHERE:
        context |= tags.principal_context()
        context["aws:SourceAccount"] = account_of(role_arn)
        unknown = ("aws:SourceArn",)
    source_identity = request.get("sourceIdentity") or (session.source_identity if session else None)
    actions = [f"sts:{event.name}"]
    if tags.are_set:
        actions.insert(0, "sts:TagSession")
    if isinstance(source_identity, str) and source_identity:
        context["sts:SourceIdentity"] = source_identity
        actions.insert(0, "sts:SetSourceIdentity")
    return Asked(
        asks=tuple(
            Ask(action=action, resource=role_arn, context=context, unknown=unknown) for action in actions
        )
    )


def _said(request: Mapping[str, Any], event: RecordedEvent) -> dict[str, Json]:
    context: dict[str, Json] = {}
    for name, key in (("roleSessionName", "sts:RoleSessionName"), ("externalId", "sts:ExternalId")):
        if isinstance(request.get(name), str):
            context[key] = request[name]
    if event.name == "AssumeRole" and request.get("serialNumber"):
        context |= {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "0"}
    return context


def _tags(request: Mapping[str, Any], session: Session | None) -> SessionTags:
    flagged = request.get("transitiveTagKeys")
    transitive = tuple(map(str, flagged)) if isinstance(flagged, list) else ()
    return SessionTags(
        passed=tuple(tags_of(request)), transitive=transitive, inherited=inherited_tags(session)
    )


def federated_context(signer: Signer, event: RecordedEvent) -> tuple[dict[str, Json], tuple[str, ...]]:
    """(condition keys from a token or assertion in the event, condition keys that are unknown).

    `principalId` is `provider:audience:subject` for a token, `nameQualifier:subject` for an assertion.
    """
    if signer.kind == "SAMLUser":
        qualifier, _, subject = signer.principal_id.partition(":")
        stated_keys = {"saml:namequalifier": qualifier, "saml:sub": subject}
        stated_keys |= {"saml:aud": event.audience, "saml:iss": event.issuer}
        return {key: value for key, value in stated_keys.items() if value}, ("saml:*",)
    provider = signer.provider or signer.principal_id.partition(":")[0]
    host = provider.partition(":oidc-provider/")[2] or provider
    rest = signer.principal_id.removeprefix(f"{provider}:")
    subject = signer.user_name or rest.rpartition(":")[2]
    audience = event.audience or rest.removesuffix(f":{subject}")
    stated_keys = {f"{host}:sub": subject, f"{host}:aud": audience}
    if host in _USER_ID_CLAIMS:
        stated_keys |= {f"{host}:app_id": audience, f"{host}:{_USER_ID_CLAIMS[host]}": subject}
    return {key: value for key, value in stated_keys.items() if value}, (f"{host}:*",)
