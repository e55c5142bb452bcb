"""The enhanced flow: Cognito chooses a role for an identity and assumes it on the visitor's behalf. It
combines GetOpenIdToken and AssumeRoleWithWebIdentity: the role's trust policy and the RCPs of its account are
evaluated. The session lasts one hour; that of a guest is limited by two session policies.
https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetCredentialsForIdentity.html
https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flow.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sts_tui.account.entities import Role
from sts_tui.account.identity_pools import AUTHENTICATED, ISSUER
from sts_tui.account.json_value import JsonObject
from sts_tui.simulation.operations.cognito.guest_policies import GUEST_POLICIES, SESSION_NAME
from sts_tui.simulation.operations.cognito.identities import Proven, known_identity, proven
from sts_tui.simulation.operations.cognito.pool_access import known_pool
from sts_tui.simulation.operations.cognito.principal_tags import principal_tags
from sts_tui.simulation.operations.cognito.refusals import (
    bad_login,
    bad_roles,
    forbidden,
    invalid_parameter,
)
from sts_tui.simulation.operations.cognito.role_choice import chosen_role
from sts_tui.simulation.operations.cognito.tokens import methods_of
from sts_tui.sts.credentials import printed
from sts_tui.sts.errors import AwsError
from sts_tui.sts.facts.limits import DEFAULT_ROLE_SESSION
from sts_tui.sts.federation.federated_attributes import stated_tags, tags_of_claims
from sts_tui.sts.federation.web_identity_tokens import (
    IDENTITY_POOLS,
    WebIdentity,
    parsed_token,
    seconds_of,
    verify_signature,
)
from sts_tui.sts.identity import federated_identity
from sts_tui.sts.issuing.role_sessions import RoleSessionPlan, issue_role_session
from sts_tui.sts.issuing.role_trust import authorize_on_role
from sts_tui.sts.issuing.session_policies import NO_POLICIES
from sts_tui.sts.issuing.tags import SessionTags
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import cognito_identity as shapes
    from sts_tui.sts.issuing.parameters import TokenParameters

ACTION: Final = "sts:AssumeRoleWithWebIdentity"


def get_credentials_for_identity(
    call: Call[shapes.GetCredentialsForIdentityInput],
) -> Answer[shapes.GetCredentialsForIdentityResponse]:
    """Not signed. Raises InvalidIdentityPoolConfigurationException if no role admits the identity, and what
    `proven` and `chosen_role` raise.
    """
    given = call.params.get("Logins") or {}
    proof, claims, tags = _by_token(call, given[ISSUER]) if ISSUER in given else _by_logins(call)
    pool, identity = proof.pool, proof.identity
    is_guest = AUTHENTICATED not in cast("list[str]", claims["amr"])
    arn = chosen_role(pool, proof.logins, call.params.get("CustomRoleArn"), is_guest=is_guest)
    role = call.configuration.roles.get(arn)
    if role is None:
        raise bad_roles(f"there is no role {arn}")
    web_identity = WebIdentity(
        principal=ISSUER, host=ISSUER, claims=claims, audience=pool.identity_pool_id, label=identity.label
    )
    _authorize(call, role, web_identity, tags)
    plan = RoleSessionPlan(
        operation="AssumeRoleWithWebIdentity",
        role=role,
        session_name=SESSION_NAME,
        seconds=DEFAULT_ROLE_SESSION,
        tags=tags,
        policies=GUEST_POLICIES if is_guest else NO_POLICIES,
        parent_label=identity.label,
        context=web_identity.session_context(),
    )
    session, _ = issue_role_session(cast("Call[TokenParameters]", call), plan)
    credentials = session.credentials
    return Answer(
        response={
            "IdentityId": identity.identity_id,
            "Credentials": {
                "AccessKeyId": credentials.access_key_id,
                "SecretKey": credentials.secret_access_key,
                "SessionToken": credentials.session_token,
                "Expiration": printed(credentials.expiration),
            },
        },
        configuration=proof.configuration,
        sessions=(session,),
        subject=role.arn,
    )


def _by_logins(call: Call) -> tuple[Proven, JsonObject, SessionTags]:
    proof = proven(call, call.params["IdentityId"], call.params.get("Logins") or {})
    claims = _claims(proof, list(methods_of(proof.logins)))
    pairs = tuple(principal_tags(proof.pool, proof.logins).items())
    try:
        return proof, claims, stated_tags(pairs, ())
    except AwsError as refused:
        raise bad_login("", refused.hint) from None


def _by_token(call: Call, token: str) -> tuple[Proven, JsonObject, SessionTags]:
    """The identity, its claims and session tags, from a token of GetOpenIdTokenForDeveloperIdentity. Raises
    NotAuthorizedException for any other, InvalidParameterException for further logins.
    """
    if len(call.params["Logins"]) > 1:
        raise invalid_parameter(f"A token of {ISSUER} is the only login.")
    identity = known_identity(call, call.params["IdentityId"])
    if identity.is_disabled:
        raise forbidden(identity.identity_id, "it was merged into another identity")
    try:
        header, claims = parsed_token(token)
        verify_signature(token, header, IDENTITY_POOLS, ISSUER)
        expires, tags = seconds_of(claims, "exp"), tags_of_claims(claims)
    except AwsError as refused:
        raise bad_login("Couldn't verify signed token.", refused.hint) from None
    now = int(call.now.timestamp())
    if now >= expires:
        raise bad_login(f"Token expired: {now} >= {expires}")
    if (claims.get("sub"), claims.get("aud")) != (identity.identity_id, identity.pool_id):
        raise bad_login("", f"the token is for identity {claims.get('sub')}")
    methods = claims.get("amr")
    if not isinstance(methods, list) or AUTHENTICATED not in methods:
        raise bad_login("", "the token is that of a guest")
    pool = known_pool(call, identity.pool_id)
    proof = Proven(pool=pool, identity=identity, logins=(), configuration=call.configuration)
    return proof, _claims(proof, [str(one) for one in methods]), tags


def _claims(proof: Proven, methods: list[str]) -> JsonObject:
    """The claims of the token that the basic flow would have issued."""
    issuer = IDENTITY_POOLS.issuer
    pool_id = proof.pool.identity_pool_id
    return {"iss": issuer, "sub": proof.identity.identity_id, "aud": pool_id, "amr": [*methods]}


def _authorize(call: Call, role: Role, identity: WebIdentity, tags: SessionTags) -> None:
    """Raises InvalidIdentityPoolConfigurationException: Cognito does not say which policy denied the
    request.
    """
    caller = federated_identity(ISSUER, None, identity.label)
    context = {"sts:RoleSessionName": SESSION_NAME, **identity.trust_context()}
    try:
        authorize_on_role(call, ACTION, role, context=context, tags=tags, source_identity=None, caller=caller)
    except AwsError as denied:
        needed = denied.message.rpartition(" ")[2]
        hint = denied.hint or f"a policy denies {needed} on {role.role_name} to {identity.label}"
        raise bad_roles(hint, denied.decision) from None


PERFORMS: dict[str, Perform] = {"GetCredentialsForIdentity": get_credentials_for_identity}
