"""The outputs of the AWS CLI's commands of Roles Anywhere and of EKS Pod Identity complete a dump.

https://docs.aws.amazon.com/cli/latest/reference/rolesanywhere/
https://docs.aws.amazon.com/cli/latest/reference/eks/describe-pod-identity-association.html
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from sts_tui.account.diagnostics.source import Source
from sts_tui.account.entities import Account
from sts_tui.account.loading.load import parse
from tests.accounts.every_part import PROD, dump

ANCHOR = f"arn:aws:rolesanywhere:eu-west-1:{PROD}:trust-anchor/0a1b2c3d-1111-2222-3333-444455556666"
ANCHORS: dict[str, Any] = {
    "trustAnchors": [
        {
            "trustAnchorArn": ANCHOR,
            "trustAnchorId": "0a1b2c3d-1111-2222-3333-444455556666",
            "name": "corp",
            "source": {
                "sourceType": "CERTIFICATE_BUNDLE",
                "sourceData": {"x509CertificateData": "-----BEGIN CERTIFICATE-----\n…"},
            },
            "enabled": True,
            "createdAt": "2026-01-01T00:00:00.123456+00:00",
            "notificationSettings": [],
        }
    ]
}
PROFILE: dict[str, Any] = {
    "profile": {
        "profileArn": f"arn:aws:rolesanywhere:eu-west-1:{PROD}:profile/1a1b2c3d-1111-2222-3333-444455556666",
        "profileId": "1a1b2c3d-1111-2222-3333-444455556666",
        "name": "servers",
        "roleArns": [f"arn:aws:iam::{PROD}:role/app/App"],
        "enabled": True,
        "durationSeconds": 3600,
        "attributeMappings": [
            {"certificateField": "x509Subject", "mappingRules": [{"specifier": "*"}]},
        ],
    }
}
SUMMARY: dict[str, Any] = {
    "clusterName": "prod",
    "namespace": "shop",
    "serviceAccount": "web",
    "associationArn": f"arn:aws:eks:eu-west-1:{PROD}:podidentityassociation/prod/a-abcdefghijklmnop1",
    "associationId": "a-abcdefghijklmnop1",
}
ASSOCIATION = {"association": {**SUMMARY, "roleArn": f"arn:aws:iam::{PROD}:role/app/App", "tags": {}}}


def loaded(*outputs: dict[str, Any]) -> Account:
    sources = [Source(f"{n}.json", json.dumps(one)) for n, one in enumerate((dump(), *outputs))]
    (account,) = parse(sources).model.accounts
    return account


@pytest.mark.parametrize("output", [ANCHORS, {"trustAnchor": ANCHORS["trustAnchors"][0]}])
def test_trust_anchors(output: dict[str, Any]) -> None:
    (anchor,) = loaded(output).trust_anchors
    assert anchor.arn == ANCHOR
    assert anchor.certificates.startswith("-----BEGIN CERTIFICATE-----")


@pytest.mark.parametrize("output", [PROFILE, {"profiles": [PROFILE["profile"]]}])
def test_profiles(output: dict[str, Any]) -> None:
    (profile,) = loaded(output).profiles
    assert profile.role_arns == (f"arn:aws:iam::{PROD}:role/app/App",)


def test_the_list_of_associations_is_completed_by_its_descriptions() -> None:
    (association,) = loaded({"associations": [SUMMARY]}, ASSOCIATION).pod_identity_associations
    assert association.role_arn == f"arn:aws:iam::{PROD}:role/app/App"
