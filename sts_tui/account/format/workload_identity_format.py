"""Which keys do trust anchors, profiles and CRLs of Roles Anywhere, and pod identity associations have in an
account file?
"""

from __future__ import annotations

import re
from typing import Final

from sts_tui.account import workload_identities
from sts_tui.account.arn import ACCOUNT_DIGITS
from sts_tui.account.format.patterns import ARN
from sts_tui.account.format.rows import (
    boolean,
    instant,
    integer,
    json_object,
    json_objects,
    object_format,
    session_policy,
    text,
    text_by_key,
    texts,
)
from sts_tui.account.format.value_kind import KeyFormat, ObjectFormat
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.account.role_durations import HIGHEST_MAXIMUM, SHORTEST_SESSION

_UUID: Final = lazy_pattern(r"[a-f0-9]{8}-([a-z0-9]{4}-){3}[a-z0-9]{12}")
_NAME: Final = lazy_pattern(r"[ a-zA-Z0-9_-]+")
_CLUSTER: Final = lazy_pattern(r"[0-9A-Za-z][A-Za-z0-9_-]*", re.ASCII)


def _arn(kind: str) -> re.Pattern[str]:
    return lazy_pattern(rf"arn:aws(-[^:]+)?:rolesanywhere:[^:]*:{ACCOUNT_DIGITS}:{kind}/[^/]+")


_TRUST_ANCHOR: Final = _arn("trust-anchor")
_NAMED: Final = text("name", "name", pattern=_NAME, required=True, most=255)
_ENABLED: Final = boolean("enabled", "enabled", about="Default true.")
_COMMON: Final[tuple[KeyFormat, ...]] = (
    instant("createdAt", "created_at"),
    instant("updatedAt", "updated_at"),
    json_objects("tags", "tags", about='`[{"key": "…", "value": "…"}]`', most=200),
    text("aliasName"),
    text("aliasArn"),
)

WORKLOAD_IDENTITY_FORMATS: Final[tuple[ObjectFormat, ...]] = (
    object_format(
        "TrustAnchor",
        workload_identities.TrustAnchor,
        _NAMED,
        text("trustAnchorArn", "arn", pattern=_TRUST_ANCHOR, about="Derived, in us-east-1."),
        text("trustAnchorId", "trust_anchor_id", pattern=_UUID, about="Derived."),
        text(
            "IdentityProvider",
            "identity_provider",
            about="The simulated certificate authority (an identity provider of type `X509`) that it trusts.",
        ),
        json_object(
            "source",
            "source",
            about='`{"sourceType": "CERTIFICATE_BUNDLE", "sourceData": {"x509CertificateData": "PEM"}}`. '
            "Default: the certificate of `IdentityProvider`.",
        ),
        _ENABLED,
        boolean("crlDpRevocationEnabled"),
        json_objects("notificationSettings"),
        *_COMMON,
        identity="trustAnchorArn",
        about="One item of `aws rolesanywhere list-trust-anchors`.",
    ),
    object_format(
        "Profile",
        workload_identities.AnywhereProfile,
        _NAMED,
        text("profileArn", "arn", pattern=_arn("profile"), about="Derived, in us-east-1."),
        text("profileId", "profile_id", pattern=_UUID, about="Derived."),
        texts("roleArns", "role_arns", about="The roles that a certificate can get.", most=250),
        _ENABLED,
        session_policy("sessionPolicy", "session_policy"),
        texts("managedPolicyArns", "managed_policy_arns", most=50),
        integer(
            "durationSeconds",
            "duration_seconds",
            minimum=SHORTEST_SESSION,
            maximum=HIGHEST_MAXIMUM,
            about="Default 3600.",
        ),
        boolean("acceptRoleSessionName", "accept_role_session_name", about="Default false."),
        boolean("requireInstanceProperties", "require_instance_properties", about="AWS does not use it."),
        json_objects(
            "attributeMappings",
            "attribute_mappings",
            about='`[{"certificateField": "x509Subject", "mappingRules": [{"specifier": "CN"}]}]`. '
            "Absent: AWS's default.",
        ),
        json_object(
            "tipConfiguration",
            "tip_configuration",
            about='Trusted identity propagation: `{"status": "ENABLED", "subjectSource": "x509Subject/CN"}`.',
        ),
        text("createdBy", "created_by"),
        *_COMMON,
        identity="profileArn",
        about="One item of `aws rolesanywhere list-profiles`.",
    ),
    object_format(
        "Crl",
        workload_identities.CertificateRevocationList,
        _NAMED,
        text("crlArn", "arn", pattern=_arn("crl"), about="Derived, in us-east-1."),
        text("crlId", "crl_id", pattern=_UUID, about="Derived."),
        text("trustAnchorArn", "trust_anchor_arn", required=True, about="An ARN, or the name of an anchor."),
        text("crlData", "crl_data", required=True, most=400_000, about="PEM, or the base64 of it."),
        _ENABLED,
        *_COMMON,
        identity="crlArn",
        about="One item of `aws rolesanywhere list-crls`.",
    ),
    object_format(
        "PodIdentityAssociation",
        workload_identities.PodIdentityAssociation,
        text("clusterName", "cluster_name", pattern=_CLUSTER, required=True, most=100),
        text("namespace", "namespace", required=True),
        text("serviceAccount", "service_account", required=True),
        text(
            "roleArn",
            "role_arn",
            pattern=ARN,
            about="Not part of the output of `list-pod-identity-associations`; unknown in that case.",
        ),
        text("associationArn", "arn", pattern=ARN, about="Derived, in us-east-1."),
        text("associationId", "association_id", about="Derived."),
        text("targetRoleArn", "target_role_arn", pattern=ARN, about="Assumed with the role's credentials."),
        text(
            "externalId", "external_id", about="Default `REGION/ACCOUNT/CLUSTER/NAMESPACE/SERVICE-ACCOUNT`."
        ),
        boolean("disableSessionTags", "disable_session_tags", about="Default false: six session tags."),
        session_policy(
            "policy",
            "policy",
            about="Needs `disableSessionTags`. With a target role it limits only that role.",
        ),
        text("ownerArn", "owner_arn", about="The add-on that owns it."),
        text(
            "NodeRoleArn",
            "node_role_arn",
            pattern=ARN,
            about="The role of the nodes, with which their agent calls EKS (`nodeRole` of `aws eks "
            "describe-nodegroup`). Default: the first role of the account that trusts EC2 and has "
            "a policy that names `eks-auth:AssumeRoleForPodIdentity`.",
        ),
        instant("createdAt", "created_at"),
        instant("modifiedAt", "modified_at"),
        text_by_key("tags", "tags"),
        identity="associationArn",
        about="`association` of `aws eks describe-pod-identity-association`.",
    ),
)
