"""A declared table against the one that is there, and what is changed in it."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from pynamite.client import Client
from pynamite.definitions.differences import Diff, Difference, compare
from pynamite.definitions.shape import Settings, TableShape, shape_of, shape_of_parameters
from pynamite.dynamo.send import send
from pynamite.dynamo.tables import wait_until_active
from pynamite.errors import DefinitionError
from pynamite.operation.tables import describe_table
from pynamite.operation.time_to_live import describe_time_to_live
from pynamite.store import Store
from pynamite.table import Table

__all__ = ["apply", "diff", "live_shape"]


def live_shape(client: Client, name: str) -> TableShape:
    """Look at a table that is there: its keys, indexes, settings and Time to Live.

    Raises:
        TableNotFoundError: it is not.
    """
    description = send(client, describe_table(name))
    shape = shape_of_parameters(description)
    return attrs.evolve(shape, ttl=send(client, describe_time_to_live(name)))


def diff(
    table: Table, target: Store | Client, *, name: str | None = None, settings: Settings | None = None
) -> Diff:
    """Compare a declared table with the one that is there, and say how each difference is made good.

    ``target`` is the table's store, or a client, where the table may have another ``name``. ``settings`` are what is
    compared besides keys, indexes and Time to Live: billing on demand by default.

    Raises:
        TableNotFoundError: the table is not there: `Store.create_table` makes it.
    """
    client, called = (target.client, target.name) if isinstance(target, Store) else (target, name or table.name)
    called = name or called
    return compare(shape_of(table, name=called, settings=settings), live_shape(client, called))


def apply(
    diff: Diff,
    target: Store | Client,
    *,
    lose: bool = False,
    timeout: float = 3600.0,
    progress: Callable[[Difference], object] | None = None,
) -> None:
    """Change the table as far as it can be changed in place: one request after the other, each when it is ready again.

    What would lose something, an index that is not declared, a stream or Time to Live, is done only if ``lose`` says
    so; without it, nothing is done at all. An index that is made is waited for, ``timeout`` seconds at most: it takes
    hours on a large table. What it finds in the items are the attributes that they have: where those are new,
    `Repository.reindex` adds them.

    Raises:
        DefinitionError: a difference needs a new table, or would lose something; nothing has been changed.
        OperationError: the database said no, or the table was not ready in time.
    """
    client = target.client if isinstance(target, Store) else target
    new = [str(difference) for difference in diff.differences if difference.remedy == "new table"]
    if new:
        raise DefinitionError([f"{line}: make a table of another name, and copy the items" for line in new])
    losing = [str(difference) for difference in diff.differences if difference.loses]
    if losing and not lose:
        raise DefinitionError([f"{line}: this loses what is there; allow it with lose=True" for line in losing])
    for difference in diff.differences:
        for operation in difference.operations:
            send(client, operation)
            wait_until_active(client, diff.table_name, timeout=timeout)
        if progress is not None:
            progress(difference)
