"""Which operation does a request call?"""

from __future__ import annotations

import pytest

from sts_tui.sts.errors import AwsError
from sts_tui.wire.messages import HttpRequest
from sts_tui.wire.requests.recognition import recognize


def named(method: str, target: str, signing: str = "", body: bytes = b"", **headers: str) -> str:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    request = HttpRequest(method=method, target=target, headers=sent, body=body)
    return recognize(request, signing, lambda text: {}).name


@pytest.mark.parametrize("operation", ["Query", "WriteRecords", "DescribeEndpoints"])
def test_services_that_share_a_target_are_distinguished_by_their_operations(operation: str) -> None:
    target = f"Timestream_20181101.{operation}"
    assert named("POST", "/", "timestream", b"{}", x_amz_target=target) == f"timestream:{operation}"


def test_an_operation_that_no_service_of_the_target_has_is_unknown() -> None:
    with pytest.raises(AwsError, match="UnknownOperation"):
        named("POST", "/", "timestream", b"{}", x_amz_target="Timestream_20181101.Fly")


def test_operations_called_with_a_token_are_not_taken_for_anonymous_objects() -> None:
    bearer = {"x-amz-sso_bearer_token": "t"}
    request = HttpRequest(method="GET", target="/assignment/accounts", headers=bearer)
    assert recognize(request, "", lambda text: {}).name.endswith(":ListAccounts")
    assert named("GET", "/assignment/accounts") == "s3:GetObject"
    assert named("POST", "/token", body=b"{}", content_type="application/json").endswith(":CreateToken")


def test_the_most_specific_path_of_a_method_wins() -> None:
    assert named("GET", "/bucket/key?uploadId=u", "s3") == "s3:ListParts"
    assert named("GET", "/bucket/key", "s3") == "s3:GetObject"
    assert named("PUT", "/bucket?acl", "s3") == "s3:PutBucketAcl"
