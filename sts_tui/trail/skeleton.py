"""Which model can be derived from a trail? The accounts, users and roles that occur in it.

Users and roles are allowed exactly what AWS allowed. Nothing else is known, so a skeleton cannot explain
denials. It is an account file, which can be completed by hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from msgspec import Struct, field

from sts_tui.account.arn import ACCOUNT_DIGITS, Arn, is_account_id
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import AccountModel
from sts_tui.account.loading.load import from_json
from sts_tui.account.role_durations import DEFAULT_MAXIMUM, HIGHEST_MAXIMUM, LOWEST_MAXIMUM
from sts_tui.simulation.bounded_cache import BoundedCache
from sts_tui.trail.reading.containers import parsed_object
from sts_tui.trail.reading.database import Trail
from sts_tui.trail.recorded import RecordedEvent
from sts_tui.trail.requests import Asked, asked_by, is_of_role
from sts_tui.trail.signer import Signer, signer_of

_MOST_RESOURCES: Final = 40
"""The maximum number of resources in a statement. More are replaced by a pattern that covers them."""
_REMEMBERED: Final = 20_000
_ROLE_ACTIONS: Final = ("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity")
_UNIQUE_ID: Final = re.compile(r"A(?:RO|ID)A\w{12,124}", re.ASCII)
_HOST: Final = re.compile(r"(?:[a-z0-9-]+\.)+amazonaws\.com(?:\.cn)?")
_PROVIDER: Final = re.compile(
    rf"arn:[a-z-]+:iam::{ACCOUNT_DIGITS}:(?:saml|oidc)-provider/\S+|(?:[a-z0-9-]+\.)+[a-z]{{2,}}", re.ASCII
)
"""A principal that a trust policy accepts. Other values in an event are ignored."""
_VERSION: Final = "2012-10-17"
_EMPTY: Final = Configuration()

ASSUMPTIONS: Final = (
    "every user and role may do what the trail shows as allowed, on the resources that it names, and no more",
    "roles are trusted by everyone who assumed them; conditions of trust policies are not known",
    "no organization, boundary, resource policy or group: denials by these are not explained",
    "requests whose resource no event names are allowed on every resource",
)


class _Entity(Struct):
    """A user or role, and the requests that it made."""

    arn: str
    unique_id: str = ""
    keys: set[str] = field(default_factory=set)
    used: dict[str, dict[str, None]] = field(default_factory=dict)
    """Action → resources (keys; the values are None)."""
    trusted: dict[str, set[str]] = field(default_factory=dict)
    """Kind of principal (`AWS`, `Service`, `Federated`) → principals that assumed it."""
    longest: int = DEFAULT_MAXIMUM


class _Derivation:
    def __init__(self) -> None:
        self.roles: dict[str, _Entity] = {}
        self.users: dict[str, _Entity] = {}
        self.accounts: dict[str, None] = {}
        self._ids: dict[str, str] = {}
        """Unique id → ARN of the first entity in the trail that has it."""
        self._asked: BoundedCache[tuple[str, ...], Asked] = BoundedCache(_REMEMBERED)

    def add(self, event: RecordedEvent) -> None:
        signer = signer_of(event.identity)
        holder = self._holder(signer)
        if event.verdict != "allowed":
            return
        if is_of_role(event):
            self._assumed(event, signer, holder)
            return
        if holder is None or signer.kind == "Root":
            return
        account = holder.arn.split(":")[4]
        key = (event.source, event.name, event.region, event.request, event.resources, event.kind, account)
        asked = self._asked.get(key)
        if asked is None:
            asked = asked_by(event, account, _EMPTY)
            self._asked.put(key, asked)
        for ask in asked.asks:
            if ask.resource == "*" or ask.resource.count(":") >= 5:
                holder.used.setdefault(ask.action, {})[ask.resource] = None

    def _holder(self, signer: Signer) -> _Entity | None:
        """The user or role whose permissions the signer has."""
        arn = signer.issuer_arn if signer.kind in ("AssumedRole", "FederatedUser") else signer.arn
        if not arn or arn.count(":") < 5:
            return None
        account = arn.split(":")[4]
        self.accounts.setdefault(account)
        if ":role/" in arn:
            entity = self.roles.setdefault(arn, _Entity(arn))
        elif ":user/" in arn:
            entity = self.users.setdefault(arn, _Entity(arn))
            if signer.key.startswith("AKIA"):
                entity.keys.add(signer.key)
        else:
            return None
        unique_id = signer.issuer_id if signer.issuer_id else signer.principal_id.partition(":")[0]
        if _UNIQUE_ID.fullmatch(unique_id) and self._ids.setdefault(unique_id, arn) == arn:
            entity.unique_id = unique_id
        return entity

    def _assumed(self, event: RecordedEvent, signer: Signer, holder: _Entity | None) -> None:
        request = parsed_object(event.request)
        role_arn = request.get("roleArn")
        if not isinstance(role_arn, str) or ":role/" not in role_arn or role_arn.count(":") < 5:
            return
        self.accounts.setdefault(role_arn.split(":")[4])
        role = self.roles.setdefault(role_arn, _Entity(role_arn))
        kind, principal = _principal(signer, request)
        if principal:
            role.trusted.setdefault(kind, set()).add(principal)
        seconds = request.get("durationSeconds")
        if isinstance(seconds, int) and LOWEST_MAXIMUM < seconds <= HIGHEST_MAXIMUM:
            role.longest = max(role.longest, seconds)
        if holder is not None:
            for action in _ROLE_ACTIONS:
                holder.used.setdefault(action, {})[role_arn] = None


def skeleton_of(trail: Trail) -> dict[str, Any]:
    """An account file, as JSON, with all accounts, users and roles in a trail."""
    derivation = _Derivation()
    start: datetime | None = None
    for event in trail.events():
        start = start or event.at
        derivation.add(event)
    accounts = [
        {
            "AccountId": account,
            "UserDetailList": [_user(one) for one in derivation.users.values() if f"::{account}:" in one.arn],
            "RoleDetailList": [_role(one) for one in derivation.roles.values() if f"::{account}:" in one.arn],
        }
        for account in sorted(derivation.accounts)
        if is_account_id(account)
    ]
    return {
        "Name": "skeleton",
        "Description": "Derived from a trail: " + "; ".join(ASSUMPTIONS),
        "StartTime": start.strftime("%Y-%m-%dT%H:%M:%SZ") if start else "2026-01-15T09:00:00Z",
        "Accounts": accounts,
    }


def skeleton_model(trail: Trail) -> AccountModel:
    """The model of `skeleton_of`. Raises AccountFileError if an account file cannot represent it."""
    return from_json(skeleton_of(trail), "skeleton").model


def _user(entity: _Entity) -> dict[str, Any]:
    arn = Arn.parse(entity.arn)
    made: dict[str, Any] = {"UserName": arn.name, "Path": arn.path, "Arn": entity.arn}
    if entity.unique_id:
        made["UserId"] = entity.unique_id
    if entity.keys:
        made["AccessKeys"] = [{"AccessKeyId": key, "Status": "Active"} for key in sorted(entity.keys)]
    if entity.used:
        made["UserPolicyList"] = [
            {"PolicyName": "seen-in-the-trail", "PolicyDocument": policy_of(entity.used)}
        ]
    return made


def _role(entity: _Entity) -> dict[str, Any]:
    arn = Arn.parse(entity.arn)
    made: dict[str, Any] = {
        "RoleName": arn.name,
        "Path": arn.path,
        "Arn": entity.arn,
        "MaxSessionDuration": entity.longest,
        "AssumeRolePolicyDocument": {"Version": _VERSION, "Statement": list(_trust(entity, arn))},
    }
    if entity.unique_id:
        made["RoleId"] = entity.unique_id
    if entity.used:
        made["RolePolicyList"] = [
            {"PolicyName": "seen-in-the-trail", "PolicyDocument": policy_of(entity.used)}
        ]
    return made


def _trust(entity: _Entity, arn: Arn) -> Iterator[dict[str, Any]]:
    operations = {
        "AWS": list(_ROLE_ACTIONS),
        "Service": ["sts:AssumeRole"],
        "Federated": ["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity", *_ROLE_ACTIONS[1:]],
    }
    for kind, principals in entity.trusted.items():
        actions = operations[kind]
        if kind == "Federated":
            is_saml = any(":saml-provider/" in one for one in principals)
            actions = [one for one in actions if is_saml or one != "sts:AssumeRoleWithSAML"]
        yield {"Effect": "Allow", "Principal": {kind: sorted(principals)}, "Action": actions}
    if not entity.trusted:
        root = f"arn:{arn.partition}:iam::{arn.account}:root"
        yield {"Effect": "Allow", "Principal": {"AWS": root}, "Action": list(_ROLE_ACTIONS)}


def _principal(signer: Signer, request: Mapping[str, Any]) -> tuple[str, str]:
    """(kind of principal, principal in a trust policy)."""
    match signer.kind:
        case "AWSService":
            return "Service", signer.invoked_by if _HOST.fullmatch(signer.invoked_by) else ""
        case "SAMLUser" | "WebIdentityUser":
            provider = str(request.get("principalArn") or signer.provider)
            return "Federated", provider if _PROVIDER.fullmatch(provider) else ""
        case "AssumedRole":
            return "AWS", signer.issuer_arn
    return "AWS", signer.arn


def policy_of(used: dict[str, dict[str, None]]) -> dict[str, Any]:
    """A policy that allows these actions on these resources, with as few statements as possible.

    `used`: action → resources (keys; the values are None).
    """
    by_resources: dict[tuple[str, ...], list[str]] = {}
    for action, resources in used.items():
        by_resources.setdefault(tuple(_covering(list(resources))), []).append(action)
    statements = [
        {"Effect": "Allow", "Action": sorted(actions), "Resource": list(resources)}
        for resources, actions in sorted(by_resources.items(), key=lambda one: sorted(one[1]))
    ]
    return {"Version": _VERSION, "Statement": statements}


def _covering(resources: list[str]) -> list[str]:
    """The resources themselves or, if they are many, a pattern for each of their beginnings."""
    if "*" in resources:
        return ["*"]
    if len(resources) <= _MOST_RESOURCES:
        return sorted(resources)
    by_beginning: dict[str, list[str]] = {}
    for one in resources:
        cut = max(one.find("/", one.rfind(":") + 1), one.rfind(":"))
        by_beginning.setdefault(one[: cut + 1], []).append(one)
    found = []
    for beginning, several in by_beginning.items():
        found += [f"{beginning}*"] if len(several) > 1 else several
    return sorted(found) if len(found) <= 4 * _MOST_RESOURCES else ["*"]
