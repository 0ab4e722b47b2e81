"""Loading a model into a database: its tables, and their rows."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from pynamite.client import Client
from pynamite.dynamo.send import send_batch_write
from pynamite.dynamo.tables import connected, ensure_table
from pynamite.operation.batch import put_entry
from pynamite.operation.tables import create_table
from pynamite.workbench.model import Model, ModelTable

__all__ = ["Loaded", "load_model"]


@attrs.frozen
class Loaded:
    """A table that was loaded: its name in the model, its name in the database, and how many items were written."""

    table: str
    name: str
    items: int


def load_model(
    model: Model,
    client_or_url: Client | str | None = None,
    *,
    names: Mapping[str, str] | None = None,
    exist_ok: bool = False,
) -> list[Loaded]:
    """Make the tables of a model, with their indexes, and write its rows into them.

    ``names`` gives tables other names than the model's. Tables are billed on demand. With ``exist_ok`` a table that is
    there, with the same key, is filled: rows replace items of the same key.

    Raises:
        OperationError: a table is there already, or the database said no.
        DefinitionError: with ``exist_ok``, a table is there with another key.
        UnprocessedItemsError: the database did not take all rows.
    """
    with connected(client_or_url) as client:
        return [_load(table, client, (names or {}).get(table.name, table.name), exist_ok) for table in model.tables]


def _load(table: ModelTable, client: Client, name: str, exist_ok: bool) -> Loaded:
    ensure_table(client, create_table(name, table.schema, indexes=table.index_schemas), exist_ok=exist_ok)
    rows = list(table.items)
    send_batch_write(client, name, map(put_entry, rows), key_names=table.schema.names)
    return Loaded(table.name, name, len(rows))
