"""The credential helper of Roles Anywhere gets credentials from a served model: it signs with its key.

https://docs.aws.amazon.com/rolesanywhere/latest/userguide/authentication-sign-process.html
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import boto3
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from sts_tui.account.loading.load import from_json
from sts_tui.endpoint.token_files import TokenFiles
from sts_tui.simulation import Simulation
from tests.accounts.workload_identities import ACCOUNT, ANCHOR, PROFILE, SERVER_ROLE, model
from tests.endpoint.served import Served, served
from tests.endpoint.test_server import send

ARNS = {"profileArn": PROFILE, "roleArn": SERVER_ROLE, "trustAnchorArn": ANCHOR}
NAMES = "content-type;host;x-amz-date;x-amz-x509"


@pytest.fixture
def one() -> Iterator[Served]:
    with served(Simulation(from_json(model()).model)) as running:
        yield running


@pytest.fixture
def files(one: Served, tmp_path: Path) -> Path:
    TokenFiles(one.sim, tmp_path).renew()
    return tmp_path


def ask(one: Served, files: Path, who: str = "web-1", *, key: str = "web-1", **said: Any) -> tuple[int, Any]:
    """Asks for a session with a certificate and a key of the folder `tokens`; `said` as in `sign`."""
    certificate = x509.load_pem_x509_certificate((files / f"corp-ca.{who}.pem").read_bytes())
    private = load_pem_private_key((files / f"corp-ca.{key}.key").read_bytes(), None)
    assert isinstance(private, RSAPrivateKey | EllipticCurvePrivateKey)
    return sign(one, certificate, private, **said)


def sign(
    one: Served,
    certificate: x509.Certificate,
    private: RSAPrivateKey | EllipticCurvePrivateKey,
    *,
    chain: Sequence[x509.Certificate] = (),
    query: dict[str, str] | None = None,
    path: str = "/sessions",
    **said: Any,
) -> tuple[int, Any]:
    """Signs as the helper does, here with nothing of the code under test. `said`: members of the body, and
    `algorithm`, `names`, `serial`, `late` and `changed` for what is wrong with the request.
    """
    is_rsa = isinstance(private, RSAPrivateKey)
    names = f"{NAMES};x-amz-x509-chain" if chain else NAMES
    algorithm = said.pop("algorithm", f"AWS4-X509-{'RSA' if is_rsa else 'ECDSA'}-SHA256")
    names, serial = said.pop("names", names), said.pop("serial", certificate.serial_number)
    changed, late = said.pop("changed", {}), said.pop("late", timedelta())
    now = datetime.now(UTC) - late  # noqa: TID251 (a client's clock)
    stamp = f"{now:%Y%m%dT%H%M%SZ}"
    scope = f"{stamp[:8]}/eu-west-1/rolesanywhere/aws4_request"
    body = json.dumps(said).encode()
    given = urlencode(sorted((ARNS if query is None else query).items()))
    headers = {
        "content-type": "application/json",
        "host": f"127.0.0.1:{one.server.port}",
        "x-amz-date": stamp,
        "x-amz-x509": der(certificate),
        **({"x-amz-x509-chain": ",".join(map(der, chain))} if chain else {}),
    }
    lines = "".join(f"{name}:{headers[name]}\n" for name in names.split(";"))
    canonical = f"POST\n{path}\n{given}\n{lines}\n{names}\n{sha256(body).hexdigest()}"
    to_sign = f"{algorithm}\n{stamp}\n{scope}\n{sha256(canonical.encode()).hexdigest()}".encode()
    if isinstance(private, RSAPrivateKey):
        signature = private.sign(to_sign, PKCS1v15(), SHA256()).hex()
    else:
        signature = private.sign(to_sign, ECDSA(SHA256())).hex()
    headers["authorization"] = (
        f"{algorithm} Credential={serial}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    status, answer, _ = send(
        one, "POST", f"{path}?{given}", headers, json.dumps({**said, **changed}).encode()
    )
    return status, json.loads(answer)


def der(certificate: x509.Certificate) -> str:
    return b64encode(certificate.public_bytes(Encoding.DER)).decode()


def test_a_certificate_becomes_credentials_that_an_sdk_uses(one: Served, files: Path) -> None:
    status, answer = ask(one, files, durationSeconds=1800)
    assert status == 201
    (given,) = answer["credentialSet"]
    assert given["sourceIdentity"] == "CN=web-1"
    assert given["roleArn"] == SERVER_ROLE
    keys = given["credentials"]
    left = datetime.fromisoformat(keys["expiration"]) - datetime.now(UTC)  # noqa: TID251 (a client's clock)
    assert timedelta(seconds=1700) < left <= timedelta(seconds=1800), "in the client's time"
    session = boto3.Session(keys["accessKeyId"], keys["secretAccessKey"], keys["sessionToken"], "eu-west-1")
    arn = session.client("sts", endpoint_url=one.address).get_caller_identity()["Arn"]
    assert arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/Server/1002"


def test_the_arns_may_be_in_the_body(one: Served, files: Path) -> None:
    status, answer = ask(one, files, query={}, **ARNS)
    assert status == 201
    assert answer["subjectArn"].startswith(f"arn:aws:rolesanywhere:eu-west-1:{ACCOUNT}:subject/")


def test_the_certificate_is_the_one_that_signed_whatever_the_body_says(one: Served, files: Path) -> None:
    other = x509.load_pem_x509_certificate((files / "corp-ca.db-1.pem").read_bytes())
    _, answer = ask(one, files, cert=b64encode(other.public_bytes(Encoding.DER)).decode())
    assert answer["credentialSet"][0]["sourceIdentity"] == "CN=web-1"


@pytest.mark.parametrize(
    "wrong",
    [
        {"changed": {"durationSeconds": 3600}},
        {"serial": 1},
        {"names": "content-type;host;x-amz-date"},
        {"algorithm": "AWS4-X509-ECDSA-SHA256"},
        {"late": timedelta(minutes=6)},
    ],
    ids=["body", "serial", "certificate not signed", "other algorithm", "old"],
)
def test_a_signature_that_is_not_the_holders_is_refused(
    one: Served, files: Path, wrong: dict[str, Any]
) -> None:
    status, answer = ask(one, files, **wrong)
    assert status == 403
    assert "Signature" in answer.get("message", "") or "signature" in answer.get("message", "")
    assert not one.sim.world.sessions


def test_another_key_does_not_sign_for_a_certificate(one: Served, files: Path) -> None:
    from cryptography.hazmat.primitives.serialization import NoEncryption, PrivateFormat

    from sts_tui.identity_providers.keys import FORGER, rsa_key

    pem = rsa_key(FORGER).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (files / "corp-ca.stolen.key").write_bytes(pem)
    assert ask(one, files, key="stolen")[0] == 403
    assert not one.sim.world.sessions


def test_a_certificate_signs_create_session_alone_and_nothing_else_signs_it(one: Served, files: Path) -> None:
    assert ask(one, files, path="/profiles", name="x")[0] == 400
    client = one.client("rolesanywhere")
    client.meta.events.register(
        "before-sign", lambda request, **_: setattr(request, "url", bare(request.url))
    )
    with pytest.raises(client.exceptions.ClientError, match="certificate"):
        client.create_profile(name="x", roleArns=[])


def bare(url: str) -> str:
    return url.replace("/profiles", "/sessions")


def test_what_roles_anywhere_refuses_is_passed_on(one: Served, files: Path) -> None:
    one.sim.call(
        "rolesanywhere:DisableTrustAnchor", {"trustAnchorId": ANCHOR.rpartition("/")[2]}, caller="admin"
    )
    status, answer = ask(one, files)
    assert (status, answer["message"]) == (403, "Trust anchor is disabled.")
