"""Pictures, diagrams and matrices, as the type checkers see them."""

from __future__ import annotations

from pathlib import Path
from typing import assert_type

from pynamite import Picture, Store, Table, drawing, dynamo, entity


@entity(pk="USER#<user_id>", sk="PROFILE")
class User:
    user_id: str


table = Table("shop", User)
assert_type(table.to_mermaid(), str)
assert_type(table.access_pattern_matrix(), str)


def pictures(store: Store, db: dynamo.DB) -> None:
    assert_type(store.draw(), Picture)
    assert_type(store.draw(index="GSI1", limit=None), Picture)
    assert_type(store.to_html("shop.html"), Path)
    assert_type(store.to_html(Path("shop.html"), title="Shop", limit=5), Path)
    assert_type(drawing.draw(db, type_attribute=None), Picture)
    assert_type(store.draw().html(), str)
    assert_type(store.draw().text(80), str)
    store.draw(limit="5")  # ERROR
    store.to_html()  # ERROR
    drawing.draw(store)  # ERROR
