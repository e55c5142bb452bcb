"""Which question does the engine get for an action on a resource, if no call of the simulation makes it?

Explanations, searches and recorded events ask about such requests. They all build the question here, so
that the same pair of action and resource gets the same decision everywhere.
"""

from __future__ import annotations

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Settings
from sts_tui.account.json_value import JsonObject
from sts_tui.simulation.authorization.authorizer import NO_KEYS, Question
from sts_tui.simulation.authorization.request_context import HOME_REGION, endpoint_region
from sts_tui.simulation.world import World
from sts_tui.sts.identity import CallerIdentity


def hypothetical_request(
    caller: CallerIdentity,
    action: str,
    resource: str,
    world: World,
    *,
    region: str = HOME_REGION,
    resource_account: str | None = None,
    context: JsonObject = NO_KEYS,
    operation_context: JsonObject = NO_KEYS,
    unknown: tuple[str, ...] = (),
) -> Question:
    """The question under the configuration in force. `action`: such as `s3:GetObject`. `region`: the Region
    that the client works in; a request for a resource whose ARN has a Region goes there instead. The rest as
    in `LoggedQuestion`.
    """
    return question_under(
        world.in_force,
        world.settings,
        caller,
        action,
        resource,
        region=region,
        resource_account=resource_account,
        context=context,
        operation_context=operation_context,
        unknown=unknown,
    )


def question_under(
    configuration: Configuration,
    settings: Settings,
    caller: CallerIdentity,
    action: str,
    resource: str,
    *,
    region: str = HOME_REGION,
    resource_account: str | None = None,
    context: JsonObject = NO_KEYS,
    operation_context: JsonObject = NO_KEYS,
    unknown: tuple[str, ...] = (),
) -> Question:
    """The same under any configuration. The resource's own policy, a role's trust policy included, and its
    owner are found in the configuration (`policies.policy_set`, `authorizer.resource_owner`).
    """
    return Question(
        edition=configuration.edition,
        configuration=configuration,
        settings=settings,
        caller=caller,
        action=action,
        resource=resource,
        resource_account=resource_account,
        region=endpoint_region(resource, region),
        context=context,
        operation_context=operation_context,
        unknown=unknown,
    )
