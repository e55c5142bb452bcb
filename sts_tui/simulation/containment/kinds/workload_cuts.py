"""Which cuts concern a workload that presented a certificate, or the token of a pod?

The trust anchor, the profile, the certificate and the association affect only new sessions. Live sessions end
with a Deny on their role: a dated one, or one on the tags that identify the workload.
https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_DisableTrustAnchor.html
https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_ImportCrl.html
https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Final

from sts_tui.account.arn import account_of
from sts_tui.account.json_value import Json
from sts_tui.simulation.containment.cut import Cut, Step, targeted
from sts_tui.simulation.containment.holder import Holder
from sts_tui.simulation.world import World
from sts_tui.sts.session import Session, WorkloadProof

_POD_TAGS: Final = ("eks-cluster-arn", "kubernetes-namespace", "kubernetes-service-account")
"""The session tags that identify the service account of a pod, on any cluster."""


def workload_cuts(holder: Holder, world: World) -> Iterator[Cut]:
    """Cuts that prevent new sessions of the workloads whose live sessions the holder has."""
    proofs = proofs_of(holder, world)
    certificates = [one for one in proofs if one.kind == "certificate"]
    yield from _of_anchors(certificates, world)
    yield from _revocations(certificates, world)
    associations = dict.fromkeys(one.through for one in proofs if one.kind == "pod")
    for arn in associations:
        association = world.configuration.pod_associations.get(arn)
        if association is not None:
            named = {"clusterName": association.cluster_name, "associationId": association.association_id}
            yield Cut(
                id=targeted("delete-association", association.association_id, len(associations) > 1),
                title=f"delete the association of {association.label}",
                steps=(Step("eks:DeletePodIdentityAssociation", named, account_of(arn) or ""),),
            )


def pod_denials(
    holder: Holder, world: World
) -> Iterator[tuple[str, str, tuple[Session, ...], Mapping[str, Json]]]:
    """(id, title, sessions, condition) of a Deny for each service account with live sessions; pods without
    tags cannot be distinguished.
    """
    found: dict[tuple[str, ...], list[Session]] = {}
    for session in holder.live(world):
        tags = dict(session.tags)
        if session.proof is not None and session.proof.kind == "pod" and set(_POD_TAGS) <= set(tags):
            found.setdefault(tuple(tags[key] for key in _POD_TAGS), []).append(session)
    for values, sessions in found.items():
        condition: dict[str, Json] = {
            "StringEquals": {
                f"aws:PrincipalTag/{key}": value for key, value in zip(_POD_TAGS, values, strict=True)
            }
        }
        place = "/".join(values[1:])
        cut_id = targeted("deny-service-account", place, len(found) > 1)
        yield cut_id, f"deny the pods of {place}", tuple(sessions), condition


def proofs_of(holder: Holder, world: World) -> tuple[WorkloadProof, ...]:
    """The certificates and tokens that the holder's live sessions were issued for, each once."""
    return tuple(dict.fromkeys(one.proof for one in holder.live(world) if one.proof is not None))


def _of_anchors(proofs: list[WorkloadProof], world: World) -> Iterator[Cut]:
    anchors = dict.fromkeys(one.through for one in proofs)
    profiles = dict.fromkeys(one.profile for one in proofs)
    for arn in anchors:
        anchor = world.configuration.trust_anchors.get(arn)
        if anchor is not None and anchor.enabled:
            step = Step(
                "rolesanywhere:DisableTrustAnchor",
                {"trustAnchorId": anchor.trust_anchor_id},
                account_of(arn) or "",
            )
            cut_id = targeted("disable-anchor", anchor.name, len(anchors) > 1)
            yield Cut(id=cut_id, title=f"disable the trust anchor {anchor.name}", steps=(step,))
    for arn in profiles:
        profile = world.configuration.anywhere_profiles.get(arn)
        if profile is not None and profile.enabled:
            step = Step(
                "rolesanywhere:DisableProfile", {"profileId": profile.profile_id}, account_of(arn) or ""
            )
            cut_id = targeted("disable-profile", profile.name, len(profiles) > 1)
            yield Cut(id=cut_id, title=f"disable the profile {profile.name}", steps=(step,))


def _revocations(proofs: list[WorkloadProof], world: World) -> Iterator[Cut]:
    """For each trust anchor, a revocation list of its certificate authority with these certificates."""
    for arn in dict.fromkeys(one.through for one in proofs):
        anchor = world.configuration.trust_anchors.get(arn)
        if anchor is None:
            continue
        serials = tuple(dict.fromkeys(one.serial for one in proofs if one.through == arn))
        many = len(dict.fromkeys(one.through for one in proofs)) > 1
        cut_id = targeted("revoke-certificate", anchor.name, many)
        title = f"revoke certificate {', '.join(serials)}"
        authority = world.identity_providers.get(anchor.identity_provider)
        if authority is None or anchor.certificates:
            why_not = "the authority must sign the revocation list, and the files do not have its key"
            yield Cut(id=cut_id, title=title, why_not=why_not)
            continue
        from sts_tui.identity_providers.certificate_authority import issue_revocation_list

        pem = issue_revocation_list(authority, serials, world.now)
        params: dict[str, Json] = {
            "name": "Incident",
            "crlData": b64encode(pem.encode()).decode(),
            "trustAnchorArn": arn,
            "enabled": True,
        }
        step = Step("rolesanywhere:ImportCrl", params, account_of(arn) or "")
        yield Cut(id=cut_id, title=title, steps=(step,))
