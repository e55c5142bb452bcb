"""Which pytest fixtures test code that assumes roles? Use `pytest_plugins =
["sts_tui.endpoint.pytest_plugin"]`.

`aws` is a running simulation that answers every botocore request of the test; no socket is opened. The
fixture `aws_model` gives the model: override it, or mark tests with `@pytest.mark.aws_model("mine.json")`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from sts_tui.account.regions import DEFAULT_REGION
from sts_tui.endpoint.boto import credentials_of, patched
from sts_tui.endpoint.operator_key import OperatorKey
from sts_tui.simulation.events import RequestAnswered
from sts_tui.simulation.simulation import Simulation

if TYPE_CHECKING:
    import boto3

_AMBIENT = (
    "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ENDPOINT_URL", "AWS_CA_BUNDLE", "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
)  # fmt: skip


class Aws:
    """A simulation that answers the test's boto3."""

    def __init__(self, sim: Simulation, operator: OperatorKey, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sim = sim
        self._operator = operator
        self._monkeypatch = monkeypatch

    def act_as(self, who: str) -> None:
        """Let new boto3 sessions, and the default one, find the credentials of WHO in the environment. Raises
        UnknownIdentityError, and ValueError for a caller that has no access key.
        """
        import boto3

        self._monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it caches its credentials
        key, secret, token = credentials_of(self.sim, who, self._operator)
        self._monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
        self._monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
        if token is None:
            self._monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
        else:
            self._monkeypatch.setenv("AWS_SESSION_TOKEN", token)

    def session(self, who: str) -> boto3.Session:
        """A boto3 session with the credentials of WHO. Raises what `act_as` does."""
        import boto3

        key, secret, token = credentials_of(self.sim, who, self._operator)
        return boto3.Session(key, secret, token, region_name=DEFAULT_REGION)

    @property
    def requests(self) -> list[RequestAnswered]:
        """The requests of clients so far, oldest first."""
        return [one for one in self.sim.events if isinstance(one, RequestAnswered) and one.client is not None]

    @property
    def denials(self) -> list[RequestAnswered]:
        """The requests that policies denied."""
        return [one for one in self.requests if one.verdict.is_denial]


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line("markers", "aws_model(files): the account files that the fixture `aws` opens")


@pytest.fixture
def aws_model(request: pytest.FixtureRequest) -> Any:
    """Account files as `Simulation.open` takes them: those of the marker."""
    marker = request.node.get_closest_marker("aws_model")
    if marker is None or not marker.args:
        pytest.fail(
            "mark the test with @pytest.mark.aws_model('mine.json'), or override the fixture aws_model"
        )
    return marker.args[0] if len(marker.args) == 1 else list(marker.args)


@pytest.fixture
def aws(aws_model: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[Aws]:
    """The running model; boto3 acts as the operator until `act_as` is called."""
    sim = Simulation.open(aws_model)
    for name in _AMBIENT:
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "no-such-file"))
    monkeypatch.setenv("AWS_DEFAULT_REGION", DEFAULT_REGION)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with patched(sim) as operator:
        running = Aws(sim, operator, monkeypatch)
        running.act_as("operator")
        yield running
