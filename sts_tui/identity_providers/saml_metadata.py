"""What is in the metadata of a SAML provider? Its entity id and signing certificates.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml.html
"""

from __future__ import annotations

from textwrap import wrap
from typing import Any, Final

from sts_tui.account.entities import IdentityProvider
from sts_tui.identity_providers.saml import PERSISTENT, PROTOCOL, SIGNATURE, saml_certificate

METADATA: Final = "urn:oasis:names:tc:SAML:2.0:metadata"
_BEGIN: Final = "-----BEGIN CERTIFICATE-----"
_END: Final = "-----END CERTIFICATE-----"
_LINE: Final = 64

_DOCUMENT: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md="{metadata}" xmlns:ds="{signature}" entityID={issuer}>
  <md:IDPSSODescriptor protocolSupportEnumeration="{protocol}" WantAuthnRequestsSigned="false">
    <md:KeyDescriptor use="signing">
      <ds:KeyInfo>
        <ds:X509Data>
          <ds:X509Certificate>
{certificate}
          </ds:X509Certificate>
        </ds:X509Data>
      </ds:KeyInfo>
    </md:KeyDescriptor>
    <md:NameIDFormat>{name_id_format}</md:NameIDFormat>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location={issuer}/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>
"""


def metadata_of(provider: IdentityProvider) -> str:
    """The metadata document of a simulated identity provider, as an administrator would upload it."""
    from xml.sax.saxutils import quoteattr

    return _DOCUMENT.format(
        metadata=METADATA,
        signature=SIGNATURE,
        protocol=PROTOCOL,
        issuer=quoteattr(provider.issuer),
        certificate=saml_certificate(provider).strip().removeprefix(_BEGIN).removesuffix(_END).strip(),
        name_id_format=PERSISTENT,
    )


def entity_id(document: str) -> str | None:
    """The issuer in a metadata document; None if the text is not metadata."""
    root = _root(document)
    if root is None or root.tag not in ("EntityDescriptor", f"{{{METADATA}}}EntityDescriptor"):
        return None
    return root.get("entityID") or None


def certificates(document: str) -> tuple[str, ...]:
    """The certificates in a document as PEM, for any use."""
    root = _root(document)
    found = root.iterfind(f".//{{{SIGNATURE}}}X509Certificate") if root is not None else ()
    return tuple(_pem("".join((one.text or "").split())) for one in found)


def _root(document: str) -> Any:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(document.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None


def _pem(base64: str) -> str:
    return "\n".join((_BEGIN, *wrap(base64, _LINE), _END, ""))
