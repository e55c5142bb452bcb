"""Which rules does AWS apply to a policy document, in which order, and with which error messages?

This table is used for writing, loading and evaluating. The steps and sentences of IAM were recorded from
CreatePolicy in 2026-02. AWS reports only the first rule that a document breaks. A rule whose position was not
recorded comes after the recorded ones.

A rule has one of three forces:

- ALWAYS: no document that breaks it can exist in AWS. An error when written and when loaded; `evaluate`
  ignores such a document.
- WRITING: refused when written today, but stored documents may break it, because AWS added the rule later or
  because it depends on how a document is stored. An error when written, a warning when loaded.
- ADVICE: AWS accepts the document, but it has less effect than its author may expect. A warning.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from msgspec import Struct

MALFORMED: Final = "MalformedPolicyDocument"

_UG: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
_GRAMMAR: Final = f"{_UG}/reference_policies_grammar.html"
_CREATE_POLICY: Final = "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html"
_CREATE_ROLE: Final = "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html"
_RESOURCE: Final = f"{_UG}/reference_policies_elements_resource.html"
_ACTION: Final = f"{_UG}/reference_policies_elements_action.html"
_PRINCIPAL: Final = f"{_UG}/reference_policies_elements_principal.html"
_CONDITION: Final = f"{_UG}/reference_policies_elements_condition.html"
_SID: Final = f"{_UG}/reference_policies_elements_sid.html"
_ORGANIZATIONS: Final = "https://docs.aws.amazon.com/organizations/latest/userguide"


class Force(Enum):
    """When a rule applies; see the docstring of this module."""

    ALWAYS = "always"
    WRITING = "when written"
    ADVICE = "advice"


class Rule(Struct, frozen=True, kw_only=True):
    """One rule: its `step` in AWS's order, and AWS's sentence, in which values replace `{}`."""

    step: int
    sentence: str
    source: str
    force: Force = Force.ALWAYS
    code: str = MALFORMED


SYNTAX: Final = Rule(step=1, sentence="Syntax errors in policy.", source=_GRAMMAR)
INVALID_JSON: Final = Rule(step=1, sentence="This policy contains invalid Json", source=_CREATE_ROLE)
"""For a trust policy. Recorded from CreateRole, 2025-03-06."""
MISSING_FIELD: Final = Rule(step=1, sentence="Missing required field {}", source=_PRINCIPAL)
PROHIBITED_FIELD: Final = Rule(step=1, sentence="Has prohibited field {}", source=_CREATE_ROLE)
NOT_OF_ITS_TYPE: Final = Rule(
    step=1,
    sentence="The provided policy document does not meet the requirements of the specified policy type.",
    source=f"{_ORGANIZATIONS}/orgs_manage_policies_rcps_syntax.html",
)
"""The sentence of Organizations for everything that an SCP or RCP must not contain."""

VERSION: Final = Rule(
    step=2,
    sentence="Policy document must be version 2012-10-17 or greater.",
    source=_CREATE_POLICY,
    force=Force.WRITING,
)
"""For managed policies. Policies that were stored earlier may have the older version."""

LEGACY: Final = Rule(step=3, sentence="The policy failed legacy parsing", source=_CREATE_POLICY)

UNIQUE_SIDS: Final = Rule(
    step=4, sentence="Statement IDs (SID) in a single policy must be unique.", source=_SID
)
ALPHANUMERIC_SIDS: Final = Rule(
    step=4,
    sentence="Statement IDs (SID) must be alpha-numeric. "
    "Check that your input satisfies the regular expression [0-9A-Za-z]*",
    source=_SID,
)

NO_PRINCIPAL_HERE: Final = Rule(
    step=4, sentence="Policy document should not specify a principal.", source=_PRINCIPAL
)
"""Checked before missing resources: a trust policy without Resource, passed to PutRolePolicy, gets this
sentence (https://github.com/hashicorp/terraform/issues/13449)."""

NO_ACTIONS: Final = Rule(step=5, sentence="Policy statement must contain actions.", source=_ACTION)
NO_RESOURCES: Final = Rule(step=6, sentence="Policy statement must contain resources.", source=_RESOURCE)

NOT_AN_ARN: Final = Rule(step=7, sentence='Resource {} must be in ARN format or "*".', source=_RESOURCE)
PARTITION: Final = Rule(
    step=7, sentence='Partition "{}" is not valid for resource "{}".', source=f"{_UG}/reference-arns.html"
)
RESOURCE_VENDOR: Final = Rule(
    step=7,
    sentence="Resource vendor must be fully qualified and cannot contain regexes.",
    source=f"{_UG}/reference_policies_elements_resource.html",
)
IAM_REGION: Final = Rule(
    step=7,
    sentence="IAM resource {} cannot contain region information.",
    source=f"{_UG}/reference_identifiers.html",
)
IAM_PATH: Final = Rule(
    step=7,
    sentence='IAM resource path must either be "*", root, or start with user/, federated-user/, role/, '
    "group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, "
    "oidc-provider/, report/, access-report/.",
    source=f"{_UG}/reference_identifiers.html",
)
S3_REGION: Final = Rule(
    step=7,
    sentence="Resource {} can not contain region information.",
    source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/security_iam_service-with-iam.html",
)

NO_VENDOR: Final = Rule(
    step=8,
    sentence="Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
    source=_ACTION,
)
SEVERAL_COLONS: Final = Rule(step=8, sentence="Actions/Condition can contain only one colon.", source=_ACTION)
VENDOR: Final = Rule(step=8, sentence="Vendor {} is not valid", source=_ACTION)
KEY_WITH_SEVERAL_COLONS: Final = Rule(
    step=8, sentence="Condition can contain only one colon.", source=_CONDITION
)

TRUST_ACTION: Final = Rule(
    step=9, sentence="AssumeRole policy may only specify STS AssumeRole actions.", source=_CREATE_ROLE
)
SCALAR_PRINCIPAL: Final = Rule(
    step=9,
    sentence='AssumeRolepolicy contained an invalid principal: "STAR":"*".',
    source=_PRINCIPAL,
)
"""For a trust policy. AWS's pages disagree; the setting ScalarPrincipalInTrustPolicies accepts it."""
INVALID_PRINCIPAL: Final = Rule(step=9, sentence="Invalid principal in policy{}", source=_PRINCIPAL)
FEDERATED_PRINCIPAL: Final = Rule(
    step=9,
    sentence="Federated principals must be valid domain names or SAML metadata ARNs",
    source=_PRINCIPAL,
)
SHARED_PROVIDER: Final = Rule(
    step=10,
    sentence="Trust policy with trusted principal {} must evaluate, using StringEquals, StringLike or "
    "StringEqualsIgnoreCase, {} which is not scoped to all",
    source=f"{_UG}/id_roles_providers_oidc_secure-by-default.html",
    force=Force.WRITING,
)

ID_ELEMENT: Final = Rule(
    step=11,
    sentence="Id has no effect in this kind of policy.",
    source=f"{_UG}/reference_policies_elements_id.html",
    force=Force.ADVICE,
)
KEY_WITHOUT_PREFIX: Final = Rule(
    step=11,
    sentence="The condition key {} has no service prefix: it is absent from every request.",
    source=_CONDITION,
    force=Force.ADVICE,
)
EMPTY_OPERATOR: Final = Rule(
    step=11,
    sentence="{} is not a condition operator. It has no keys, so it has no effect.",
    source=f"{_UG}/reference_policies_elements_condition_operators.html",
    force=Force.ADVICE,
)
INCOMPLETE_ARN: Final = Rule(
    step=11,
    sentence="The ARN {} is incomplete: AWS completes it to {}.",
    source=f"{_UG}/reference_identifiers.html",
    force=Force.ADVICE,
)
LITERAL_WILDCARD: Final = Rule(
    step=11,
    sentence="{} compares * and ? as they are written: {} matches no other text.",
    source=f"{_UG}/reference_policies_elements_condition_operators.html",
    force=Force.ADVICE,
)
FOR_ALL_WITHOUT_KEY: Final = Rule(
    step=11,
    sentence="ForAllValues is met by a request without {}, which has one value or none.",
    source=f"{_UG}/reference_policies_condition-single-vs-multi-valued-context-keys.html",
    force=Force.ADVICE,
)
ANYONES_SUBJECT: Final = Rule(
    step=11,
    sentence="{} lets in anyone who has a token of {}: many organizations share this provider.",
    source=f"{_UG}/id_roles_providers_oidc_secure-by-default.html",
    force=Force.ADVICE,
)
UNCALLABLE: Final = Rule(
    step=11,
    sentence="{} cannot call {}: this statement does not let it in.",
    source=f"{_UG}/reference_policies_elements_principal.html",
    force=Force.ADVICE,
)
VOCABULARY: Final = Rule(
    step=12,
    sentence="{}",
    source="https://docs.aws.amazon.com/service-authorization/latest/reference/"
    "reference_policies_actions-resources-contextkeys.html",
    force=Force.ADVICE,
)
"""For actions, resources and condition keys that AWS's lists do not contain; `unknown_words` reports them."""
