"""What is the result of an evaluation? The outcome, and the statements that decided."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from sts_tui.iam.provenance import PolicyType, Provenance
from sts_tui.start_up.named_tuple import NamedTuple

if TYPE_CHECKING:
    from sts_tui.iam.credential_limits import CredentialLimit
    from sts_tui.iam.match import Statement


class Outcome(Enum):
    """The four possible outcomes. UNDECIDED: the result depends on something that is not modeled. Treat it as
    a denial.
    """

    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicitDeny"
    IMPLICIT_DENY = "implicitDeny"
    UNDECIDED = "undecided"


NO_POLICY_CONTROLS: Final = "no policy can deny "
_ARTICLES: Final = {PolicyType.IDENTITY: "an", PolicyType.TRUST: "the"}


class Decision(NamedTuple):
    """The result for one request.

    `settled_by` is the policy type that decided: the one with the explicit deny, the one that lacks an Allow,
    or the one that granted. It is None if no policy decided (root, operations that no policy controls, limits
    of credentials).
    """

    outcome: Outcome
    settled_by: PolicyType | None
    decided_by: tuple[tuple[PolicyType, Statement], ...]
    """Every (compiled) statement that decided, with its policy type."""
    action: str
    note: str = ""
    """Why no policy decided, or why the result is undecided."""
    limit: CredentialLimit | None = None
    """The limit of the caller's kind of credentials that refused the request."""
    left_out: tuple[PolicyType, ...] = ()
    """Policy types that a what-if question left out."""

    @property
    def is_allowed(self) -> bool:
        return self.outcome is Outcome.ALLOWED

    @property
    def before_any_policy(self) -> bool:
        """Whether the request was decided without evaluating policies: by a limit of the credentials, or
        because no policy controls the operation.
        """
        return self.limit is not None or self.note.startswith(NO_POLICY_CONTROLS)

    @property
    def statements(self) -> tuple[Provenance, ...]:
        """Every statement that decided: all matching Denies, or all matching Allows that granted."""
        return tuple(statement.provenance(policy_type) for policy_type, statement in self.decided_by)

    @property
    def aws_reason(self) -> str:
        """The end of AWS's access denied message; empty if AWS gives no reason.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
        """
        if self.settled_by is None:
            return ""
        match self.outcome:
            case Outcome.EXPLICIT_DENY:
                article = _ARTICLES.get(self.settled_by, "a")
                return f"with an explicit deny in {article} {self.settled_by.value}"
            case Outcome.IMPLICIT_DENY:
                return f"because no {self.settled_by.value} allows the {self.action} action"
            case _:
                return ""

    @property
    def reason(self) -> str:
        """The policy type that decided, in AWS's words, and the statements."""
        words = self._words()
        labels = ", ".join(provenance.label for provenance in self.statements)
        left_out = f" (left out: {', '.join(each.value for each in self.left_out)})" if self.left_out else ""
        return (f"{words}: {labels}" if labels else words) + left_out

    def _words(self) -> str:
        match self.outcome:
            case Outcome.ALLOWED if self.settled_by is not None:
                return f"allowed by {_ARTICLES.get(self.settled_by, 'a')} {self.settled_by.value}"
            case Outcome.EXPLICIT_DENY | Outcome.IMPLICIT_DENY if self.settled_by is not None:
                return self.aws_reason
            case _:
                return self.note
