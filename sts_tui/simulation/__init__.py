"""What happens in a model: calls, a clock, workloads, events, undo. `Simulation` is its one mutable object.

from sts_tui.simulation import Simulation
sim = Simulation.open("sample_accounts/acme.json", seed=7)
"""

from sts_tui.simulation.calls.not_modeled import NotModelledError
from sts_tui.simulation.identities import ANONYMOUS, Identity, UnknownIdentityError
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.errors import AwsError

__all__ = ["ANONYMOUS", "AwsError", "Identity", "NotModelledError", "Simulation", "UnknownIdentityError"]
