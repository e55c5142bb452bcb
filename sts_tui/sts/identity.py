"""Who is calling, once authenticated."""

from __future__ import annotations

from dataclasses import dataclass

from sts_tui.iam.caller import Caller
from sts_tui.sts.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerIdentity:
    """An authenticated caller: what policies see (`caller`), what GetCallerIdentity answers, what people say.

    `account` is None for services, the anonymous caller and the operator outside every account.
    """

    caller: Caller
    label: str
    """`alice`, `job@App`, `root@111122223333`, `service:ec2.amazonaws.com`, `operator`, `anonymous`."""
    account: str | None = None
    arn: str | None = None
    user_id: str | None = None
    access_key_id: str | None = None
    session: Session | None = None
    user_arn: str | None = None
    """The IAM user behind long-term keys and GetSessionToken credentials."""
    is_operator: bool = False
    """Outside the simulated accounts; may do anything."""

    @property
    def is_temporary(self) -> bool:
        return self.session is not None
