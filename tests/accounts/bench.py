"""Calls made against a bare configuration: what operations do, without the running simulation around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from sts_tui.account.configuration import Configuration, configuration_of
from sts_tui.account.entities import AccountModel, Settings
from sts_tui.account.loading.load import from_json
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.iam.caller import Caller, CallerKind
from sts_tui.iam.decision import Decision, Outcome
from sts_tui.simulation.operations import OPERATIONS, check_request
from sts_tui.sts.errors import AwsError
from sts_tui.sts.identity import CallerIdentity
from sts_tui.sts.ids import IdSource
from sts_tui.sts.operation import Answer, Call
from tests.accounts.policies import MAIN

NOW = datetime(2026, 1, 15, 10, 0, tzinfo=UTC)
ACCOUNT = MAIN
OPERATOR = CallerIdentity(
    caller=Caller(kind=CallerKind.ROOT, account=ACCOUNT), label="operator", account=ACCOUNT, is_operator=True
)
ALLOWED = Decision(Outcome.ALLOWED, None, (), "any", "the test allows it")


@dataclass(slots=True)
class Asked:
    """One question that an operation put: may the caller do this?"""

    action: str
    resource: str
    context: Mapping[str, Any]
    resource_account: str | None
    resource_policy: WrittenPolicy | None


@dataclass(slots=True)
class Bench:
    """A configuration, and calls that replace it. `denied` actions are refused as a policy would."""

    configuration: Configuration
    model: AccountModel
    caller: CallerIdentity = OPERATOR
    denied: tuple[str, ...] = ()
    denied_by_new_policy: tuple[str, ...] = ()
    """Actions that are refused where the operation asks about a policy that is not in force yet."""
    asked: list[Asked] = field(default_factory=list)
    ids: IdSource = field(default_factory=lambda: IdSource(7))

    def __call__(self, operation: str, /, **params: Any) -> dict[str, Any]:
        """Perform an operation as the call pipeline does, keep its configuration, answer its response."""
        return self.answer(operation, **params).response

    def answer(self, operation: str, /, **params: Any) -> Answer:
        self.asked.clear()
        check_request(operation, params)
        answer = OPERATIONS[operation].perform(self.call(operation, params))
        if answer.configuration is not None:
            self.configuration = answer.configuration
        return answer

    def call(self, operation: str, params: Mapping[str, Any]) -> Call:
        return Call(
            operation=operation,
            params=params,
            caller=self.caller,
            account=self.caller.account or ACCOUNT,
            configuration=self.configuration,
            sessions={},
            settings=Settings(),
            identity_providers={one.name: one for one in self.model.identity_providers},
            now=NOW,
            region="us-east-1",
            ids=self.ids,
            authorize=self.authorize,
        )

    def authorize(
        self,
        action: str,
        resource: str = "*",
        *,
        context: Mapping[str, Any] | None = None,
        resource_account: str | None = None,
        resource_policy: WrittenPolicy | None = None,
        caller: CallerIdentity | None = None,
    ) -> Decision:
        self.asked.append(Asked(action, resource, dict(context or {}), resource_account, resource_policy))
        if action in self.denied or (resource_policy is not None and action in self.denied_by_new_policy):
            raise AwsError(
                "AccessDenied", f"not authorized to perform: {action} on resource: {resource}", 403
            )
        return ALLOWED

    def acting(self, **changes: Any) -> None:
        """Go on as another caller."""
        self.caller = replace(self.caller, **changes)


def bench(**account: Any) -> Bench:
    """A bench of one account, given by its members in the account file's names."""
    return bench_of({"Accounts": [{"AccountId": ACCOUNT, **account}]})


def bench_of(file: Mapping[str, Any]) -> Bench:
    model = from_json(file).model
    return Bench(configuration=configuration_of(model), model=model)


def refusal(bench: Bench, operation: str, /, **params: Any) -> tuple[str, int, str]:
    """(code, status, message) with which a call is refused; fails where it is not."""
    before = bench.configuration
    try:
        bench(operation, **params)
    except AwsError as error:
        assert bench.configuration is before
        return error.code, error.status, error.message
    raise AssertionError(f"{operation} was not refused")
