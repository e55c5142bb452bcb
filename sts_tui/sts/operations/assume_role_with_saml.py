"""How is AssumeRoleWithSAML simulated? The user in an identity provider's assertion gets a session. The call
is not signed.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final, cast

from sts_tui.account.entities import IdentityProvider, Role, SAMLProvider
from sts_tui.account.format.patterns import SESSION_NAME
from sts_tui.account.json_value import Json
from sts_tui.account.role_durations import HIGHEST_MAXIMUM, SHORTEST_SESSION
from sts_tui.account.sign_in import SAML_ATTRIBUTE_PREFIX
from sts_tui.sts.denials import access_denied, invalid_identity_token, not_validated
from sts_tui.sts.errors import AwsError
from sts_tui.sts.federation.assumed_providers import assumed_saml_provider
from sts_tui.sts.federation.federated_attributes import checked_source_identity, stated_tags
from sts_tui.sts.federation.saml_assertions import (
    SamlAssertion,
    parse_response,
    refuse_audience,
    refuse_stale,
    stated_issuer,
    verified_assertion,
)
from sts_tui.sts.federation.saml_condition_keys import session_context, trust_context
from sts_tui.sts.identity import CallerIdentity, federated_identity
from sts_tui.sts.issuing.origin_identity import propagated_context, propagation_member
from sts_tui.sts.issuing.role_sessions import RoleSessionPlan, duration, issue_role_session
from sts_tui.sts.issuing.role_trust import authorize_on_role, find_role, role_account
from sts_tui.sts.issuing.session_policies import requested_policies
from sts_tui.sts.issuing.tags import SessionTags
from sts_tui.sts.operation import Answer, Call
from sts_tui.sts.regions import refuse_region

if TYPE_CHECKING:
    from sts_tui.sts import api_shapes as shapes

ACTION: Final = "sts:AssumeRoleWithSAML"
_TAG_PREFIX: Final = f"{SAML_ATTRIBUTE_PREFIX}PrincipalTag:"


def assume_role_with_saml(
    call: Call[shapes.AssumeRoleWithSAMLRequest],
) -> Answer[shapes.AssumeRoleWithSAMLResponse]:
    """Verify the assertion, evaluate only the trust policy, and issue a session of the role."""
    account = role_account(call.params["RoleArn"])
    _refuse_other_principal(call.params["PrincipalArn"])
    refuse_region(call, account)
    provider, assertion = _verified(call)
    directory = _directory(call, provider)
    label = f"{directory.name if directory else provider.name}/{assertion.subject}"
    caller = federated_identity(provider.arn, provider.arn.split(":")[4], label)
    role = find_role(call, ACTION, caller)
    _refuse_other_role(role, provider.arn, assertion, caller)
    plan = _authorized(call, role, provider, assertion, caller)
    session, common = issue_role_session(call, plan)
    response = cast(
        "shapes.AssumeRoleWithSAMLResponse",
        {
            **common,
            "Subject": assertion.subject,
            "SubjectType": assertion.subject_type,
            "Issuer": assertion.issuer,
            "Audience": assertion.recipient,
            "NameQualifier": plan.context["saml:namequalifier"],
            **propagation_member(plan.context),
        },
    )
    return Answer(response=response, sessions=(session,))


def _authorized(
    call: Call[shapes.AssumeRoleWithSAMLRequest],
    role: Role,
    provider: SAMLProvider,
    assertion: SamlAssertion,
    caller: CallerIdentity,
) -> RoleSessionPlan:
    """Read the assertion and evaluate the trust policy."""
    session_name = _session_name(assertion)
    tags = _tags(assertion)
    source_identity = checked_source_identity(
        assertion.one("SourceIdentity"), call.settings.source_identity_max_length
    )
    account = provider.arn.split(":")[4]
    propagated = propagated_context(
        provider, assertion.single, lambda: assertion.signing_key_hash, call.configuration
    )
    asked = {
        "sts:RoleSessionName": session_name,
        **trust_context(assertion, account, provider.name),
        **propagated,
    }
    authorize_on_role(
        call, ACTION, role, context=asked, tags=tags, source_identity=source_identity, caller=caller
    )
    kept: dict[str, Json] = {**session_context(assertion, account, provider.name), **propagated}
    if call.settings.federated_provider_for_saml:
        kept["aws:FederatedProvider"] = provider.arn
    return RoleSessionPlan(
        operation="AssumeRoleWithSAML",
        role=role,
        session_name=session_name,
        seconds=_seconds(call, role, assertion),
        tags=tags,
        policies=requested_policies(call.params, role_account(role.arn), call.configuration),
        source_identity=source_identity,
        parent_label=caller.label,
        context=kept,
    )


def _refuse_other_principal(arn: str) -> None:
    """Raise AwsError unless PrincipalArn is that of a SAML provider: role and provider are easily swapped."""
    if ":iam::" not in arn or ":saml-provider/" not in arn:
        raise AwsError("ValidationError", "Principal ARN is invalid", hint=f"{arn} is not a SAML provider")


def _verified(call: Call[shapes.AssumeRoleWithSAMLRequest]) -> tuple[SAMLProvider, SamlAssertion]:
    """Parse the response, find the provider, and check issuer, signature and times, in this order."""
    root = parse_response(call.params["SAMLAssertion"])
    arn = call.params["PrincipalArn"]
    provider = call.configuration.saml_providers.get(arn) or assumed_saml_provider(
        call.identity_providers, arn
    )
    if provider is None:
        raise invalid_identity_token("Specified provider doesn't exist.")
    issuer, certificates = _known_signer(call, provider)
    if stated_issuer(root) != issuer:
        raise invalid_identity_token(
            "Issuer not present in specified provider", f"{provider.name} knows {issuer}"
        )
    assertion = verified_assertion(root, certificates)
    refuse_stale(assertion, call.now)
    if call.settings.enforce_saml_audience:
        refuse_audience(assertion)
    return provider, assertion


def _known_signer(
    call: Call[shapes.AssumeRoleWithSAMLRequest], provider: SAMLProvider
) -> tuple[str | None, Sequence[str]]:
    """Issuer and certificates in the provider's metadata, else those of the simulated identity provider."""
    from sts_tui.identity_providers.saml import saml_certificate
    from sts_tui.identity_providers.saml_metadata import certificates, entity_id

    directory = _directory(call, provider)
    uploaded = provider.saml_metadata_document
    found = certificates(uploaded) if uploaded else ()
    if directory is None and not found:
        hint = f"{provider.name} has no simulated identity provider"
        raise invalid_identity_token("Response signature invalid", hint)
    issuer = entity_id(uploaded) if uploaded else None
    if directory is None:
        return issuer, found
    return issuer or directory.issuer, found or (saml_certificate(directory),)


def _directory(
    call: Call[shapes.AssumeRoleWithSAMLRequest], provider: SAMLProvider
) -> IdentityProvider | None:
    """The simulated identity provider behind the account's provider."""
    found = call.identity_providers.get(provider.identity_provider or provider.name)
    return found if found is not None and found.type == "SAML" else None


def _refuse_other_role(
    role: Role, provider_arn: str, assertion: SamlAssertion, caller: CallerIdentity
) -> None:
    """Raise AwsError unless the assertion lists the pair of role and provider, in either order. Roles of
    Identity Center are refused.
    """
    offered = [set(pair.replace(" ", "").split(",")) for pair in assertion.aws("Role")]
    if {role.arn, provider_arn} not in offered:
        raise access_denied(ACTION, role.arn, caller, hint=f"the assertion does not list {role.arn}")
    if role.role_name.startswith("AWSReservedSSO_"):
        raise access_denied(
            ACTION, role.arn, caller, hint="roles of Identity Center cannot be assumed with SAML"
        )


def _session_name(assertion: SamlAssertion) -> str:
    name = assertion.one("RoleSessionName")
    if not name:
        raise invalid_identity_token("RoleSessionName is required in AuthnResponse")
    if not SESSION_NAME.fullmatch(name):
        raise invalid_identity_token("RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}")
    return name


def _tags(assertion: SamlAssertion) -> SessionTags:
    pairs: list[tuple[str, str]] = []
    for name, values in assertion.attributes.items():
        if name.startswith(_TAG_PREFIX):
            if len(values) != 1:
                raise not_validated(f"the tag {name[len(_TAG_PREFIX) :]} needs exactly one value")
            pairs.append((name[len(_TAG_PREFIX) :], values[0]))
    return stated_tags(pairs, assertion.aws("TransitiveTagKeys"))


def _seconds(call: Call[shapes.AssumeRoleWithSAMLRequest], role: Role, assertion: SamlAssertion) -> int:
    """The duration in seconds: the minimum of the requested duration, the SessionDuration attribute and the
    time to SessionNotOnOrAfter. It can be less than 900 seconds, the minimum of a request.
    """
    caps = [duration(call.params, role, is_chained=False)]
    if (stated := assertion.one("SessionDuration")) is not None:
        caps.append(_stated_duration(stated))
    if assertion.session_ends_at is not None:
        caps.append((assertion.session_ends_at - call.now) // timedelta(seconds=1))
    if min(caps) <= 0:
        raise AwsError("ExpiredTokenException", "Token must be redeemed within 5 minutes of issuance", 400)
    return min(caps)


def _stated_duration(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or not SHORTEST_SESSION <= int(text) <= HIGHEST_MAXIMUM:
        raise not_validated(
            f"SessionDuration is {text}, not between {SHORTEST_SESSION} and {HIGHEST_MAXIMUM}"
        )
    return int(text)
