"""Which facts outside the files decide a hop, and which command or edit adds them?

Each is one sentence for a report. A hop that depends on one of these facts is marked unknown; a fact that
concerns a whole account (a dump without access keys, policies without a document) is reported once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from sts_tui.account.arn import account_of
from sts_tui.account.entities import Role, User
from sts_tui.account.format.derivation import has_derived_key
from sts_tui.simulation.authorization.policies import identity_documents
from sts_tui.simulation.authorization.unknown_keys import is_organization_unknown
from sts_tui.simulation.simulation import Simulation

_NAMED: Final = 3
_OF_USERS: Final = {
    "AccessKeys": ("the access key that is assumed", "list-access-keys"),
    "LoginProfile": ("a console password", "get-login-profile"),
    "MFADevices": ("an MFA device", "list-mfa-devices"),
}
"""What a raw dump lacks about users, and the command that prints it."""


class UnknownFact(Struct, frozen=True):
    """Something that the files do not say."""

    what: str
    settled_by: str
    """A command of the AWS CLI, or an edit of the file."""


def unknown_facts(simulation: Simulation) -> tuple[UnknownFact, ...]:
    """The unknown facts of a model; those about whole accounts come first."""
    return (
        *_of_dumps(simulation),
        *_of_organizations(simulation),
        *_without_documents(simulation),
        *_of_providers(simulation),
    )


def _of_dumps(simulation: Simulation) -> Iterator[UnknownFact]:
    """`get-account-authorization-details` lists no keys, passwords or MFA devices; other files may.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_UserDetail.html
    """
    users = simulation.world.in_force.users.values()
    for account in sorted(simulation.model.raw_dumps):
        missing: dict[tuple[str, ...], int] = {}
        for user in users:
            if account_of(user.arn) == account:
                kinds = tuple(kind for kind in _OF_USERS if not _is_known(user, kind))
                missing[kinds] = missing.get(kinds, 0) + 1
        for kinds, count in missing.items():
            if kinds:
                what = [_OF_USERS[kind][0] for kind in kinds]
                text = " or ".join(filter(None, (", ".join(what[:-1]), what[-1])))
                commands = ", ".join(_OF_USERS[kind][1] for kind in kinds)
                yield UnknownFact(
                    f"whether {_users_have(count, account)} {text}",
                    f"aws iam {commands} --user-name (sts-tui fetch prints the script)",
                )


def _of_organizations(simulation: Simulation) -> Iterator[UnknownFact]:
    """`get-account-authorization-details` does not say whether its account is in an organization.

    https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeOrganization.html
    """
    configuration = simulation.world.in_force
    for account in configuration.accounts:
        if is_organization_unknown(account, configuration):
            yield organization_fact(account)


def organization_fact(account: str) -> UnknownFact:
    """The unknown fact for an account that may be in an organization."""
    return UnknownFact(
        f"whether account {account} is in an organization, and in which (aws:PrincipalOrgID, SCPs, RCPs)",
        'aws organizations describe-organization; AWSOrganizationsNotInUseException means "Standalone": true'
        " for the account in a file",
    )


def _users_have(count: int, account: str) -> str:
    """`the 3 users of account 111122223333 have`"""
    return (
        f"the user of account {account} has" if count == 1 else f"the {count} users of account {account} have"
    )


def _is_known(user: User, kind: str) -> bool:
    """Whether the files or a call of the simulation state this about a user."""
    if kind == "AccessKeys":
        return kind in user.stated and not has_derived_key(user)
    found = {"MFADevices": bool(user.mfa_devices), "LoginProfile": user.login_profile is not None}
    return kind in user.stated or found.get(kind, False)


def _without_documents(simulation: Simulation) -> Iterator[UnknownFact]:
    """Attached policies whose text no file has: they may allow or deny anything."""
    configuration = simulation.world.in_force
    holders: dict[str, list[str]] = {}
    for arn in (*configuration.users, *configuration.roles):
        entity = configuration.roles.get(arn) or configuration.users.get(arn)
        if isinstance(entity, Role) and entity.is_service_linked:
            continue  # service-linked: only its service can use the role
        for each in identity_documents(arn, configuration):
            if each.written is None:
                holders.setdefault(each.arn or each.name, []).append(arn.rsplit("/", 1)[-1])
    for policy, names in holders.items():
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        default = f"aws iam get-policy --policy-arn {policy} --query Policy.DefaultVersionId --output text"
        yield UnknownFact(
            f"what {policy} allows to {', '.join(names[:_NAMED])}{more}",
            f'aws iam get-policy-version --policy-arn {policy} --version-id "$({default})"',
        )


def _of_providers(simulation: Simulation) -> Iterator[UnknownFact]:
    """Providers that trust policies name but the account does not list."""
    configuration = simulation.world.in_force
    known = {*configuration.saml_providers, *configuration.oidc_providers}
    missing: dict[str, None] = {}
    for role in configuration.roles.values():
        for statement in _listed(role.assume_role_policy_document.document.get("Statement")):
            principal = statement.get("Principal") if isinstance(statement, dict) else None
            for arn in _listed(principal.get("Federated")) if isinstance(principal, dict) else ():
                if isinstance(arn, str) and arn.startswith("arn:") and arn not in known:
                    missing[arn] = None
    for arn in missing:
        kind = "saml" if ":saml-provider/" in arn else "open-id-connect"
        yield UnknownFact(f"whether the account has the provider {arn}", f"aws iam list-{kind}-providers")


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]
