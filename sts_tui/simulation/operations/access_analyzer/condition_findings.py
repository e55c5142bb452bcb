"""What does Access Analyzer find in the operators and keys of a Condition block?

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sts_tui.account.policies.condition_operators import IF_EXISTS, OperatorFamily, SetOperator
from sts_tui.simulation.operations.access_analyzer.checked_statement import CheckedStatement, ConditionTest
from sts_tui.simulation.operations.access_analyzer.finding import Finding, finding

_MULTIPLE: Final = "ArrayOf"
_TAG_KEYS: Final = ("resourcetag", "requesttag", "principaltag", "existingobjecttag", "requestobjecttag")
_SPOOFED: Final = ("aws:referer", "aws:useragent")
"""Keys whose value the caller writes into a request.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-referer
"""
_PAIRS: Final = {"aws:vpcsourceip": (("aws:sourcevpc", "aws:sourcevpce"), "aws:SourceVpc")}
"""Key → (keys of which one has to accompany it, the recommended one)."""
_NAMES: Final = """
    acm-pca apprunner applicationinsights athena cloudformation comprehendmedical compute-optimizer datasync
    discovery dynamodb ebs ecr ecs firehose gamelift healthlake iam iotfleetwise iotwireless kinesisanalytics
    kms lambda medical-imaging omics payment-cryptography polly rbin rekognition route53 s3 scheduler
    servicediscovery servicequotas shield ssm-contacts storagegateway textract transcribe transfer
"""
_SUPPORTED: Final = frozenset(_NAMES.split())
"""Prefixes of the services that have aws:VpceAccount; more services have the organization's keys.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-vpceaccount
"""
_OF_FEW_SERVICES: Final = ("aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths")


def condition_findings(statement: CheckedStatement) -> Iterator[Finding]:
    """The findings of operators and keys; values are checked in `condition_value_findings`."""
    if statement.elements.get("Condition") == {}:
        yield finding("EMPTY_OBJECT_CONDITION", statement.at("Condition"))
    seen: set[str] = set()
    for test in statement.tests():
        if test.operator not in seen:
            seen.add(test.operator)
            yield from _operator(test)
        yield from _key(test)
        yield from _qualifier(test, statement)
        yield from _type(test)
        yield from _in_its_statement(test, statement)
    yield from _repeated(statement)


def _operator(test: ConditionTest) -> Iterator[Finding]:
    at, operator = test.steps[:-1], test.operator
    if operator.rpartition(":")[2] == f"Null{IF_EXISTS}":
        yield finding("NULL_WITH_IF_EXISTS", at, is_key=True)
    elif test.name.row is None:
        yield finding("INVALID_CONDITION_OPERATOR", at, is_key=True, operator=operator)
    elif test.family is OperatorFamily.NULL and test.name.set_operator is not SetOperator.SINGLE:
        yield finding("NULL_WITH_QUALIFIER", at, is_key=True)


def _key(test: ConditionTest) -> Iterator[Finding]:
    from sts_tui.account.policies import vocabulary  # reads AWS's lists

    key, at = test.key, test.steps
    service, colon, name = key.partition(":")
    if not colon:
        yield finding("INVALID_CONDITION_KEY_FORMAT", at, is_key=True)
    elif name.lower().rstrip("/") in _TAG_KEYS:
        yield finding("MISSING_TAG_KEY_IN_CONDITION", at, is_key=True, key=f"{key.rstrip('/')}/")
    elif key.lower() == "aws:arn":
        yield finding("UNSUPPORTED_GLOBAL_CONDITION_KEY", at, is_key=True)
    elif vocabulary.key_type(key) is None:
        if service.lower() == "aws":
            yield finding("INVALID_GLOBAL_CONDITION_KEY", at, is_key=True, key=key)
        elif vocabulary.is_service(service.lower()):
            words = {"key": key, "service": service}
            yield finding("INVALID_SERVICE_CONDITION_KEY", at, is_key=True, words=words)
        else:
            yield finding("INVALID_SERVICE", at, is_key=True, service=service)


def _qualifier(test: ConditionTest, statement: CheckedStatement) -> Iterator[Finding]:
    from sts_tui.account.policies import vocabulary  # reads AWS's lists

    kind = vocabulary.key_type(test.key)
    if kind is None or test.name.row is None or test.family is OperatorFamily.NULL:
        return
    is_multiple, how = kind.startswith(_MULTIPLE), test.name.set_operator
    if is_multiple and how is SetOperator.SINGLE:
        yield finding("MISSING_QUALIFIER", test.steps, is_key=True, key=test.key)
    elif not is_multiple and how is SetOperator.FOR_ALL_VALUES and statement.is_allow:
        yield finding("FORALLVALUES_WITH_SINGLE_VALUED_KEY", test.steps, is_key=True, key=test.key)
    elif not is_multiple and how is SetOperator.FOR_ANY_VALUE and test.key.lower().endswith(":aud"):
        yield finding("FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE", test.steps, is_key=True, key=test.key)


def _type(test: ConditionTest) -> Iterator[Finding]:
    """Operators that never compare the key's values, and StringLike, which compares ARNs without segments."""
    from sts_tui.account.policies import vocabulary  # reads AWS's lists

    kind = (vocabulary.key_type(test.key) or "").removeprefix(_MULTIPLE)
    words = {"operator": test.operator, "key": test.key}
    if kind == "ARN" and test.family is OperatorFamily.STRING and test.is_like:
        allowed = test.operator.replace("String", "Arn")
        check = "STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS"
        yield finding(check, test.steps, is_key=True, allowed=allowed, words=words)
    elif allowed := vocabulary.operator_type_for(test.operator, test.key):
        yield finding("TYPE_MISMATCH", test.steps, is_key=True, allowed=allowed, words=words)


def _in_its_statement(test: ConditionTest, statement: CheckedStatement) -> Iterator[Finding]:
    key = test.key.lower()
    keys = statement.condition_keys()
    if key in _SPOOFED:
        yield finding("UNTRUSTWORTHY_CONDITION_KEY", test.steps, is_key=True, key=test.key)
    if key in _PAIRS and not keys & set(_PAIRS[key][0]):
        words = {"key": test.key, "recommended": _PAIRS[key][1]}
        yield finding("MISSING_PAIRED_CONDITION_KEYS", test.steps, is_key=True, words=words)
    if key in _OF_FEW_SERVICES and not _is_supported(key, statement):
        check = "USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES"
        yield finding(check, test.steps, is_key=True, key=test.key)
    if key == "dynamodb:attributes" and statement.is_allow and "dynamodb:select" not in keys:
        yield finding("DYNAMODB_ATTRIBUTES_WITHOUT_SELECT", test.steps, is_key=True)
    is_text = test.family is OperatorFamily.STRING
    if key == "s3:prefix" and is_text and test.is_negated is statement.is_allow:
        yield finding("S3_PREFIX_IN_NEGATIVE_CONTEXT", test.steps, is_key=True)


def _is_supported(key: str, statement: CheckedStatement) -> bool:
    """Whether each action may have the key. For keys of the organization only wildcards count as
    unsupported.
    """
    services = {action.lower().partition(":")[0] for action in statement.names("Action")}
    if "NotAction" in statement.elements or any("*" in one for one in services):
        return False
    return key != "aws:vpceaccount" or services <= _SUPPORTED


def _repeated(statement: CheckedStatement) -> Iterator[Finding]:
    """Keys of one operator that differ only in case."""
    known: dict[tuple[str, str], str] = {}
    for test in statement.tests():
        first = known.setdefault((test.operator, test.key.lower()), test.key)
        if first != test.key:
            yield finding("DUPLICATE_KEYS_WITH_DIFFERENT_CASE", test.steps, is_key=True, key=test.key)


def unsupported_key_findings(statement: CheckedStatement) -> Iterator[Finding]:
    """Condition keys of a service that some of its actions do not have."""
    from sts_tui.account.policies import vocabulary  # reads AWS's lists

    for test in statement.tests():
        wrong = [
            (at, action)
            for at, action in statement.texts("Action")
            if not vocabulary.takes_key(action, test.key)
        ]
        if wrong and not test.key.lower().startswith("aws:"):
            words = {"actions": ", ".join(action for _, action in wrong), "key": test.key}
            others = (*(at for at, _ in wrong[1:]), test.steps)
            yield finding("UNSUPPORTED_ACTION_FOR_CONDITION_KEY", wrong[0][0], also=others, words=words)
