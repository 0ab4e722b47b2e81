"""Fixtures for the tests of programs that use pynamite: a client, a store, a clock and faults, fresh for each test.

pytest finds them by itself where pynamite is installed. They are told of the table by overriding one of them,

::

    @pytest.fixture(scope="session")
    def pynamite_table():
        return shop        # a pynamite.Table

or for single tests, by ``@pytest.mark.pynamite_table(shop)``. Nothing is imported before it is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pynamite.local.faults import Faults
    from pynamite.store import Store
    from pynamite.table import Table

__all__ = [
    "Clock",
    "pynamite_client",
    "pynamite_clock",
    "pynamite_faults",
    "pynamite_store",
    "pynamite_table",
    "pytest_configure",
]

MARKER = "pynamite_table(table): the table that pynamite_client and pynamite_store have in this test"


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", MARKER)


class Clock:
    """A clock that stands still until it is moved; calling it gives its time, an aware datetime in UTC.

    >>> clock = Clock(datetime(2026, 5, 4, 12, tzinfo=UTC))
    >>> clock.advance(hours=1, seconds=30)
    datetime.datetime(2026, 5, 4, 13, 0, 30, tzinfo=datetime.timezone.utc)
    """

    def __init__(self, time: datetime) -> None:
        self.time = time

    def __repr__(self) -> str:
        return f"Clock({self.time.isoformat()})"

    def __call__(self) -> datetime:
        """Give what the clock shows."""
        return self.time

    @property
    def time(self) -> datetime:
        """What the clock shows; it may be set, to an aware datetime."""
        return self._time

    @time.setter
    def time(self, time: datetime) -> None:
        """Set the clock."""
        if not isinstance(time, datetime) or time.utcoffset() is None:
            raise ValueError(f"a clock shows an aware datetime, not {time!r}; give it a tzinfo, such as datetime.UTC")
        self._time = time.astimezone(UTC)

    def advance(self, **duration: float) -> datetime:
        """Move the clock on, by the parameters of a timedelta: ``advance(seconds=30)``; gives its new time."""
        self._time += timedelta(**duration)
        return self._time


@pytest.fixture
def pynamite_clock() -> Clock:
    """A clock that stands at 2026-01-01 00:00:00 UTC until ``advance(seconds=...)`` moves it."""
    return Clock(datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
def pynamite_table(request: pytest.FixtureRequest) -> Table | None:
    """The table of the marker; override this fixture to give one to all tests."""
    marker = request.node.get_closest_marker("pynamite_table")
    if marker is None:
        return None
    if len(marker.args) != 1 or marker.kwargs:
        raise pytest.UsageError(f"{request.node.nodeid}: the marker takes one table: pynamite_table(shop)")
    table: Table = marker.args[0]
    return table


@pytest.fixture(scope="session")
def _pynamite_snapshots() -> list[tuple[Any, bytes]]:
    """Databases in which the tables of the tests are made, so that each is made once."""
    return []


@pytest.fixture
def pynamite_faults(pynamite_clock: Clock) -> Iterator[Faults]:
    """What is to go wrong with `pynamite_client`: ``pynamite_faults.throttle("PutItem", times=2)``.

    A fault that was asked for and did not happen fails the test at its end: it has shown nothing.
    """
    from pynamite.local.faults import Faults

    faults = Faults(pynamite_clock)
    yield faults
    if faults.pending:
        pytest.fail(
            f"these faults did not happen: {', '.join(faults.pending)}; pynamite_faults.clear() takes them back",
            pytrace=False)


@pytest.fixture
def pynamite_client(
    request: pytest.FixtureRequest, pynamite_table: Table | None, _pynamite_snapshots: list[tuple[Any, bytes]],
) -> Iterator[Any]:
    """A client of the embedded engine, in a memory of its own, in which `pynamite_table` is made and empty."""
    from pynamite.local.client import LocalClient

    with LocalClient(snapshot=_snapshot(pynamite_table, _pynamite_snapshots)) as client:
        # Asked for by the test or by one of its fixtures; without it, the client is the engine's own.
        if "pynamite_faults" in request.fixturenames:
            yield request.getfixturevalue("pynamite_faults").around(client)
        else:
            yield client


def _snapshot(table: Table | None, known: list[tuple[Any, bytes]]) -> bytes:
    from pynamite.local.client import LocalClient

    for one, snapshot in known:
        if one is table:
            return snapshot
    with LocalClient() as client:
        if table is None:
            client.list_tables()
        else:
            table.connect(client).create_table()
        known.append((table, client.snapshot()))
    return known[-1][1]


@pytest.fixture
def pynamite_store(pynamite_table: Table | None, pynamite_client: Any, pynamite_clock: Clock) -> Store:
    """The table, connected to `pynamite_client`, with `pynamite_clock` for its time."""
    if pynamite_table is None:
        raise pytest.UsageError(
            "pynamite_store needs a table: override the fixture pynamite_table in your conftest.py, "
            "or mark the test with @pytest.mark.pynamite_table(shop)")
    return pynamite_table.connect(pynamite_client, now=pynamite_clock)
