"""pynamite: typed single-table data modelling for DynamoDB, on AWS or in one SQLite file."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

# Not left for later: the module has the function's name, and would take its place here when it is imported.
from pynamite.connect import connect

if TYPE_CHECKING:
    from pynamite.drawing.picture import Picture
    from pynamite.entities.converter import make_converter
    from pynamite.entities.declare import entity, evolve
    from pynamite.entities.fields import field
    from pynamite.entities.keys import IndexKey
    from pynamite.entities.patterns import AccessPattern
    from pynamite.entities.versions import NextOf
    from pynamite.errors import PynamiteError
    from pynamite.expression.build import Attribute, Change, Condition, attribute, path
    from pynamite.expression.update import (
        Decrement,
        IfNotExists,
        Increment,
        ListAppend,
        ListInsert,
        ListPrepend,
        ListRemove,
        Remove,
        SetAdd,
        SetRemove,
    )
    from pynamite.key.ulid import new_ulid
    from pynamite.key.variants import by, first_of
    from pynamite.repository.aggregate import Aggregate
    from pynamite.repository.buckets import BucketQuery
    from pynamite.repository.groups import Groups
    from pynamite.repository.images import StreamRecord
    from pynamite.repository.query import Measured, Page, Query
    from pynamite.repository.read_transaction import Pending, ReadTransaction
    from pynamite.repository.repository import Repository
    from pynamite.repository.view import View
    from pynamite.repository.writing.transaction import Transaction
    from pynamite.store import Store
    from pynamite.table import Index, Table

__all__ = [
    "AccessPattern",
    "Aggregate",
    "Attribute",
    "BucketQuery",
    "Change",
    "Condition",
    "Decrement",
    "Groups",
    "IfNotExists",
    "Increment",
    "Index",
    "IndexKey",
    "ListAppend",
    "ListInsert",
    "ListPrepend",
    "ListRemove",
    "Measured",
    "NextOf",
    "Page",
    "Pending",
    "Picture",
    "PynamiteError",
    "Query",
    "ReadTransaction",
    "Remove",
    "Repository",
    "SetAdd",
    "SetRemove",
    "Store",
    "StreamRecord",
    "Table",
    "Transaction",
    "View",
    "attribute",
    "by",
    "connect",
    "entity",
    "evolve",
    "field",
    "first_of",
    "make_converter",
    "new_ulid",
    "path",
]

# Each name is loaded when it is first asked for: whoever works with plain items alone (`from pynamite import dynamo`)
# never waits for cattrs and the entities.
_HOMES = {
    "pynamite.drawing.picture": ["Picture"],
    "pynamite.entities.converter": ["make_converter"],
    "pynamite.entities.declare": ["entity", "evolve"],
    "pynamite.entities.fields": ["field"],
    "pynamite.entities.keys": ["IndexKey"],
    "pynamite.entities.patterns": ["AccessPattern"],
    "pynamite.entities.versions": ["NextOf"],
    "pynamite.errors": ["PynamiteError"],
    "pynamite.expression.build": ["Attribute", "Change", "Condition", "attribute", "path"],
    "pynamite.expression.update": [
        "Decrement",
        "IfNotExists",
        "Increment",
        "ListAppend",
        "ListInsert",
        "ListPrepend",
        "ListRemove",
        "Remove",
        "SetAdd",
        "SetRemove",
    ],
    "pynamite.key.ulid": ["new_ulid"],
    "pynamite.key.variants": ["by", "first_of"],
    "pynamite.repository.aggregate": ["Aggregate"],
    "pynamite.repository.buckets": ["BucketQuery"],
    "pynamite.repository.groups": ["Groups"],
    "pynamite.repository.images": ["StreamRecord"],
    "pynamite.repository.query": ["Measured", "Page", "Query"],
    "pynamite.repository.read_transaction": ["Pending", "ReadTransaction"],
    "pynamite.repository.repository": ["Repository"],
    "pynamite.repository.writing.transaction": ["Transaction"],
    "pynamite.repository.view": ["View"],
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
