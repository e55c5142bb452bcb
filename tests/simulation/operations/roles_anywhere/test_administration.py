"""Trust anchors and profiles are made, changed and read; the caller has to be allowed to pass the roles.

https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.account.loading.load import from_json
from sts_tui.identity_providers.certificate_authority import authority_certificate
from sts_tui.simulation import Simulation
from sts_tui.sts.errors import AwsError
from tests.accounts.policies import allow, deny, policy
from tests.accounts.workload_identities import ACCOUNT, PARTNER, POD_ROLE, SERVER_ROLE, model


def opened() -> Simulation:
    raw = model()
    passes_nothing = policy(allow("*"), deny("iam:PassRole"))
    raw["Accounts"][0]["UserDetailList"].append(
        {"UserName": "intern", "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": passes_nothing}]}
    )
    return Simulation(from_json(raw).model)


def source(sim: Simulation) -> dict[str, Any]:
    authority = sim.world.identity_providers["corp-ca"]
    pem = authority_certificate(authority.name, authority.issuer)
    return {"sourceType": "CERTIFICATE_BUNDLE", "sourceData": {"x509CertificateData": pem}}


def test_a_trust_anchor_of_the_simulated_authority_and_a_profile_let_a_certificate_in() -> None:
    sim = opened()
    made: Any = sim.call(
        "rolesanywhere:CreateTrustAnchor", {"name": "second", "source": source(sim)}, caller="admin"
    )
    anchor = made["trustAnchor"]
    assert anchor["enabled"] is False
    sim.call("rolesanywhere:EnableTrustAnchor", {"trustAnchorId": anchor["trustAnchorId"]}, caller="admin")
    made = sim.call(
        "rolesanywhere:CreateProfile",
        {"name": "more", "roleArns": [SERVER_ROLE], "enabled": True, "durationSeconds": 900},
        caller="admin",
    )
    read: Any = sim.call(
        "rolesanywhere:GetProfile", {"profileId": made["profile"]["profileId"]}, caller="admin"
    )
    assert read["profile"]["attributeMappings"][0]["certificateField"] == "x509Issuer"
    listed: Any = sim.call("rolesanywhere:ListTrustAnchors", caller="admin")
    assert [one["name"] for one in listed["trustAnchors"]] == ["corp", "second"]
    stored = sim.world.configuration.trust_anchors[anchor["trustAnchorArn"]]
    assert stored.identity_provider == "corp-ca"


def test_a_trust_anchor_of_a_file_is_read_with_the_certificate_of_its_authority() -> None:
    sim = opened()
    listed: Any = sim.call("rolesanywhere:ListTrustAnchors", caller="admin")
    (anchor,) = listed["trustAnchors"]
    assert anchor["source"] == source(sim)
    read: Any = sim.call(
        "rolesanywhere:GetTrustAnchor", {"trustAnchorId": anchor["trustAnchorId"]}, caller="admin"
    )
    assert read["trustAnchor"]["source"] == source(sim)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"sourceType": "CERTIFICATE_BUNDLE", "sourceData": {"x509CertificateData": "x"}}, "certificate"),
        ({"sourceType": "CERTIFICATE_BUNDLE", "sourceData": {}}, "no certificate"),
        ({"sourceType": "AWS_ACM_PCA", "sourceData": {"acmPcaArn": "arn:aws:acm-pca:x"}}, "AWS PCA"),
    ],
)
def test_a_source_without_a_certificate_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(AwsError, match=said) as caught:
        opened().call("rolesanywhere:CreateTrustAnchor", {"name": "x", "source": given}, caller="admin")
    assert caught.value.code == "ValidationException"


def test_a_profile_passes_its_roles() -> None:
    sim = opened()
    with pytest.raises(AwsError, match="iam:PassRole"):
        sim.call("rolesanywhere:CreateProfile", {"name": "x", "roleArns": [SERVER_ROLE]}, caller="intern")
    sim.call("rolesanywhere:CreateProfile", {"name": "x", "roleArns": []}, caller="intern")
    foreign = [f"arn:aws:iam::{PARTNER}:role/Target"]
    with pytest.raises(AwsError, match=f"not a role of account {ACCOUNT}"):
        sim.call("rolesanywhere:CreateProfile", {"name": "x", "roleArns": foreign}, caller="admin")


def test_a_profile_is_updated_member_by_member() -> None:
    sim = opened()
    (arn,) = sim.world.configuration.anywhere_profiles
    update = {"profileId": arn.rpartition("/")[2], "roleArns": [SERVER_ROLE, POD_ROLE], "name": "both"}
    answer: Any = sim.call("rolesanywhere:UpdateProfile", update, caller="admin")
    assert answer["profile"]["roleArns"] == [SERVER_ROLE, POD_ROLE]
    assert answer["profile"]["durationSeconds"] == 3600


@pytest.mark.parametrize("name", ["GetTrustAnchor", "GetProfile", "GetCrl"])
def test_what_there_is_not(name: str) -> None:
    key = {"GetTrustAnchor": "trustAnchorId", "GetProfile": "profileId", "GetCrl": "crlId"}[name]
    nowhere = {key: "00000000-0000-0000-0000-000000000000"}
    with pytest.raises(AwsError, match="not found") as caught:
        opened().call(f"rolesanywhere:{name}", nowhere, caller="admin")
    assert (caught.value.code, caught.value.status) == ("ResourceNotFoundException", 404)
