"""The DB core: keys of every form, operators, and what comes back."""

from decimal import Decimal
from typing import Any, assert_type

from pynamite import dynamo
from pynamite.expression import Decrement, IfNotExists, Increment, ListAppend, ListRemove, Remove, SetAdd, SetRemove


def read(db: dynamo.DB) -> None:
    assert_type(db.get("a.b"), dict[str, Any] | None)
    assert_type(db.get(["a", "b"], "x, y.z"), dict[str, Any] | None)
    assert_type(db.get(("a", "b"), default=()), dict[str, Any] | tuple[()])
    assert_type(db.get({"PK": "a", "SK": 1})["x"], Any)  # ERROR
    assert_type(db.get_partition("a", startswith="b"), list[dict[str, Any]])
    assert_type(db.scan(), list[dict[str, Any]])
    assert_type(db.status, str)
    assert_type(dynamo.show_partition(db), dict[Any, int])
    assert_type(dynamo.remove_meta(db.scan()[0]), dict[str, Any])
    dynamo.remove_meta(db.get("a.b"))  # ERROR
    db.get()  # ERROR
    db.get_partition()  # ERROR


def write(db: dynamo.DB) -> None:
    assert_type(db.put("a.b", {"n": 1}), dict[str, Any])
    assert_type(db.update("a.b", {"n": Increment("n"), "m": Decrement("m", Decimal("1.5"))}), dict[str, Any])
    db.update("a.b", {"tags": SetAdd("tags", {"x"}), "marks": SetRemove("marks", "y"), "gone": Remove()})
    db.update("a.b", {"list": ListAppend("list", [1]), "other": ListRemove("other", [0]), "n": IfNotExists("n", 0)})
    db.put("a.b", ["not", "a", "mapping"])  # ERROR
    db.update("a.b")  # ERROR
    db.update("a.b", {1: "a path is a text"})  # ERROR
    Increment("n", "one")  # ERROR
    Increment()  # ERROR


def batches(db: dynamo.DB) -> None:
    with db.batch() as batch:
        batch.put("a.b", {"n": 1})
        batch.delete("a.c")
        batch.get("a.b")  # ERROR


dynamo.DB("bookmarks", "sqlite://", tenant="ACME")
dynamo.DB("bookmarks", 5)  # ERROR
dynamo.DB(tenant=5)  # ERROR
