"""How can workloads get a role without AWS keys? With certificates (IAM Roles Anywhere), or as pods (EKS).

The fields are the members of the APIs, so that outputs of the AWS CLI can be used directly.
https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/Welcome.html
https://docs.aws.amazon.com/eks/latest/APIReference/API_PodIdentityAssociation.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from msgspec import field

from sts_tui.account.entity import Entity
from sts_tui.account.json_value import JsonObject

ROLES_ANYWHERE: Final = "rolesanywhere.amazonaws.com"
POD_IDENTITY: Final = "pods.eks.amazonaws.com"
"""The service principals of IAM Roles Anywhere and EKS Pod Identity, which call AssumeRole.
https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html"""
DEFAULT_PROFILE_SESSION: Final = 3600
"""https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_CreateProfile.html"""


class TrustAnchor(Entity, frozen=True, kw_only=True):
    """A certificate authority that Roles Anywhere trusts."""

    arn: str
    trust_anchor_id: str
    name: str
    identity_provider: str = ""
    """The simulated certificate authority whose certificate is used if `source` has none."""
    source: JsonObject | None = None
    """`{"sourceType": "CERTIFICATE_BUNDLE", "sourceData": {"x509CertificateData": PEM}}`"""
    enabled: bool = True
    created_at: datetime | None = None
    updated_at: datetime | None = None
    tags: tuple[JsonObject, ...] = ()

    @property
    def certificates(self) -> str:
        """Its certificate authorities as PEM text; empty if that of the simulated one is used."""
        data = (self.source or {}).get("sourceData")
        text = data.get("x509CertificateData") if isinstance(data, Mapping) else None
        return text if isinstance(text, str) else ""


class AnywhereProfile(Entity, frozen=True, kw_only=True):
    """Which roles the holder of a certificate can get, and what limits the sessions."""

    arn: str
    profile_id: str
    name: str
    role_arns: tuple[str, ...] = ()
    enabled: bool = True
    session_policy: str | JsonObject | None = None
    managed_policy_arns: tuple[str, ...] = ()
    duration_seconds: int = DEFAULT_PROFILE_SESSION
    accept_role_session_name: bool = False
    require_instance_properties: bool = False
    """Unused by AWS, "saved for future use"."""
    attribute_mappings: tuple[JsonObject, ...] | None = None
    """`[{"certificateField": "x509Subject", "mappingRules": [{"specifier": "CN"}]}]`; None: AWS's default."""
    tip_configuration: JsonObject | None = None
    created_by: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    tags: tuple[JsonObject, ...] = ()


class CertificateRevocationList(Entity, frozen=True, kw_only=True):
    """A list of the serial numbers of revoked certificates, signed by their certificate authority."""

    arn: str
    crl_id: str
    name: str
    trust_anchor_arn: str = ""
    crl_data: str = ""
    """PEM, or PEM in base64, as the AWS CLI prints it."""
    enabled: bool = True
    created_at: datetime | None = None
    updated_at: datetime | None = None
    tags: tuple[JsonObject, ...] = ()


class PodIdentityAssociation(Entity, frozen=True, kw_only=True):
    """An EKS Pod Identity association: pods with a service account get a role."""

    arn: str
    association_id: str
    cluster_name: str
    namespace: str
    service_account: str
    role_arn: str = ""
    """Empty if only the list of associations is known, which has no roles."""
    target_role_arn: str = ""
    external_id: str = ""
    """The external id of the API; empty: EKS forms one from Region, account, cluster, namespace and service
    account.
    """
    disable_session_tags: bool = False
    policy: str | JsonObject | None = None
    owner_arn: str = ""
    node_role_arn: str = ""
    """The role of the nodes on which its pods run, with which the Pod Identity Agent calls EKS; empty if
    unknown.
    """
    created_at: datetime | None = None
    modified_at: datetime | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def cluster_arn(self) -> str:
        """The ARN of the cluster, with the partition, Region and account of the association."""
        return f"{self.arn.split(':podidentityassociation/')[0]}:cluster/{self.cluster_name}"

    @property
    def passed_external_id(self) -> str:
        """`region/account/cluster/namespace/service-account`, which EKS passes to a target role.
        https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html
        """
        _, _, _, region, account, _ = self.arn.split(":", 5)
        place = (region, account, self.cluster_name, self.namespace, self.service_account)
        return self.external_id or "/".join(place)

    @property
    def label(self) -> str:
        """`cluster/namespace/service account`, for display."""
        return f"{self.cluster_name}/{self.namespace}/{self.service_account}"


def derived_uuid(kind: str, text: str) -> str:
    """The id of a trust anchor, profile or revocation list for which the file gives none."""
    from hashlib import sha256

    digits = sha256(f"sts-tui {kind} {text}".encode()).hexdigest()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]))


def anywhere_arn(kind: str, account: str, identifier: str, region: str, partition: str) -> str:
    """The ARN of a `trust-anchor`, `profile` or `crl`."""
    return f"arn:{partition}:rolesanywhere:{region}:{account}:{kind}/{identifier}"


def derived_association_id(text: str) -> str:
    """The id of an association for which the file gives none."""
    from hashlib import sha256

    number = int.from_bytes(sha256(f"sts-tui association {text}".encode()).digest()[:12], "big")
    letters = "0123456789abcdefghijklmnopqrstuvwxyz"
    return "a-" + "".join(letters[number // 36**at % 36] for at in range(17))


def association_arn(account: str, cluster: str, identifier: str, region: str, partition: str) -> str:
    """https://docs.aws.amazon.com/eks/latest/userguide/security-iam-service-with-iam.html"""
    return f"arn:{partition}:eks:{region}:{account}:podidentityassociation/{cluster}/{identifier}"
