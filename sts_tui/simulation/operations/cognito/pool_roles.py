"""Which roles does an identity pool give, and which claims become principal tags?

https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_SetIdentityPoolRoles.html
https://docs.aws.amazon.com/cognito/latest/developerguide/attributes-for-access-control.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from msgspec.structs import replace

from sts_tui.account.json_value import JsonObject
from sts_tui.simulation.operations.cognito.pool_access import administered_pool, pass_roles, with_pool
from sts_tui.simulation.operations.cognito.refusals import invalid_parameter
from sts_tui.simulation.operations.requests import is_true
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import cognito_identity as shapes

MOST_RULES: Final = 25
"""https://docs.aws.amazon.com/cognito/latest/developerguide/role-based-access-control.html"""


def set_identity_pool_roles(call: Call[shapes.SetIdentityPoolRolesInput]) -> Answer:
    """Replace the roles and mappings. Raises ResourceNotFoundException, InvalidParameterException for a
    mapping that is not complete, and the denial of iam:PassRole.
    """
    params = call.params
    pool = administered_pool(call, params["IdentityPoolId"], names_pool=False)
    mappings = cast("JsonObject", dict(params.get("RoleMappings") or {}))
    for name, mapping in (params.get("RoleMappings") or {}).items():
        _refuse_incomplete(name, mapping)
    pass_roles(call, pool.account_id, (*params["Roles"].values(), *_roles_of_rules(mappings)))
    now = replace(pool, roles=dict(params["Roles"]), role_mappings=mappings)
    return Answer(configuration=with_pool(call.configuration, now), subject=now.arn)


def get_identity_pool_roles(
    call: Call[shapes.GetIdentityPoolRolesInput],
) -> Answer[shapes.GetIdentityPoolRolesResponse]:
    """Raises ResourceNotFoundException."""
    pool = administered_pool(call, call.params["IdentityPoolId"])
    response: shapes.GetIdentityPoolRolesResponse = {"IdentityPoolId": pool.identity_pool_id}
    if pool.roles:
        response["Roles"] = dict(pool.roles)
    if pool.role_mappings:
        response["RoleMappings"] = cast("Mapping[str, shapes.RoleMapping]", pool.role_mappings)
    return Answer(response=response)


def set_principal_tag_attribute_map(
    call: Call[shapes.SetPrincipalTagAttributeMapInput],
) -> Answer[shapes.SetPrincipalTagAttributeMapResponse]:
    """Raises ResourceNotFoundException."""
    params = call.params
    pool = administered_pool(call, params["IdentityPoolId"], names_pool=False)
    name, uses_defaults = params["IdentityProviderName"], is_true(params.get("UseDefaults"))
    written: JsonObject = {"UseDefaults": uses_defaults}
    if not uses_defaults:
        written = {**written, "PrincipalTags": dict(params.get("PrincipalTags") or {})}
    now = replace(pool, principal_tags={**pool.principal_tags, name: written})
    return Answer(
        response=cast(
            "shapes.SetPrincipalTagAttributeMapResponse", _map_shape(pool.identity_pool_id, name, written)
        ),
        configuration=with_pool(call.configuration, now),
        subject=now.arn,
    )


def get_principal_tag_attribute_map(
    call: Call[shapes.GetPrincipalTagAttributeMapInput],
) -> Answer[shapes.GetPrincipalTagAttributeMapResponse]:
    """Raises ResourceNotFoundException."""
    name = call.params["IdentityProviderName"]
    pool = administered_pool(call, call.params["IdentityPoolId"])
    said = pool.principal_tags.get(name)
    shape = _map_shape(pool.identity_pool_id, name, said if isinstance(said, Mapping) else {})
    return Answer(response=cast("shapes.GetPrincipalTagAttributeMapResponse", shape))


def _map_shape(pool_id: str, provider: str, said: Mapping[str, Any]) -> dict[str, Any]:
    tags = said.get("PrincipalTags")
    return {
        "IdentityPoolId": pool_id,
        "IdentityProviderName": provider,
        "UseDefaults": bool(said.get("UseDefaults")),
        **({"PrincipalTags": tags} if tags else {}),
    }


def _refuse_incomplete(name: str, mapping: Mapping[str, Any]) -> None:
    """Check the members that a mapping needs beyond its shape. Raises InvalidParameterException."""
    where = f"in the mapping of {name}"
    if not mapping.get("AmbiguousRoleResolution"):
        raise invalid_parameter("AmbiguousRoleResolution is required for this role mapping.", where)
    rules = (mapping.get("RulesConfiguration") or {}).get("Rules") or ()
    if mapping["Type"] == "Rules" and not rules:
        raise invalid_parameter("RulesConfiguration is required for a mapping of type Rules.", where)
    if len(rules) > MOST_RULES:
        raise invalid_parameter(f"A role mapping has at most {MOST_RULES} rules.", where)


def _roles_of_rules(mappings: Mapping[str, Any]) -> Iterator[str]:
    for mapping in mappings.values():
        for rule in (mapping.get("RulesConfiguration") or {}).get("Rules") or ():
            yield rule["RoleARN"]


PERFORMS: dict[str, Perform] = {
    "SetIdentityPoolRoles": set_identity_pool_roles,
    "GetIdentityPoolRoles": get_identity_pool_roles,
    "SetPrincipalTagAttributeMap": set_principal_tag_attribute_map,
    "GetPrincipalTagAttributeMap": get_principal_tag_attribute_map,
}
