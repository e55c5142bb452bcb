"""What is a finding of IAM Access Analyzer about a policy, before it is placed in the text?"""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from sts_tui.account.diagnostics.json_path import Steps

FindingType = Literal["ERROR", "SECURITY_WARNING", "SUGGESTION", "WARNING"]
ERROR: Final[FindingType] = "ERROR"
SECURITY_WARNING: Final[FindingType] = "SECURITY_WARNING"
SUGGESTION: Final[FindingType] = "SUGGESTION"
WARNING: Final[FindingType] = "WARNING"


class Finding(Struct, frozen=True):
    """One finding. `steps`: the path of the element; `is_key`: it is about the element's name; `also`: the
    paths of further elements that it is about.
    """

    code: str
    kind: FindingType
    details: str
    steps: Steps = ()
    is_key: bool = False
    also: tuple[Steps, ...] = ()
