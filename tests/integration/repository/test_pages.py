"""Pages of exact sizes, and the cursors between them."""

from __future__ import annotations

import base64
import json
import pickle

import pytest

from pynamite import Index, Table, attribute, entity
from pynamite.errors import CursorError
from tests.integration.repository.shop import Order, Status, Task, User, order


def pages(query, size):
    """All pages of a query, each read with the cursor of the one before."""
    found, cursor = [], None
    while True:
        page = query.page(size, cursor)
        found.append(page.items)
        cursor = page.cursor
        if cursor is None:
            return found


def test_pages_are_full_but_the_last(filled):
    """Joined they are the whole, in either direction, with a filter, by an index, and in a scan; none is empty."""
    orders = filled[Order]
    for query in (
        orders.query(account_id="1"), orders.query(account_id="1").reverse(),
        orders.query(account_id="1").filter(attribute(Order.total) > 10),
        orders.query("GSI1", status=Status.OPEN).reverse(), orders.scan(),
        filled.collection(User, Order, account_id="2"),
    ):  # fmt: skip
        whole = query.all()
        for size in (1, 2, 3, 4, 6, 7):
            found = pages(query, size)
            assert [one for page in found for one in page] == whole
            assert all(len(page) == size for page in found[:-1]) and 1 <= len(found[-1]) <= size


def test_the_limit_is_of_all_pages_together(filled):
    """A cursor remembers how much of the limit is left."""
    query = filled[Order].query(account_id="1").limit(5)
    assert [len(page) for page in pages(query, 2)] == [2, 2, 1]
    assert [len(page) for page in pages(query, 5)] == [5]
    assert [len(page) for page in pages(filled[Order].query(account_id="1").limit(9), 4)] == [4, 2]


def test_an_empty_page_has_no_cursor(shop):
    """Nothing there, or nothing within the bounds."""
    page = shop[Order].query(account_id="1").page(3)
    assert (page.items, page.cursor) == ([], None)
    query = shop[Order].query(account_id="1").gt(placed_at=order(1).placed_at).lt(placed_at=order(1).placed_at)
    assert query.page(3).items == []


def test_pages_of_bounds_that_are_checked_after_reading(shop):
    """Sizes are exact there, too."""
    shop[Task].put_many(Task(account_id="1", number=n) for n in range(25))
    found = pages(shop[Task].query(account_id="1").ge(number=5), 4)
    assert [len(page) for page in found] == [4, 4, 4, 4, 4]
    assert sorted(task.number for page in found for task in page) == list(range(5, 25))


def test_a_page_goes_on_where_its_last_item_was_even_if_that_is_gone(filled):
    """What was deleted or added meanwhile does not shift the pages."""
    query = filled[Order].query(account_id="1")
    first = query.page(2)
    filled[Order].delete(order(1))
    filled[Order].put(order(0, order_id="a"))
    assert [one.order_id for one in query.page(2, first.cursor).items] == ["o2", "o3"]


def test_a_cursor_is_text_for_a_web_client(filled):
    """Letters, digits, - and _, the same in every process, and the page pickles."""
    page = filled[Order].query(account_id="1").page(2)
    assert page.cursor is not None
    assert page.cursor.replace("-", "").replace("_", "").isalnum()
    assert pickle.loads(pickle.dumps(page)) == page


def test_a_cursor_of_another_query_is_refused(filled):
    """Of another partition, direction, filter, bound, index, entity or limit; and the right one is not."""
    query = filled[Order].query(account_id="1")
    cursor = query.page(2).cursor
    assert len(query.page(9, cursor).items) == 4
    for other in (
        filled[Order].query(account_id="2"), query.reverse(), query.filter(attribute(Order.total) > 0),
        query.ge(placed_at=order(0).placed_at), filled[Order].scan(), filled[User].query(account_id="1"),
        filled[Order].query("GSI1", status=Status.OPEN), filled.collection(User, Order, account_id="1"), query.limit(3),
    ):  # fmt: skip
        with pytest.raises(CursorError):
            other.page(2, cursor)


def test_a_cursor_that_was_changed_is_refused(filled):
    """Cut off, extended, or with any character replaced: no text but the one that was given is a cursor."""
    query = filled[Order].query(account_id="1")
    cursor = query.page(2).cursor
    assert cursor is not None
    changed = [cursor[:n] for n in range(0, len(cursor), 7)] + [cursor + "A", cursor + "=", " " + cursor, cursor[1:]]
    changed += [cursor[:n] + ("B" if letter == "A" else "A") + cursor[n + 1 :] for n, letter in enumerate(cursor)]
    for wrong in [*changed, "", "x", "\u00e9", "e30", "bnVsbA", "W10"]:
        with pytest.raises(CursorError):
            query.page(2, wrong)
    for wrong in (b"x", 5, {}, ["a"]):
        with pytest.raises(CursorError, match="text"):
            query.page(2, wrong)


def test_a_forged_cursor_reaches_no_other_partition(filled):
    """Who recomputes the check digits is still held by the key condition and the types."""
    from pynamite.repository.cursor import fingerprint

    query = filled[Order].query(account_id="1").limit(4)
    cursor = query.page(2).cursor
    content = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    del content["c"]
    (key,) = content["k"]
    keys = [
        {**key, "PK": {"S": "USER#2"}}, {"PK": {"S": "USER#1"}}, {**key, "SK": {"N": "1"}}, {**key, "SK": {}},
        {**key, "more": {"S": "x"}}, [], "x",
    ]  # fmt: skip
    for forged in (
        *({**content, "k": [wrong]} for wrong in keys), {**content, "k": []}, {**content, "k": None},
        {**content, "k": [key, key]}, {**content, "n": 99}, {**content, "n": None}, {**content, "n": -1},
        {**content, "v": 7},
    ):  # fmt: skip
        text = json.dumps({**forged, "c": fingerprint(forged)}, separators=(",", ":")).encode()
        with pytest.raises(CursorError):
            query.page(2, base64.urlsafe_b64encode(text).rstrip(b"=").decode())


def test_the_size_of_a_page_is_a_number_from_1_up(filled):
    """Zero, negative numbers, texts and True are no sizes."""
    for wrong in (0, -1, True, "2", 2.0):
        with pytest.raises(ValueError, match="from 1 up"):
            filled[Order].query(account_id="1").page(wrong)


def test_pages_of_numeric_and_natural_index_keys(client, table_name):
    """A cursor keeps numbers as numbers."""

    @entity(pk="P#<id>", sk="P")
    class Person:
        id: str
        city: str
        age: int

    store = Table(table_name, Person, indexes=[Index("ByAge", pk="city", sk="age")]).connect(client)
    store.create_table()
    store[Person].put_many(Person(id=str(n), city="x", age=n // 2) for n in range(30))
    found = pages(store[Person].query("ByAge", city="x").ge(age=5), 4)
    assert [person.age for page in found for person in page] == [n // 2 for n in range(10, 30)]
    assert len(found) == 5
