"""Outbound web identity federation: whether the account's principals can get tokens for outside services.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from sts_tui.account.configuration import Configuration
from sts_tui.simulation.operations.configuration_edits import with_account_facts
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import iam as shapes


def enable(call: Call) -> Answer[shapes.EnableOutboundWebIdentityFederationResponse]:
    """Returns the account's issuer, by which relying parties recognize its tokens."""
    call.authorize(call.operation)
    if _is_enabled(call):
        raise AwsError(
            "FeatureEnabled", "Outbound web identity federation is already enabled for this account.", 409
        )
    return Answer(
        response={"IssuerIdentifier": _issuer(call)},
        configuration=_switched(call, on=True),
        subject=call.account,
    )


def disable(call: Call) -> Answer:
    call.authorize(call.operation)
    _refuse_disabled(call)
    return Answer(configuration=_switched(call, on=False), subject=call.account)


def get_info(call: Call) -> Answer[shapes.GetOutboundWebIdentityFederationInfoResponse]:
    call.authorize(call.operation)
    _refuse_disabled(call)
    return Answer(response={"IssuerIdentifier": _issuer(call), "JwtVendingEnabled": True})


def _is_enabled(call: Call) -> bool:
    return call.configuration.accounts[call.account].outbound_web_identity_federation


def _refuse_disabled(call: Call) -> None:
    if not _is_enabled(call):
        raise AwsError(
            "FeatureDisabled", "Outbound web identity federation is not enabled for this account.", 404
        )


def _issuer(call: Call) -> str:
    from sts_tui.identity_providers.outbound import outbound_issuer  # imports cryptography

    return outbound_issuer(call.account)


def _switched(call: Call, *, on: bool) -> Configuration:
    facts = replace(call.configuration.accounts[call.account], outbound_web_identity_federation=on)
    return with_account_facts(call.configuration, facts)


PERFORMS: dict[str, Perform] = {
    "EnableOutboundWebIdentityFederation": enable,
    "DisableOutboundWebIdentityFederation": disable,
    "GetOutboundWebIdentityFederationInfo": get_info,
}
