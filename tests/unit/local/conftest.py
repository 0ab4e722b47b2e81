"""A client of the engine, and tables to try it on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pynamite.local.client import LocalClient
from tests.unit.local.shapes import table


@pytest.fixture
def path(tmp_path: Path) -> str:
    """Where a new file may stand."""
    return str(tmp_path / "test.db")


@pytest.fixture(params=("file", "memory"))
def engine(request: pytest.FixtureRequest, path: str) -> Iterator[Any]:
    """A client of a new file, and one of a memory."""
    with LocalClient(path if request.param == "file" else None) as client:
        yield client


@pytest.fixture
def shop(engine: Any) -> Any:
    """A client with the table `shop`: a sort key, two global indexes and a local one."""
    engine.create_table(**table())
    return engine
