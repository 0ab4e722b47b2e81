"""pynamite: typed single-table data modelling for DynamoDB, on AWS or in one SQLite file."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

# Not left for later: the module has the function's name, and would take its place here when it is imported.
from pynamite.connect import connect

if TYPE_CHECKING:
    from pynamite.entities.converter import make_converter
    from pynamite.entities.declare import entity
    from pynamite.entities.fields import field
    from pynamite.errors import PynamiteError
    from pynamite.expression.build import Attribute, Change, Condition, attribute, path
    from pynamite.expression.update import (
        Decrement,
        IfNotExists,
        Increment,
        ListAppend,
        ListPrepend,
        ListRemove,
        Remove,
        SetAdd,
        SetRemove,
    )
    from pynamite.repository.query import Page, Query
    from pynamite.repository.repository import Repository
    from pynamite.repository.transaction import Transaction
    from pynamite.store import Store
    from pynamite.table import Index, Table

__all__ = [
    "Attribute",
    "Change",
    "Condition",
    "Decrement",
    "IfNotExists",
    "Increment",
    "Index",
    "ListAppend",
    "ListPrepend",
    "ListRemove",
    "Page",
    "PynamiteError",
    "Query",
    "Remove",
    "Repository",
    "SetAdd",
    "SetRemove",
    "Store",
    "Table",
    "Transaction",
    "attribute",
    "connect",
    "entity",
    "field",
    "make_converter",
    "path",
]

# Each name is loaded when it is first asked for: whoever works with plain items alone (`from pynamite import dynamo`)
# never waits for cattrs and the entities.
_HOMES = {
    "pynamite.entities.converter": ["make_converter"],
    "pynamite.entities.declare": ["entity"],
    "pynamite.entities.fields": ["field"],
    "pynamite.errors": ["PynamiteError"],
    "pynamite.expression.build": ["Attribute", "Change", "Condition", "attribute", "path"],
    "pynamite.expression.update": [
        "Decrement",
        "IfNotExists",
        "Increment",
        "ListAppend",
        "ListPrepend",
        "ListRemove",
        "Remove",
        "SetAdd",
        "SetRemove",
    ],
    "pynamite.repository.query": ["Page", "Query"],
    "pynamite.repository.repository": ["Repository"],
    "pynamite.repository.transaction": ["Transaction"],
    "pynamite.store": ["Store"],
    "pynamite.table": ["Index", "Table"],
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Load a public name where it lives, and keep it."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """Give the public names, besides what is loaded already."""
    return sorted({*globals(), *__all__})
