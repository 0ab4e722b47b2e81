"""The access patterns in Markdown."""

from __future__ import annotations

import re

from pynamite import Index, Table, by, entity
from tests.unit.drawing.shop import TABLE


def cells(matrix):
    """Take the table apart: a row is as many cells as there are headings."""
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in matrix.splitlines()]
    assert {len(row) for row in rows} == {5}
    return [tuple(cell.strip() for cell in row) for row in rows[2:]]


def test_a_matrix_says_what_is_asked_by_which_keys_and_how():
    """One line for each pattern that the table lists."""
    rows = cells(TABLE.access_pattern_matrix())
    assert len(rows) == len(TABLE.access_patterns())
    assert rows[0] == (
        "one User by user_id", "User", "the table", "`PK = USER#<user_id> and SK = PROFILE`",
        "`store[User].get(user_id=...)`")
    assert [row[0] for row in rows] == [
        "one User by user_id",
        "one User by email",
        "one Order by user_id, number",
        "Order by user_id, bounds on number",
        "Order by status, bounds on placed_at",
        "Order by status, placed_at",
        "all Order in Big, bounds on total",
        "Order by total",
        "User, Order together by user_id",
    ]


@entity(pk="A|`<a>", sk="S", indexes={"GSI1": ("<shard_of:shard(4)>", by("a", {"x": "X", "y": "Y#<a>"}))})
class Odd:
    a: str
    shard_of: str


def test_what_would_end_a_cell_or_a_code_span_does_not():
    """A bar is escaped, and a tick gets more ticks around it; shards are told of."""
    rows = cells(Table("odd", Odd, indexes=[Index("GSI1")]).access_pattern_matrix())
    assert rows[0][3] == "``PK = A\\|`<a> and SK = S``"
    assert "over 4 shards" in rows[1][0]
