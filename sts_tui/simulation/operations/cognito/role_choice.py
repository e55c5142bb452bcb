"""Which role does an identity get in the enhanced flow?

Guests get the pool's unauthenticated role. For signed-in users, the role mapping of their login provider
decides, by roles that the token names or by rules on its claims; without a mapping they get the authenticated
role.
https://docs.aws.amazon.com/cognito/latest/developerguide/role-based-access-control.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sts_tui.account.identity_pools import AUTHENTICATED, UNAUTHENTICATED, IdentityPool
from sts_tui.simulation.operations.cognito.logins import Login
from sts_tui.simulation.operations.cognito.refusals import bad_roles, invalid_parameter, not_authorized

_PREFERRED: Final = "cognito:preferred_role"
_ROLES: Final = "cognito:roles"


def chosen_role(pool: IdentityPool, logins: Sequence[Login], custom: str | None, *, is_guest: bool) -> str:
    """The ARN of the role. `custom`: CustomRoleArn of the call.

    Raises NotAuthorizedException if the mapping denies, InvalidIdentityPoolConfigurationException if the pool
    has no such role, InvalidParameterException for logins of several mappings.
    """
    mapped = [(login, mapping) for login in logins if (mapping := _mapping(pool, login)) is not None]
    if len(mapped) > 1:
        names = " and ".join(login.provider for login, _ in mapped)
        raise invalid_parameter(
            "Only one login with a role mapping can be passed.",
            f"which mapping applies, of {names}, is not documented",
        )
    if mapped:
        return _by_mapping(pool, *mapped[0], custom)
    default = _default(pool, is_guest=is_guest)
    if custom is not None and custom != default:
        raise _denied(f"no role mapping offers {custom}")
    return default


def _default(pool: IdentityPool, *, is_guest: bool) -> str:
    kind = UNAUTHENTICATED if is_guest else AUTHENTICATED
    arn = pool.roles.get(kind)
    if not arn:
        raise bad_roles(f"the pool has no {kind} role: aws cognito-identity set-identity-pool-roles")
    return arn


def _mapping(pool: IdentityPool, login: Login) -> Mapping[str, Any] | None:
    """The role mapping of a login: for a user pool it is named with the app client, for an OIDC provider in
    IAM by its ARN.
    """
    names = [login.provider, f"{login.provider}:{login.client}"]
    names += [
        arn for arn in pool.open_id_connect_provider_arns if arn.endswith(f":oidc-provider/{login.provider}")
    ]
    for name, mapping in pool.role_mappings.items():
        if isinstance(mapping, Mapping) and (name in names or mapping.get("IdentityProvider") in names):
            return mapping
    return None


def _by_mapping(pool: IdentityPool, login: Login, mapping: Mapping[str, Any], custom: str | None) -> str:
    is_by_token = mapping.get("Type") == "Token"
    offered = list(_of_token(login) if is_by_token else _of_rules(login, mapping))
    if custom is not None:
        if custom in offered:
            return custom
        raise _denied(f"{custom} is none of the roles that {login.provider} offers: {', '.join(offered)}")
    preferred = login.claims.get(_PREFERRED) if is_by_token else next(iter(offered), None)
    if preferred:
        return str(preferred)
    if mapping.get("AmbiguousRoleResolution") == "AuthenticatedRole":
        return _default(pool, is_guest=False)
    why = f"no {_PREFERRED} in the token" if is_by_token else "no rule matches"
    raise _denied(f"{why}, and AmbiguousRoleResolution is Deny")


def _of_token(login: Login) -> Iterator[str]:
    """The roles that the token names, in a list or separated by commas."""
    listed = login.claims.get(_ROLES) or ()
    if isinstance(listed, str):
        listed = listed.split(",")
    yield from (str(arn).strip() for arn in listed) if isinstance(listed, list | tuple) else ()


def _of_rules(login: Login, mapping: Mapping[str, Any]) -> Iterator[str]:
    """The roles of the rules that match, in order."""
    for rule in (mapping.get("RulesConfiguration") or {}).get("Rules") or ():
        claim = login.claims.get(rule["Claim"])
        if claim is not None and _matches(rule["MatchType"], claim, rule["Value"]):
            yield rule["RoleARN"]


def _matches(kind: str, claim: object, value: str) -> bool:
    """Whether a rule matches. A rule on a claim that the token lacks does not match, not even NotEqual. The
    values of a list such as `cognito:groups` are joined by commas.
    """
    text = ",".join(map(str, claim)) if isinstance(claim, list | tuple) else _text(claim)
    match kind:
        case "Equals":
            return text == value
        case "NotEqual":
            return text != value
        case "StartsWith":
            return text.startswith(value)
        case _:
            return value in text


def _text(claim: object) -> str:
    return ("true" if claim else "false") if isinstance(claim, bool) else str(claim)


def _denied(hint: str) -> Exception:
    return not_authorized("Access denied by the role mapping of this identity pool.", hint)
