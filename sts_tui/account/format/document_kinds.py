"""How are keys checked, merged and written whose values are policy documents?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sts_tui.account.diagnostics.json_path import Steps, shown
from sts_tui.account.format.value_kind import Building, Checking, Comparing, Exporting, KeyFormat, ValueKind
from sts_tui.account.json_value import RawObject
from sts_tui.account.policies.policy_grammar import check_policy, parse_policy
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policy_document import WrittenPolicy, why_unreadable, written_policy


def definition(kind: PolicyKind) -> str:
    """The name of a policy type in the JSON Schema: `TrustPolicyDocument`."""
    return f"{kind.name.title().replace('_', '')}PolicyDocument"


class Document(ValueKind[object, WrittenPolicy]):
    """A policy document in any encoding that `written_policy` reads."""

    noun = "a policy document"

    def check(self, value: object, key: KeyFormat, steps: Steps, walk: Checking) -> WrittenPolicy:
        written = written_policy(value)
        if written.written_as == "unreadable":
            hint = "an object, or JSON in a string, also percent-encoded"
            why = f": {why_unreadable(value)}" if isinstance(value, str) else ""
            walk.error(steps, f"Syntax errors in policy. {shown(value)} is not a policy document{why}", hint)
        elif key.policy is not PolicyKind.RESOURCE and key.policy is not None:
            walk.document(
                written, key.policy, steps
            )  # a resource's ARN decides the policy type: entity_checks
        return written

    def build(self, value: object, key: KeyFormat, walk: Building) -> WrittenPolicy:
        return value if isinstance(value, WrittenPolicy) else written_policy(value)

    def is_same(self, first: object, second: object) -> bool:
        if isinstance(first, WrittenPolicy) and isinstance(second, WrittenPolicy):
            return bool(first.document == second.document)
        return super().is_same(first, second)

    def shown(self, value: object) -> str:
        return "another policy" if isinstance(value, WrittenPolicy) else shown(value)

    def export(self, value: WrittenPolicy, key: KeyFormat, walk: Exporting) -> object:
        """The document in the file's encoding; None for one that replaces an absent document."""
        if value.written_as == "absent":
            return None
        return value.document if value.original is None else value.original

    def schema(self, key: KeyFormat) -> RawObject:
        assert key.policy is not None
        return {"anyOf": [{"$ref": f"#/$defs/{definition(key.policy)}"}, {"type": "string"}]}

    def describe(self, key: KeyFormat) -> str:
        assert key.policy is not None
        return f"policy document ({key.policy.value})"

    def compare(
        self, first: object, second: object, key: KeyFormat, named: str, place: str, walk: Comparing
    ) -> Iterator[str]:
        if first is None or second is None:
            yield from walk.changed(first, second, named)
        else:
            yield from walk.documents(first, second, named)


class SessionPolicy(ValueKind[str | RawObject, str | RawObject]):
    """The `Policy` parameter of a call, kept unchanged: JSON text, as the API takes it, or an object."""

    noun = "a session policy, as text or object"

    def check(self, value: object, key: KeyFormat, steps: Steps, walk: Checking) -> object:
        if isinstance(value, str):
            walk.policy_errors(parse_policy(value, PolicyKind.SESSION).errors, steps)
        elif isinstance(value, dict):
            walk.policy_errors(check_policy(value, PolicyKind.SESSION), steps)
        else:
            return walk.wrong(value, self.noun, steps)
        return value

    def schema(self, key: KeyFormat) -> RawObject:
        return {"anyOf": [{"$ref": f"#/$defs/{definition(PolicyKind.SESSION)}"}, {"type": "string"}]}


DOCUMENT: Final = Document()
SESSION_POLICY: Final = SessionPolicy()
