"""A table and its DB on every backend, and on the engine behind its server."""

from __future__ import annotations

from typing import Any

import pytest

from pynamite import dynamo
from tests.conftest import BACKENDS_AND_SERVER


@pytest.fixture(params=BACKENDS_AND_SERVER)
def client(request: pytest.FixtureRequest) -> Any:
    """A client of each backend in turn."""
    return request.getfixturevalue(request.param.replace("-", "_"))


@pytest.fixture
def db(client: Any, table_name: str) -> dynamo.DB:
    """A DB on a new table with the indexes GSI1 and Inverted."""
    dynamo.create_table(table_name, client, indexes={"GSI1": ("GSI1PK", "GSI1SK"), "Inverted": ("SK", "PK")})
    return dynamo.DB(table_name, client)
