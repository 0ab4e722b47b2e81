"""Every case of the folder `cases`: on the embedded engine, on the same behind its server, and on DynamoDB Local."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pynamite.local.client import LocalClient
from tests.conformance.runner import Stage

MODULES = {
    path.stem: importlib.import_module(f"tests.conformance.cases.{path.stem}")
    for path in sorted((Path(__file__).parent / "cases").glob("*.py"))}
CASES = [(module, one) for module, loaded in MODULES.items() for one in loaded.CASES]
BACKENDS = ("embedded", "served", "dynamodb-local")


@pytest.fixture(scope="module", params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The name of a backend, a client of it and one of its streams."""
    if request.param == "embedded":
        with LocalClient() as client:
            yield request.param, client, client.streams()
        return
    with contextlib.ExitStack() as stack:
        if request.param == "served":
            from pynamite.local.server import serve

            url = stack.enter_context(serve()).url
        else:
            url = request.getfixturevalue("dynamodb_local_url")
        yield request.param, *(_client(request.getfixturevalue("boto3_session"), name, url)
                               for name in ("dynamodb", "dynamodbstreams"))


def _client(session: Any, service: str, url: str) -> Any:
    from botocore.config import Config

    config = Config(retries={"total_max_attempts": 1}, max_pool_connections=1)
    return session.client(service, endpoint_url=url, config=config)


@pytest.fixture(scope="module")
def stages(backend: Any) -> Iterator[dict[str, Stage]]:
    """The tables of each module of cases, made when its first case is run."""
    opened: dict[str, Stage] = {}
    yield opened
    for stage in opened.values():
        stage.close()


@pytest.mark.parametrize("module, case", [pytest.param(*one, id=f"{one[0]}: {one[1].name}") for one in CASES])
def test_a_case(backend, stages, module, case):
    """The backend answers what the case says; DynamoDB Local does not where the case says so."""
    name, client, streams = backend
    if module not in stages:
        stages[module] = Stage(client, streams, MODULES[module])
        stages[module].open()
    if name != "dynamodb-local" or case.differs is None:
        stages[module].check(case)
        return
    with pytest.raises(AssertionError):
        stages[module].check(case)


def test_every_case_says_whose_word_it_is():
    """A case names its source, and has a name that no other of its module has."""
    assert [one.name for _, one in CASES if not one.source] == []
    assert len({(module, one.name) for module, one in CASES}) == len(CASES)
