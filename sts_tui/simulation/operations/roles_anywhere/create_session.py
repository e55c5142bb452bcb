"""CreateSession: the holder of a certificate gets a session of a role. The service calls AssumeRole on behalf
of the holder: its principal needs `sts:AssumeRole`, `sts:TagSession` and `sts:SetSourceIdentity` in the
role's trust policy. The session name is the serial number of the certificate, its source identity the common
name, and its tags are fields of the certificate.
https://docs.aws.amazon.com/rolesanywhere/latest/userguide/authentication-create-session.html
https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html

Messages from public reports: `Certificate revoked`, `Untrusted signing certificate`, `Not authorized to set
roleSessionName.`, `Unable to assume role for …`, and what follows it. The other messages are ours.
https://github.com/aws/rolesanywhere-credential-helper/issues/108
https://github.com/aws/rolesanywhere-credential-helper/issues/19
https://github.com/aws/rolesanywhere-credential-helper/issues/77
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from msgspec.structs import replace

from sts_tui.account.entities import Role
from sts_tui.account.json_value import Json
from sts_tui.account.workload_identities import ROLES_ANYWHERE, AnywhereProfile, TrustAnchor, derived_uuid
from sts_tui.simulation.operations.roles_anywhere.anywhere_access import not_found
from sts_tui.simulation.operations.roles_anywhere.certificate_tags import certificate_tags
from sts_tui.simulation.operations.roles_anywhere.profiles import mappings_of
from sts_tui.simulation.operations.roles_anywhere.revocation_lists import authorities_of, revoking_list
from sts_tui.sts.errors import AwsError
from sts_tui.sts.identity import service_identity
from sts_tui.sts.issuing.role_sessions import RoleSessionPlan, issue_role_session
from sts_tui.sts.issuing.role_trust import authorize_on_role
from sts_tui.sts.issuing.session_policies import SessionPolicies, requested_policies
from sts_tui.sts.issuing.tags import SessionTags
from sts_tui.sts.operation import Answer, Call, Perform
from sts_tui.sts.session import Session, WorkloadProof

if TYPE_CHECKING:
    from sts_tui.identity_providers.certificates import CertificateFacts
    from sts_tui.sts.issuing.parameters import TokenParameters

ACTION: Final = "sts:AssumeRole"
_ORIGIN: Final = "aws:OriginIdentity/"


def create_session(call: Call) -> Answer:
    """Raises AccessDeniedException for a certificate that gets no session, ResourceNotFoundException for a
    missing trust anchor or profile.
    """
    params = call.params
    anchor, profile = _anchor(call), _profile(call)
    facts = _verified(call, anchor)
    role = _role(call, profile)
    name = _session_name(params, profile, facts)
    tags = _tags(profile, facts, role)
    source_identity = source_identity_of(facts, call)
    propagated = _propagated(profile, facts, role)
    context = {**trust_context(anchor, name), **propagated}
    caller = service_identity(ROLES_ANYWHERE)
    try:
        authorize_on_role(
            call, ACTION, role, context=context, tags=tags, source_identity=source_identity, caller=caller
        )
        plan = RoleSessionPlan(
            operation="AssumeRole",
            role=role,
            session_name=name,
            seconds=_seconds(call, profile, role),
            tags=tags,
            policies=_policies(call, profile, role),
            source_identity=source_identity,
            parent_label=holder_label(call, anchor, facts),
            context=propagated,
        )
        session, response = issue_role_session(cast("Call[TokenParameters]", call), plan)
    except AwsError as error:
        said = "" if error.decision is not None or error.code == "AccessDenied" else error.message
        raise _unable(role.arn, said, error) from None
    issued = _credential_set(session, role, response, source_identity)
    subject = subject_arn(anchor.arn, facts.subject_text)
    return Answer(
        response={"credentialSet": [issued], "subjectArn": subject},
        sessions=(replace(session, proof=_proof(anchor, profile, facts)),),
        subject=role.arn,
    )


def _tags(profile: AnywhereProfile, facts: CertificateFacts, role: Role) -> SessionTags:
    """The session tags from the certificate, according to the profile's mappings."""
    mapped = certificate_tags(facts, mappings_of(profile))
    if mapped.failure:
        raise _unable(role.arn, mapped.failure)
    return SessionTags(passed=mapped.tags)


def _proof(anchor: TrustAnchor, profile: AnywhereProfile, facts: CertificateFacts) -> WorkloadProof:
    return WorkloadProof(
        kind="certificate",
        through=anchor.arn,
        profile=profile.arn,
        subject=facts.subject_text,
        serial=facts.serial,
        issuer=facts.issuer_text,
    )


def _credential_set(
    session: Session, role: Role, response: Mapping[str, Any], source_identity: str | None
) -> dict[str, Json]:
    """AWS's CredentialResponse, from the response of AssumeRole."""
    credentials = response["Credentials"]
    return {
        "assumedRoleUser": {"arn": session.arn, "assumedRoleId": session.user_id},
        "credentials": {
            "accessKeyId": credentials["AccessKeyId"],
            "expiration": credentials["Expiration"],
            "secretAccessKey": credentials["SecretAccessKey"],
            "sessionToken": credentials["SessionToken"],
        },
        "packedPolicySize": response.get("PackedPolicySize", 0),
        "roleArn": role.arn,
        **({"sourceIdentity": source_identity} if source_identity else {}),
    }


def trust_context(anchor: TrustAnchor, session_name: str) -> dict[str, Json]:
    """The condition keys with which the trust policy is evaluated, without tags and source identity."""
    return {
        "sts:RoleSessionName": session_name,
        "aws:SourceArn": anchor.arn,
        "aws:SourceAccount": anchor.arn.split(":")[4],
    }


def source_identity_of(facts: CertificateFacts, call: Call) -> str | None:
    """`CN=web`; None for a certificate without a common name."""
    if not facts.common_name:
        return None
    return f"CN={facts.common_name}" if call.settings.anywhere_source_identity_has_cn else facts.common_name


def subject_arn(anchor_arn: str, subject: str) -> str:
    """The ARN of a subject in Roles Anywhere."""
    head, account = anchor_arn.partition(":trust-anchor/")[0], anchor_arn.split(":")[4]
    return f"{head}:subject/{derived_uuid('subject', f'{account}/{subject}')}"


def holder_label(call: Call, anchor: TrustAnchor, facts: CertificateFacts) -> str:
    """`corp-ca/web-1` if the simulated authority has the certificate; else the name of its subject."""
    from sts_tui.identity_providers.certificate_authority import serial_number

    provider = call.identity_providers.get(anchor.identity_provider)
    for user in provider.users if provider is not None else ():
        if provider is not None and serial_number(provider, user) == facts.serial:
            return f"{provider.name}/{user.name}"
    return f"{anchor.name}/{facts.common_name or facts.serial}"


def _anchor(call: Call) -> TrustAnchor:
    arn = call.params["trustAnchorArn"]
    anchor = call.configuration.trust_anchors.get(arn)
    if anchor is None:
        raise not_found(TrustAnchor, arn)
    if not anchor.enabled:
        raise _denied("Trust anchor is disabled.", f"{anchor.name} is disabled")
    return anchor


def _profile(call: Call) -> AnywhereProfile:
    arn = call.params["profileArn"]
    profile = call.configuration.anywhere_profiles.get(arn)
    anchor = call.params["trustAnchorArn"]
    if profile is None:
        raise not_found(AnywhereProfile, arn)
    if arn.split(":")[3:5] != anchor.split(":")[3:5]:
        raise _denied("Trust anchor and profile are not in one account and Region.")
    if not profile.enabled:
        raise _denied("Profile is disabled.", f"{profile.name} is disabled")
    return profile


def _verified(call: Call, anchor: TrustAnchor) -> CertificateFacts:
    """The contents of the certificate, after checking that it is valid. Raises AccessDeniedException."""
    from sts_tui.identity_providers.certificates import (
        InvalidCertificateError,
        certificate_facts,
        verify_chain,
    )

    authorities = authorities_of(anchor, call.identity_providers)
    if not authorities:
        raise _denied("Untrusted signing certificate", f"the file has no certificate for {anchor.name}")
    try:
        facts = certificate_facts(call.params["cert"])
        verify_chain(call.params["cert"], call.params.get("certificateChain") or (), authorities, call.now)
    except InvalidCertificateError as error:
        raise _denied("Untrusted signing certificate", str(error)) from None
    if not facts.begins <= call.now <= facts.ends:
        hint = f"it is valid from {facts.begins:%Y-%m-%d %H:%M:%S} to {facts.ends:%Y-%m-%d %H:%M:%S}"
        raise _denied("Certificate expired or not yet valid", hint)
    crl = revoking_list(facts.serial, anchor, authorities, call.configuration)
    if crl is not None:
        raise _denied("Certificate revoked", f"the revocation list {crl.name} names its serial number")
    return facts


def _role(call: Call, profile: AnywhereProfile) -> Role:
    arn = call.params["roleArn"]
    if arn not in profile.role_arns:
        raise _unable(arn, hint=f"the profile {profile.name} does not list the role")
    role = call.configuration.roles.get(arn)
    if role is None:
        raise _unable(arn, hint=f"there is no role {arn}")
    return role


def _session_name(params: Mapping[str, Any], profile: AnywhereProfile, facts: CertificateFacts) -> str:
    asked = params.get("roleSessionName")
    if asked and not profile.accept_role_session_name:
        hint = f"acceptRoleSessionName of {profile.name} is false"
        raise _denied("Not authorized to set roleSessionName.", hint)
    return str(asked or facts.serial)


def _seconds(call: Call, profile: AnywhereProfile, role: Role) -> int:
    """The smaller of the requested duration and the profile's, in seconds. More than the role's maximum is
    refused or shortened, depending on the setting.
    """
    asked = call.params.get("durationSeconds")
    seconds = min(int(asked), profile.duration_seconds) if asked else profile.duration_seconds
    if seconds <= role.max_session_seconds:
        return seconds
    if not asked or call.settings.anywhere_shortens_to_role_maximum:
        return role.max_session_seconds
    raise AwsError(
        "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    )


def _policies(call: Call, profile: AnywhereProfile, role: Role) -> SessionPolicies:
    params: Any = {"PolicyArns": [{"arn": arn} for arn in profile.managed_policy_arns]}
    if profile.session_policy:
        params["Policy"] = profile.session_policy
    return requested_policies(params, role.arn.split(":")[4], call.configuration)


def _propagated(profile: AnywhereProfile, facts: CertificateFacts, role: Role) -> dict[str, Json]:
    """The keys of trusted identity propagation; empty for a profile that does not use it.
    https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_TipConfiguration.html
    """
    said = profile.tip_configuration or {}
    if said.get("status") != "ENABLED":
        return {}
    source = said.get("subjectSource", "x509Subject/CN")
    subject = next(iter(facts.uri), "") if source == "x509SAN/URI" else facts.common_name
    field, _, specifier = str(source).partition("/")
    if not subject or not {"*", specifier} & set(mappings_of(profile).get(field, ())):
        raise _unable(role.arn, hint=f"trusted identity propagation needs {source}, and it is not mapped")
    context: dict[str, Json] = {f"{_ORIGIN}Subject": subject}
    if kind := said.get("subjectType"):
        context[f"{_ORIGIN}SubjectType"] = kind
    return context


def _unable(role_arn: str, message: str = "", error: AwsError | None = None, hint: str = "") -> AwsError:
    said = f"Unable to assume role for {role_arn}. {message}".rstrip()
    decision = None if error is None else error.decision
    return _denied(said, hint or ("" if error is None else error.hint), decision)


def _denied(message: str, hint: str = "", decision: Any = None) -> AwsError:
    return AwsError("AccessDeniedException", message, 403, decision=decision, hint=hint)


PERFORMS: dict[str, Perform] = {"CreateSession": create_session}
