"""Where the tests run: one `client` fixture for the embedded engine, moto and DynamoDB Local.

A folder whose tests are to run on the engine behind its own server, too, overrides `client` with the backends of
``BACKENDS_AND_SERVER``.
"""

from __future__ import annotations

import contextlib
import os
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests.dynamodb_local import UnavailableError, running
from tests.transports import fast_client

# boto3, moto and the engine are imported by the fixtures that need them: unit tests start without them.

BACKENDS = ("embedded", "moto", "dynamodb-local")
BACKENDS_AND_SERVER = (*BACKENDS, "served")
BACKENDS_WITH_URL = ("embedded", "dynamodb-local")

# A running server to use instead of one of our own: PYNAMITE_DYNAMODB_LOCAL=http://127.0.0.1:8000
RUNNING_SERVER = "PYNAMITE_DYNAMODB_LOCAL"
# boto3 sends requests to DynamoDB Local by its own transport, instead of pynamite's: PYNAMITE_TRANSPORT=boto3
TRANSPORT = "PYNAMITE_TRANSPORT"
# Set to 1, a missing Java or npm is a failure: what CI wants.
REQUIRE_SERVER = "PYNAMITE_REQUIRE_DYNAMODB_LOCAL"

hypothesis.settings.register_profile("dev", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=2000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if "CI" in os.environ else "dev"))


def pytest_configure() -> None:
    """Take away every way to reach AWS, for the tests and for the programs that they start."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "BOTO_")) or name == "DEFAULT_REGION"]:
        del os.environ[name]
    os.environ.update(
        AWS_ACCESS_KEY_ID="testing",
        AWS_SECRET_ACCESS_KEY="testing",
        AWS_DEFAULT_REGION="us-east-1",
        AWS_EC2_METADATA_DISABLED="true",
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    )
    for name in ("DYNAMO_TABLE_NAME", "RETURN_VALUES", "DEBUG"):  # the library reads these, too
        os.environ.pop(name, None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Turn ``@pytest.mark.differs(backend=..., reason=...)`` into a strict xfail on that backend alone."""
    for item in items:
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        backend = parameters.get("client") or parameters.get("url")
        for marker in item.iter_markers("differs"):
            if marker.kwargs["backend"] not in BACKENDS_AND_SERVER or backend is None:
                raise pytest.UsageError(
                    f"{item.nodeid}: differs(backend=...) takes one of {', '.join(BACKENDS_AND_SERVER)}, "
                    "and is for tests that take the fixture client or url")
            if marker.kwargs["backend"] == backend:
                item.add_marker(pytest.mark.xfail(strict=True, reason=marker.kwargs["reason"]))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once why tests were skipped, however many they are."""
    reasons = Counter(report.longrepr[2] for report in terminalreporter.stats.get("skipped", ()))
    for reason, count in reasons.items():
        terminalreporter.write_line(f"{count} tests {reason[0].lower()}{reason[1:]}")


@pytest.fixture(params=BACKENDS)
def client(request: pytest.FixtureRequest) -> Any:
    """A client of each backend in turn; the embedded one works on a file of its own."""
    return request.getfixturevalue(request.param.replace("-", "_"))


@pytest.fixture(params=BACKENDS_WITH_URL)
def url(request: pytest.FixtureRequest) -> Any:
    """What `connect` takes, for each backend that has an address."""
    return request.getfixturevalue(request.param.replace("-", "_") + "_url")


@pytest.fixture
def table_name() -> str:
    """A name that no other test uses: DynamoDB Local is shared by all of them."""
    return f"test-{uuid.uuid4().hex}"


@pytest.fixture
def embedded_url(tmp_path: Path) -> str:
    """The URL of a new SQLite file."""
    return f"sqlite:///{tmp_path}/test.db"


@pytest.fixture
def embedded(embedded_url: str) -> Iterator[Any]:
    """A client of the embedded engine on a new file."""
    from pynamite.connect import connect

    client: Any = connect(embedded_url)
    yield client
    client.close()


@pytest.fixture(scope="session")
def served(boto3_session: Any) -> Iterator[Any]:
    """boto3's client of the embedded engine behind its server."""
    from pynamite.local.server import serve

    with serve() as server:
        yield boto3_session.client("dynamodb", endpoint_url=server.url)


@pytest.fixture
def moto(boto3_session: Any) -> Iterator[Any]:
    """A client of moto, with nothing in it."""
    from moto import mock_aws

    with mock_aws():
        yield boto3_session.client("dynamodb")


@pytest.fixture(scope="session")
def dynamodb_local(boto3_session: Any, dynamodb_local_url: str) -> Any:
    """A client of DynamoDB Local, by pynamite's own transport unless the environment chooses boto3's."""
    client = boto3_session.client("dynamodb", endpoint_url=dynamodb_local_url)
    return client if os.environ.get(TRANSPORT) == "boto3" else fast_client(client)


@pytest.fixture(scope="session")
def boto3_session() -> Any:
    """One session for all of boto3's clients: it reads the service's description, which takes a while, once."""
    import boto3
    import moto  # noqa: F401  it reaches only the sessions that are made after its import

    return boto3.Session()


@pytest.fixture(scope="session")
def dynamodb_local_url() -> Iterator[str]:
    """The URL of DynamoDB Local: a server of this test process's own, or the one that PYNAMITE_DYNAMODB_LOCAL names."""
    if RUNNING_SERVER in os.environ:
        yield os.environ[RUNNING_SERVER]
        return
    with contextlib.ExitStack() as stack:
        try:
            url = stack.enter_context(running())
        except UnavailableError as problem:
            if os.environ.get(REQUIRE_SERVER, "0") != "0":
                raise
            pytest.skip(f"DynamoDB Local: {problem}")
        yield url
