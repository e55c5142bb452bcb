"""How does a SAML 2.0 provider issue assertions? As a base64 response with one signed assertion, which AWS's
sign-in endpoint accepts.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from sts_tui.account.entities import DirectoryUser, IdentityProvider
from sts_tui.account.json_value import Json
from sts_tui.account.sign_in import SAML_ATTRIBUTE_PREFIX, SAML_SIGN_IN
from sts_tui.identity_providers.keys import FORGER, certificate, key_of_provider, rsa_key
from sts_tui.identity_providers.relative_times import instant_from_now

ASSERTION: Final = "urn:oasis:names:tc:SAML:2.0:assertion"
PROTOCOL: Final = "urn:oasis:names:tc:SAML:2.0:protocol"
SIGNATURE: Final = "http://www.w3.org/2000/09/xmldsig#"
AUDIENCE: Final = "urn:amazon:webservices"
PERSISTENT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
ASSERTION_LIFETIME: Final = 300
SIGNATURES: Final = ("forged", "broken", "none")
"""Values of `signature=`: an assertion signed with another key, changed after signing, or not signed."""

TIMES: Final = ("IssueInstant", "NotBefore", "NotOnOrAfter", "SessionNotOnOrAfter")
TEXTS: Final = ("Issuer", "Audience", "Recipient", "NameID", "NameIDFormat")
ATTRIBUTES: Final = ("Role", "RoleSessionName", "SessionDuration", "SourceIdentity", "TransitiveTagKeys")


def saml_certificate(provider: IdentityProvider) -> str:
    """The certificate in the provider's metadata, as PEM."""
    return certificate(key_of_provider(provider.name))


def issue_saml(
    provider: IdentityProvider,
    user: DirectoryUser,
    *,
    now: datetime,
    overrides: Mapping[str, Any] | None = None,
    provider_arns: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """Issue a base64 SAML response for `user`, with a signed assertion (RSA-SHA256).

    `provider_arns`: account id → ARNs of the account's SAML providers for this identity provider; by default
    one with the same name. `overrides`: `IssueInstant`, `NotBefore`, `NotOnOrAfter`, `SessionNotOnOrAfter` in
    seconds from now; `Issuer`, `Audience`, `Recipient`, `NameID`, `NameIDFormat`; `Role`, `RoleSessionName`,
    `SessionDuration`, `SourceIdentity`, `TransitiveTagKeys`, `PrincipalTag:KEY`, or any attribute by its full
    name. An empty value removes an element. `signature` is one of `SIGNATURES`. Raises ValueError for others.
    """
    from lxml import etree

    changes = {name: str(value) for name, value in (overrides or {}).items()}
    signature = changes.pop("signature", "")
    if signature and signature not in SIGNATURES:
        raise ValueError(f"signature={signature}: it can be {', '.join(SIGNATURES)}")
    facts = _facts(provider, now, changes) | {"NameID": changes.pop("NameID", user.name)}
    attributes = dict(_attributes(provider, user, provider_arns or {}))
    for name, value in changes.items():
        if name == "Role" and value:
            attributes[_attribute_name(name)] = _role_pairs(value, provider, provider_arns or {})
            continue
        attributes[_attribute_name(name)] = [value] if value else []
    response = _response(facts, attributes)
    if signature != "none":
        response = _signed(response, FORGER if signature == "forged" else key_of_provider(provider.name))
    if signature == "broken":
        name_id = response.find(f".//{{{ASSERTION}}}NameID")
        name_id.text = f"{name_id.text}x"
    return b64encode(etree.tostring(response)).decode()


def _facts(provider: IdentityProvider, now: datetime, changes: dict[str, str]) -> dict[str, str]:
    """The assertion's content except attributes. Removes the overrides that it uses from `changes`."""
    facts = {
        "Issuer": provider.issuer,
        "Audience": AUDIENCE,
        "Recipient": SAML_SIGN_IN,
        "NameIDFormat": PERSISTENT,
        "IssueInstant": _instant(now),
        "NotBefore": _instant(now),
        "NotOnOrAfter": _instant(now + timedelta(seconds=ASSERTION_LIFETIME)),
        "SessionNotOnOrAfter": "",
    }
    for name in TEXTS:
        if name in changes and name in facts:
            facts[name] = changes.pop(name)
    for name in TIMES:
        if name in changes:
            value = changes.pop(name)
            facts[name] = _instant(instant_from_now(name, value, now)) if value else ""
    return facts


def _instant(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"


def _attribute_name(name: str) -> str:
    if name in ATTRIBUTES or name.startswith("PrincipalTag:"):
        return SAML_ATTRIBUTE_PREFIX + name
    if "/" in name or ":" in name or name[:1].islower():
        return name
    known = ", ".join((*TIMES, *TEXTS, *ATTRIBUTES, "PrincipalTag:KEY", "signature"))
    raise ValueError(f"an assertion has no {name}; there are {known}")


def _attributes(
    provider: IdentityProvider, user: DirectoryUser, provider_arns: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, list[str]]]:
    yield (
        f"{SAML_ATTRIBUTE_PREFIX}Role",
        [pair for role in user.roles for pair in _role_pairs(role, provider, provider_arns)],
    )
    single = {
        "RoleSessionName": user.role_session_name,
        "SessionDuration": user.session_duration,
        "SourceIdentity": user.source_identity,
    }
    yield from (
        (SAML_ATTRIBUTE_PREFIX + name, [str(value)]) for name, value in single.items() if value is not None
    )
    for key, value in user.principal_tags.items():
        yield f"{SAML_ATTRIBUTE_PREFIX}PrincipalTag:{key}", [value]
    if user.transitive_tag_keys:
        yield f"{SAML_ATTRIBUTE_PREFIX}TransitiveTagKeys", list(user.transitive_tag_keys)
    for name, given in user.attributes.items():
        yield name, [str(one) for one in given] if isinstance(given, list | tuple) else [str(given)]


def _role_pairs(
    role: str, provider: IdentityProvider, provider_arns: Mapping[str, Sequence[str]]
) -> list[str]:
    """`roleArn,providerArn` for every provider of the role's account that trusts this identity provider."""
    if "," in role or role.count(":") < 5:
        return [role]
    partition, account = role.split(":")[1], role.split(":")[4]
    named_alike = f"arn:{partition}:iam::{account}:saml-provider/{provider.name}"
    return [f"{role},{arn}" for arn in provider_arns.get(account, (named_alike,))]


def _response(facts: Mapping[str, str], attributes: Mapping[str, list[str]]) -> Any:
    from lxml import etree

    identifier = sha256(repr((sorted(facts.items()), sorted(attributes.items()))).encode()).hexdigest()[:32]
    response = etree.Element(f"{{{PROTOCOL}}}Response", nsmap={"samlp": PROTOCOL, "saml": ASSERTION})
    _set(
        response,
        ID=f"_r{identifier}",
        Version="2.0",
        IssueInstant=facts["IssueInstant"],
        Destination=SAML_SIGN_IN,
    )
    _child(response, "Issuer", facts["Issuer"])
    status = etree.SubElement(response, f"{{{PROTOCOL}}}Status")
    code = etree.SubElement(status, f"{{{PROTOCOL}}}StatusCode")
    code.set("Value", "urn:oasis:names:tc:SAML:2.0:status:Success")
    assertion = _child(response, "Assertion")
    _set(assertion, ID=f"_a{identifier}", Version="2.0", IssueInstant=facts["IssueInstant"])
    _child(assertion, "Issuer", facts["Issuer"])
    _subject(assertion, facts)
    conditions = _child(assertion, "Conditions")
    _set(conditions, NotBefore=facts["NotBefore"], NotOnOrAfter=facts["NotOnOrAfter"])
    _child(_child(conditions, "AudienceRestriction"), "Audience", facts["Audience"])
    authentication = _child(assertion, "AuthnStatement")
    _set(authentication, AuthnInstant=facts["IssueInstant"], SessionNotOnOrAfter=facts["SessionNotOnOrAfter"])
    context = _child(authentication, "AuthnContext")
    _child(context, "AuthnContextClassRef", "urn:oasis:names:tc:SAML:2.0:ac:classes:Password")
    _attribute_statement(assertion, attributes)
    return response


def _subject(assertion: Json, facts: Mapping[str, str]) -> None:
    subject = _child(assertion, "Subject")
    name_id = _child(subject, "NameID", facts["NameID"])
    _set(name_id, Format=facts["NameIDFormat"])
    confirmation = _child(subject, "SubjectConfirmation")
    _set(confirmation, Method="urn:oasis:names:tc:SAML:2.0:cm:bearer")
    data = _child(confirmation, "SubjectConfirmationData")
    _set(data, Recipient=facts["Recipient"], NotOnOrAfter=facts["NotOnOrAfter"])


def _attribute_statement(assertion: Json, attributes: Mapping[str, list[str]]) -> None:
    statement = _child(assertion, "AttributeStatement")
    for name, values in attributes.items():
        if values:
            attribute = _child(statement, "Attribute")
            _set(attribute, Name=name)
            for value in values:
                _child(attribute, "AttributeValue", value)


def _child(parent: Any, name: str, text: str | None = None) -> Any:
    from lxml import etree

    child = etree.SubElement(parent, f"{{{ASSERTION}}}{name}")
    child.text = text
    return child


def _set(element: Any, **attributes: str) -> None:
    """Set the attributes that have a value."""
    for name, value in attributes.items():
        if value:
            element.set(name, value)


def _signed(response: Any, key: str) -> Any:
    """Sign the assertion, not the response around it."""
    from lxml import etree
    from signxml.algorithms import CanonicalizationMethod
    from signxml.signer import XMLSigner

    assertion = response.find(f"{{{ASSERTION}}}Assertion")
    # the signer's prefix must be used, because exclusive canonicalization includes it
    placeholder = etree.Element(f"{{{SIGNATURE}}}Signature", Id="placeholder", nsmap={"ds": SIGNATURE})
    assertion.insert(1, placeholder)
    signer = XMLSigner(c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0)
    signed = signer.sign(
        assertion, key=rsa_key(key), cert=certificate(key), reference_uri=assertion.get("ID")
    )
    response.replace(assertion, signed)
    return response
