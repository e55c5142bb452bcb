"""What account files say of Roles Anywhere and EKS Pod Identity holds together, and comes back as written."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.account.configuration import configuration_of, model_of
from sts_tui.account.diagnostics.diagnostic import AccountFileError
from sts_tui.account.loading.load import from_json
from sts_tui.account.writing.export import as_json
from tests.accounts.workload_identities import ACCOUNT, ANCHOR, ASSOCIATION, CLUSTER, PARTNER, model


def changed(path: str, value: Any) -> dict[str, Any]:
    """The model with one place replaced: `TrustAnchors.0.name` of its first account."""
    whole = model()
    place: Any = whole if path.startswith("IdentityProviders") else whole["Accounts"][0]
    *outer, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in outer:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return whole


def test_the_model_loads_without_a_warning() -> None:
    warnings = [one.message for one in from_json(model()).warnings]
    assert not [one for one in warnings if "MaxSessionDuration" not in one]


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("TrustAnchors.0.IdentityProvider", "corp", "there is no identity provider"),
        ("TrustAnchors.0.trustAnchorArn", "arn:aws:iam::1:x", "trustAnchorArn"),
        ("TrustAnchors.0.source", {"sourceData": {"x509CertificateData": "x"}}, "no certificate in PEM"),
        ("Profiles.0.roleArns", [f"arn:aws:iam::{ACCOUNT}:role/Servers"], "there is no role"),
        ("Profiles.0.roleArns", [f"arn:aws:iam::{PARTNER}:role/Target"], "not a role of account"),
        ("Profiles.0.durationSeconds", 43201, "43"),
        ("Crls", [{"name": "r", "trustAnchorArn": "nowhere", "crlData": "x"}], "there is no trust anchor"),
        ("PodIdentityAssociations.0.roleArn", f"arn:aws:iam::{ACCOUNT}:role/Pods", "there is no role"),
        ("PodIdentityAssociations.0.targetRoleArn", f"arn:aws:iam::{PARTNER}:role/T", "there is no role"),
        ("PodIdentityAssociations.0.policy", '{"Version":"2012-10-17","Statement":[]}', "disableSessionTags"),
        ("IdentityProviders.0.Issuer", "Corp CA", "distinguished name"),
        ("IdentityProviders.0.Users.0.Attributes.Subject", "web", "distinguished name"),
        ("IdentityProviders.0.Users.0.Attributes.SerialNumber", "xyz", "hexadecimal"),
        ("IdentityProviders.0.Users.0.Attributes.NotAfter", "tomorrow", "not a date"),
        ("IdentityProviders.0.Users.0.Attributes.Color", "red", "a certificate has no Color"),
    ],
)
def test_what_cannot_be_is_an_error_with_its_place(path: str, value: Any, said: str) -> None:
    with pytest.raises(AccountFileError) as caught:
        from_json(changed(path, value))
    assert said in str(caught.value)


def test_an_association_without_a_role_is_a_warning() -> None:
    warnings = from_json(changed("PodIdentityAssociations.0.roleArn", ...)).warnings
    assert any("describe-pod-identity-association" in one.hint for one in warnings)


def test_arns_and_ids_are_derived_and_left_out_again() -> None:
    raw = model()
    account = raw["Accounts"][0]
    del account["TrustAnchors"][0]["trustAnchorArn"], account["Profiles"][0]["profileArn"]
    del account["PodIdentityAssociations"][0]["associationArn"]
    account["Crls"] = [{"name": "revoked", "trustAnchorArn": "corp", "crlData": "x"}]
    loaded = from_json(raw).model
    configuration = configuration_of(loaded)
    (anchor,), (crl,) = configuration.trust_anchors.values(), configuration.crls.values()
    assert anchor.arn.startswith(f"arn:aws:rolesanywhere:us-east-1:{ACCOUNT}:trust-anchor/")
    assert anchor.arn.endswith(anchor.trust_anchor_id)
    assert crl.trust_anchor_arn == anchor.arn
    account["Crls"][0]["trustAnchorArn"] = anchor.arn
    written: Any = as_json(model_of(configuration, loaded))
    for key in ("TrustAnchors", "Profiles", "Crls", "PodIdentityAssociations"):
        assert written["Accounts"][0][key] == account[key]


def test_ids_and_the_cluster_are_those_of_the_arn() -> None:
    (account, _) = from_json(model()).model.accounts
    (association,) = account.pod_identity_associations
    assert association.association_id == ASSOCIATION.rpartition("/")[2]
    assert association.cluster_arn == CLUSTER
    assert association.passed_external_id == f"eu-west-1/{ACCOUNT}/prod/shop/web"
    assert account.trust_anchors[0].trust_anchor_id == ANCHOR.rpartition("/")[2]
