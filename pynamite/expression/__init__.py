"""Expressions: the operators of an update, and the tree that conditions, filters and updates are made of."""

from __future__ import annotations

from pynamite.expression.update import (
    Decrement,
    IfNotExists,
    Increment,
    ListAppend,
    ListInsert,
    ListPrepend,
    ListRemove,
    Operator,
    Remove,
    SetAdd,
    SetRemove,
)

__all__ = [
    "Decrement",
    "IfNotExists",
    "Increment",
    "ListAppend",
    "ListInsert",
    "ListPrepend",
    "ListRemove",
    "Operator",
    "Remove",
    "SetAdd",
    "SetRemove",
]
