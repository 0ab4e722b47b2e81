"""pynamite: typed single-table data modelling for DynamoDB, on AWS or in one SQLite file."""

from pynamite.connect import connect
from pynamite.entities.converter import make_converter
from pynamite.entities.declare import entity
from pynamite.entities.fields import field
from pynamite.errors import PynamiteError
from pynamite.expression import (
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
from pynamite.expression.build import Attribute, Change, Condition, attribute, path
from pynamite.repository import Page, Query, Repository, Transaction
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
