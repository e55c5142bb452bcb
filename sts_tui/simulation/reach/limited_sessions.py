"""Which roles can a session assume whose session policies allow less than its role?

Guests of an app in Cognito's enhanced flow, holders of certificates and pods get such sessions, which may be
denied what the role is allowed. Each hop of the role is evaluated with the session itself; if it is allowed,
it becomes a hop `through` the one that issues the session.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from sts_tui.simulation.reach.direct_hops import DirectHops
from sts_tui.simulation.reach.escalation.escalation import Escalation
from sts_tui.simulation.reach.graph import HopGroup
from sts_tui.sts.identity import session_identity
from sts_tui.sts.session import Session


def onward_of_limited(
    groups: Sequence[HopGroup], search: DirectHops, escalation: Escalation, labels: Mapping[str, str]
) -> Iterator[HopGroup]:
    """The hops of the roles that their limited sessions can make too. `labels`: display names by ARN."""
    limited = [group for group in groups if group.is_limited]
    roles = {group.target for group in limited}
    leaving: dict[str, list[HopGroup]] = {}
    for group in groups if limited else ():
        for source in group.sources:
            if source in roles:
                leaving.setdefault(source, []).append(group)
    for first in limited:
        assert first.session is not None
        made = _made(first.target, first.session, leaving.get(first.target, ()), search, escalation)
        for group, unknown in made:
            needs = (f"through {labels.get(first.target, first.target)}", *first.needs, *group.needs)
            yield replace(
                group,
                sources=first.sources,
                needs=tuple(dict.fromkeys(needs)),
                unknown=unknown,
                through=(first, replace(group, sources=(first.target,), unknown=unknown)),
            )


def _made(
    role_arn: str, session: Session, leaving: Iterable[HopGroup], search: DirectHops, escalation: Escalation
) -> Iterator[tuple[HopGroup, str]]:
    """The hops of the role that its session can make too, each with the fact that would decide it (empty:
    certain).
    """
    for group in leaving:
        if group.through or group.target == role_arn:
            continue  # the hops that it consists of are evaluated one by one
        if group.operation == "AssumeRole":
            answer = search.evaluator.of_session(session, group.target, group.brought)
            if answer is not None:
                needs = tuple(each.label for each in answer.brought)
                yield replace(group, needs=needs, brought=answer.brought), answer.unknown
            continue
        verdict = escalation.verdict_for(session_identity(session), role_arn, group.operation, group.target)
        if verdict is not None:
            yield group, "; ".join(dict.fromkeys(filter(None, (group.unknown, verdict))))
