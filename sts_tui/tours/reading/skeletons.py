"""What does `--generate-cli-skeleton` print? The parameters of an operation, empty, and AWS is not called.

https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-skeleton.html
"""

from __future__ import annotations

from sts_tui.account.json_value import Json
from sts_tui.sts.shapes import Shape


def skeleton(shape: Shape) -> Json:
    """Of an enumeration the first value: the AWS CLI takes any."""
    match shape.type:
        case "structure":
            return {name: skeleton(member) for name, member in shape.members.items()}
        case "list":
            return [skeleton(shape.member)] if shape.member else []
        case "map":
            return {"KeyName": skeleton(shape.member) if shape.member else ""}
        case "integer" | "long":
            return 0
        case "boolean":
            return True
        case _:
            return shape.enum[0] if shape.enum else ""
