"""Do trust anchors, profiles, revocation lists and pod associations refer to things that exist?

https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
https://docs.aws.amazon.com/eks/latest/APIReference/API_CreatePodIdentityAssociation.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sts_tui.account.arn import account_of
from sts_tui.account.checks.known_entities import KnownEntities
from sts_tui.account.checks.merged import Fragment, Merged, MergedAccount, MergedEntity
from sts_tui.account.diagnostics.collector import Diagnostics, Place
from sts_tui.account.diagnostics.json_path import Steps, shown
from sts_tui.account.json_value import RawObject
from sts_tui.account.lazy_pattern import lazy_pattern

SOURCE_TYPES: Final = ("AWS_ACM_PCA", "CERTIFICATE_BUNDLE", "SELF_SIGNED_REPOSITORY")
_ATTRIBUTE: Final = r'(?:CN|L|ST|O|OU|C|STREET|DC|UID|\d+(?:\.\d+)+)=(?:\\.|[^,+"\\<>;])+'
DISTINGUISHED_NAME: Final = lazy_pattern(rf"{_ATTRIBUTE}(?:[,+]{_ATTRIBUTE})*")
"""A distinguished name (RFC 4514), with the attribute types that the RFC lists."""
_SERIAL: Final = lazy_pattern(r"[0-9A-Fa-f]{2,40}", re.ASCII)
_FIELDS: Final = frozenset({"Subject", "DNS", "URI", "Name", "SerialNumber", "NotBefore", "NotAfter"})


def check_workload_identities(merged: Merged, known: KnownEntities, diagnostics: Diagnostics) -> None:
    """Check everything that concerns Roles Anywhere, EKS Pod Identity and the simulated certificate
    authorities.
    """
    check = _Check(known, diagnostics)
    for account in merged.accounts.values():
        for entity in account.entities("TrustAnchors"):
            check.trust_anchor(entity)
        for entity in account.entities("Profiles"):
            check.profile(entity, account)
        for entity in account.entities("Crls"):
            check.revocation_list(entity, account)
        for entity in account.entities("PodIdentityAssociations"):
            check.association(entity, account)
    for fragment in merged.tops:
        for index, provider in _objects(fragment.raw.get("IdentityProviders")):
            if provider.get("Type") == "X509":
                check.authority(fragment, ("IdentityProviders", index), provider)


class _Check:
    def __init__(self, known: KnownEntities, diagnostics: Diagnostics) -> None:
        self._known = known
        self._diagnostics = diagnostics

    def _add(
        self, fragment: Fragment, steps: Steps, message: str, hint: str = "", *, lenient: bool = False
    ) -> None:
        place = Place(fragment.place.source, (*fragment.place.steps, *steps))
        self._diagnostics.add(place, message, hint=hint, lenient=lenient or fragment.lenient)

    def trust_anchor(self, entity: MergedEntity) -> None:
        fragment, source = entity.fragments[0], entity.raw.get("source")
        data = source.get("sourceData") if isinstance(source, dict) else None
        pem = data.get("x509CertificateData") if isinstance(data, dict) else None
        if isinstance(source, dict) and source.get("sourceType") not in (None, *SOURCE_TYPES):
            wanted = ", ".join(SOURCE_TYPES)
            self._add(fragment, ("source",), f"{shown(source.get('sourceType'))} is not one of {wanted}")
        if pem is not None and (not isinstance(pem, str) or "-----BEGIN CERTIFICATE-----" not in pem):
            self._add(fragment, ("source",), "x509CertificateData holds no certificate in PEM")
        if pem is None and entity.raw.get("IdentityProvider") is None:
            message = "has no certificate: no certificate of a workload can be verified"
            self._add(fragment, (), message, "name a simulated authority in IdentityProvider", lenient=True)

    def profile(self, entity: MergedEntity, account: MergedAccount) -> None:
        roles = entity.raw.get("roleArns")
        for index, arn in enumerate(roles if isinstance(roles, list) else ()):
            self._role(entity, ("roleArns", index), arn, account)

    def revocation_list(self, entity: MergedEntity, account: MergedAccount) -> None:
        named = entity.raw.get("trustAnchorArn")
        anchors = account.entities("TrustAnchors")
        names = {anchor.arn for anchor in anchors} | {anchor.raw.get("name") for anchor in anchors}
        if isinstance(named, str) and named not in names and named not in self._known.deleted:
            self._add(entity.fragments[0], ("trustAnchorArn",), f"there is no trust anchor {shown(named)}")

    def association(self, entity: MergedEntity, account: MergedAccount) -> None:
        raw, fragment = entity.raw, entity.fragments[0]
        self._role(entity, ("roleArn",), raw.get("roleArn"), account)
        self._role(entity, ("NodeRoleArn",), raw.get("NodeRoleArn"), account)
        target = raw.get("targetRoleArn")
        owner = account_of(target) if isinstance(target, str) else None
        if isinstance(target, str) and self._known.has_account(owner) and self._known.is_missing(target):
            self._add(
                fragment, ("targetRoleArn",), f"there is no role {shown(target)}", self._known.nearest(target)
            )
        if raw.get("policy") is not None and raw.get("disableSessionTags") is not True:
            message = "a session policy needs disableSessionTags: true"
            self._add(fragment, ("policy",), message)
        if raw.get("roleArn") is None:
            message = f"the role of {entity.arn or 'this association'} is not in the files: no pod gets one"
            hint = "aws eks describe-pod-identity-association has it"
            self._add(fragment, (), message, hint, lenient=True)

    def _role(self, entity: MergedEntity, steps: Steps, arn: object, account: MergedAccount) -> None:
        if not isinstance(arn, str):
            return
        fragment = next((one for one in entity.fragments if steps[0] in one.raw), entity.fragments[0])
        if account_of(arn) != account.account_id:
            self._add(fragment, steps, f"{shown(arn)} is not a role of account {account.account_id}")
        elif self._known.is_missing(arn):
            self._add(fragment, steps, f"there is no role {shown(arn)}", self._known.nearest(arn))

    def authority(self, fragment: Fragment, steps: Steps, provider: RawObject) -> None:
        """Check a simulated certificate authority and the fields of its certificates."""
        if "Issuer" in provider:
            self._name(fragment, (*steps, "Issuer"), provider["Issuer"])
        for index, user in _objects(provider.get("Users")):
            fields = user.get("Attributes")
            for key, value in (fields if isinstance(fields, dict) else {}).items():
                self._field(fragment, (*steps, "Users", index, "Attributes", key), key, value)

    def _field(self, fragment: Fragment, steps: Steps, key: str, value: object) -> None:
        match key:
            case "Subject":
                self._name(fragment, steps, value)
            case "Name":
                for one in value if isinstance(value, list) else [value]:
                    self._name(fragment, steps, one)
            case "DNS" | "URI":
                listed = value if isinstance(value, list) else [value]
                if not all(isinstance(one, str) and one and one.isascii() for one in listed):
                    self._add(fragment, steps, f"{shown(value)} is not an ASCII text or a list of such")
            case "SerialNumber":
                if not isinstance(value, str) or not _SERIAL.fullmatch(value) or int(value, 16) == 0:
                    self._add(fragment, steps, f"{shown(value)} is not a number in hexadecimal digits")
            case "NotBefore" | "NotAfter":
                if not _is_date(value):
                    self._add(fragment, steps, f"{shown(value)} is not a date such as 2027-01-01T00:00:00Z")
            case _:
                self._add(
                    fragment, steps, f"a certificate has no {key}; there are {', '.join(sorted(_FIELDS))}"
                )

    def _name(self, fragment: Fragment, steps: Steps, value: object) -> None:
        if not isinstance(value, str) or not DISTINGUISHED_NAME.fullmatch(value):
            message = f"{shown(value)} is not a distinguished name such as CN=web,O=Acme"
            self._add(fragment, steps, message)


def _is_date(value: object) -> bool:
    try:
        return isinstance(value, str) and 1950 <= datetime.fromisoformat(value).year < 2050
    except ValueError:
        return False


def _objects(value: object) -> Iterator[tuple[int, RawObject]]:
    for index, one in enumerate(value if isinstance(value, list) else ()):
        if isinstance(one, dict):
            yield index, one
