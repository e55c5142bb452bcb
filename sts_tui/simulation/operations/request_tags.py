"""Are the `Tags` of a call valid, and which condition keys do they set?

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
"""

from __future__ import annotations

from collections.abc import Sequence

from sts_tui.account.entities import Tag
from sts_tui.account.json_value import Json
from sts_tui.simulation.operations.refusals import invalid_input
from sts_tui.simulation.operations.responses import TagShape


def requested_tags(given: Sequence[TagShape] | None, *, ignores_case: bool) -> tuple[Tag, ...]:
    """The `Tags` of a call; `ignores_case`: whether `team` and `Team` are the same tag of the entity.

    Raises InvalidInput for duplicate and reserved keys.
    """
    tags = tuple(Tag(key=one["Key"], value=one["Value"]) for one in given or ())
    spelled = [tag.key.lower() if ignores_case else tag.key for tag in tags]
    if len(set(spelled)) < len(tags):
        note = " Please note that Tag keys are case insensitive." if ignores_case else ""
        raise invalid_input(f"Duplicate tag keys found.{note}")
    if any(tag.key.lower().startswith("aws:") for tag in tags):
        raise invalid_input("aws: prefixed tag key names are not allowed for external use.")
    return tags


def tag_context(tags: Sequence[Tag]) -> dict[str, Json]:
    """`aws:RequestTag/…` and `aws:TagKeys`; empty if no tags are passed."""
    if not tags:
        return {}
    return {
        **{f"aws:RequestTag/{tag.key}": tag.value for tag in tags},
        "aws:TagKeys": [tag.key for tag in tags],
    }
