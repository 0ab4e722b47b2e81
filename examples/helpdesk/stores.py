"""The desks of all companies, in one table."""

from __future__ import annotations

from functools import lru_cache

from pynamite import Store
from pynamite.client import Client
from pynamite.errors import ItemExistsError

from .models import Desk, table


class Stores:
    """One connection, and a store for each company on it."""

    def __init__(self, database: str | Client | None, name: str) -> None:
        self._whole = table.connect(database, name=name)
        # A store is made quickly; those in use are made once all the same.
        self.of = lru_cache(maxsize=1000)(self._of)

    def _of(self, tenant: str) -> Store:
        return table.connect(self._whole.client, name=self._whole.name, tenant=tenant)

    def create_table(self) -> None:
        """Make the table, if it is not there."""
        self._whole.create_table(exist_ok=True)

    def open_desk(self, tenant: str, name: str) -> bool:
        """Let a company in; tells whether it was new."""
        try:
            self.of(tenant)[Desk].create(Desk(name=name))
        except ItemExistsError:
            return False
        return True

    def close(self) -> None:
        """Close the connection."""
        self._whole.close()
