"""Look into a table: its partitions, the keys in them, and a few attributes of their items."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pynamite.dynamo.db import DB
from pynamite.expression import nodes

__all__ = ["query", "show_partition", "show_schema", "user_get_attrs"]


def _database(db: DB | str) -> DB:
    return DB(db) if isinstance(db, str) else db


def _keys(db: DB) -> list[dict[str, Any]]:
    names = [db.PK] if db.SK is None else [db.PK, db.SK]
    return db.scan(ProjectionExpression=[str(nodes.Path((name,))) for name in names])


def show_schema(db: DB | str) -> dict[Any, list[Any]]:
    """Give the sort keys of every partition, both in order. It reads the whole table.

    Raises:
        OperationError: the database said no.
    """
    db = _database(db)
    found: dict[Any, list[Any]] = {}
    for key in _keys(db):
        sort_keys = found.setdefault(key[db.PK], [])
        if db.SK is not None:
            sort_keys.append(key[db.SK])
    return {partition: sorted(found[partition]) for partition in sorted(found)}


def show_partition(db: DB | str) -> dict[Any, int]:
    """Give the number of items in every partition, in order. It reads the whole table.

    Raises:
        OperationError: the database said no.
    """
    db = _database(db)
    found: dict[Any, int] = {}
    for key in _keys(db):
        found[key[db.PK]] = found.get(key[db.PK], 0) + 1
    return {partition: found[partition] for partition in sorted(found)}


def query(db: DB | str, partition: Any = None, **options: Any) -> dict[str, Any]:
    """Query as boto3 does: gives Items, Count and ScannedCount; see `DB.query_page`.

    Raises:
        DefinitionError: an option is unknown, or there is nothing to query for.
        ExpressionError: an expression is malformed.
        OperationError: the database said no.
    """
    return _database(db).query_page(partition, **options)


def user_get_attrs(db: DB | str, condition: Any, attributes: str | Iterable[str],
                   **options: Any) -> list[dict[str, Any]]:
    """Give a few attributes ("email, address.zip") of the items that a key condition, or a partition key, finds.

    Raises:
        DefinitionError: an option is unknown.
        ExpressionError: an expression is malformed.
        OperationError: the database said no.
    """
    return _database(db).query(condition, ProjectionExpression=attributes, **options)
