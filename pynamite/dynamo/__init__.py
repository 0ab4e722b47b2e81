"""The DB core: plain items in a table, by key, path and partition.

>>> from pynamite import dynamo
>>> from pynamite.connect import connect
>>> client = connect("sqlite://")
>>> description = dynamo.create_table("bookmarks", client)
>>> db = dynamo.DB("bookmarks", client)
>>> db.put("123.CUST#123", {"email": "shirley@example.net"})["PK"]
'123'
>>> dynamo.remove_meta(db.get(["123", "CUST#123"]))
{'email': 'shirley@example.net'}
"""

from __future__ import annotations

from pynamite.dynamo.batch import Batch
from pynamite.dynamo.conditions import collect_expression
from pynamite.dynamo.connections import dynamo_connection, table_connection
from pynamite.dynamo.db import DB
from pynamite.dynamo.inspect import query, show_partition, show_schema, user_get_attrs
from pynamite.dynamo.stamps import remove_meta
from pynamite.dynamo.tables import create_table, describe_all, list_tables
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

__all__ = [
    "DB",
    "Batch",
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
    "collect_expression",
    "create_table",
    "describe_all",
    "dynamo_connection",
    "list_tables",
    "query",
    "remove_meta",
    "show_partition",
    "show_schema",
    "table_connection",
    "user_get_attrs",
]
