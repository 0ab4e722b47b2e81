"""What Query and Scan have in common: the index, what to give of the items, where to start, the answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from pynamite.expression import nodes
from pynamite.key.schema import KeyAttribute
from pynamite.local.capacity import Consumed
from pynamite.local.definition import Index, Table
from pynamite.local.failures import KEY_MISMATCH, RefusedError, invalid, invalid_parameter, not_in_set
from pynamite.local.key_condition import Stretch
from pynamite.local.keys import request_key
from pynamite.local.pages import Page, Start
from pynamite.local.values import checked_item
from pynamite.wire import Item

__all__ = [
    "Selection", "answer_of", "check_enumerations", "check_filter", "check_start", "check_start_names",
    "check_start_parts", "find_index", "given_start", "select", "start_of"]

_SELECT = ("SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES")
_START = "The provided starting key is invalid"
_OUTSIDE = "The provided starting key is outside query boundaries based on provided conditions"
_NOT_IN_RANGE = "The provided starting key does not match the range key predicate"
_AT_MOST_ONE = "The query can return at most one row and cannot be restarted"
_PLAIN_VALUE = re.compile("contains duplicates|number set|numeric value|significant digits|number with magnitude")


@attrs.frozen
class Selection:
    """What to give of the items: nothing but their number, or whole items of an index that holds parts of them."""

    count_only: bool
    whole_items: bool


def _check_select(request: Mapping[str, Any]) -> None:
    """Check that the parameter Select and the projection go together."""
    select = request.get("Select")
    if given := next((name for name in ("ProjectionExpression", "AttributesToGet") if name in request), None):
        if select == "COUNT":
            raise invalid(f"Cannot specify the {given} when choosing to get only the Count")
        if select in {"ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"}:
            raise invalid(f"Cannot specify the {given} when choosing to get {select}")
    elif select == "SPECIFIC_ATTRIBUTES":
        raise invalid(
            "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES")
    if select == "ALL_PROJECTED_ATTRIBUTES" and "IndexName" not in request:
        raise invalid("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName")


def check_enumerations(request: Mapping[str, Any]) -> None:
    """Check that Select is one of its values."""
    select = request.get("Select")
    if select is not None and select not in _SELECT:
        raise not_in_set("Select", select, _SELECT)


def find_index(table: Table, request: Mapping[str, Any]) -> Index | None:
    """Give the index that a request names; None where it reads the table."""
    name = request.get("IndexName")
    if name is None:
        return None
    index = table.by_name.get(name)
    if index is None:
        raise invalid(f"The table does not have the specified index: {name}")
    if not index.local and request.get("ConsistentRead"):
        raise invalid("Consistent reads are not supported on global secondary indexes")
    return index


def select(request: Mapping[str, Any], index: Index | None, projection: nodes.Projection | None) -> Selection:
    """Give what a request wants of the items, and refuse what its index does not hold."""
    _check_select(request)
    wanted = request.get("Select")
    count_only = wanted == "COUNT"
    if index is None or index.attributes is None:
        return Selection(count_only, whole_items=True)
    if index.local:
        # A local index fetches from the table what it does not hold itself.
        return Selection(count_only, whole_items=wanted == "ALL_ATTRIBUTES" or projection is not None)
    if wanted == "ALL_ATTRIBUTES":
        raise invalid_parameter(
            f"Select type ALL_ATTRIBUTES is not supported for global secondary index {index.name} "
            "because its projection type is not ALL")
    if projection is not None and (missing := _not_held(projection, index)):
        raise invalid_parameter(
            f"Global secondary index {index.name} does not project [{', '.join(missing)}]")
    return Selection(count_only, whole_items=False)


def check_filter(filter: nodes.Condition | None, index: Index | None, keys: Sequence[KeyAttribute] = (), *,
                 told: str = "Filter Expression") -> None:
    """Refuse a filter on attributes that are not there to be read, or that are the key of a query."""
    if filter is None:
        return
    paths = [leaf for leaf in nodes.leaves(filter) if isinstance(leaf, nodes.Path)]
    names = {part.name for part in keys}
    for path in paths:
        if path.steps[0] in names:
            raise invalid(f"{told} can only contain non-primary key attributes: "
                          f"Primary key attribute: {path.steps[0]}")
    if index is not None and (missing := _not_held(nodes.Projection(tuple(paths)), index)):
        raise invalid_parameter(
            f"Secondary index {index.name} does not project one or more filter attributes: [{', '.join(missing)}]")


def _not_held(projection: nodes.Projection, index: Index) -> list[str]:
    held = index.attributes
    if held is None:
        return []
    return list(dict.fromkeys(str(path.steps[0]) for path in projection.paths if path.steps[0] not in held))


def given_start(request: Mapping[str, Any]) -> Item | None:
    """Give the ExclusiveStartKey, its values checked; None where the request starts at the beginning."""
    given = request.get("ExclusiveStartKey")
    if given is None:
        return None
    try:
        return checked_item(given)[0]
    except RefusedError as refused:
        # Numbers and duplicates are told as everywhere, other values with a word of where they stand.
        raise refused if _PLAIN_VALUE.search(refused.message) else invalid(f"{_START}: {refused.message}") from None


def check_start_names(table: Table, index: Index | None, key: Item, *, queried: bool) -> None:
    """Refuse a start that has more or fewer attributes than a key."""
    names = table.names if index is None else table.names | {part.name for part in index.parts}
    if len(key) != len(names):
        raise invalid(_START if queried or index is not None else f"{_START}: {KEY_MISMATCH}")


def check_start_parts(key: Item, parts: Iterable[KeyAttribute]) -> None:
    """Refuse a start in which one of these attributes of the key is missing, or has another type."""
    for part in parts:
        if part.name not in key:
            raise invalid(_START)
        if part.type not in key[part.name]:
            raise invalid(KEY_MISMATCH)


def start_of(table: Table, index: Index | None, key: Item | None) -> Start | None:
    """Give where to start; the key may be that of an item that is gone.

    Raises:
        RefusedError: it is none of the table's.
    """
    if key is None:
        return None
    try:
        row_key = request_key(table, {name: value for name, value in key.items() if name in table.names})
    except RefusedError as refused:
        raise invalid(f"{_START}: {refused.message}") from None
    return Start(row_key, None if index is None else index.row_key(key))


def check_start(start: Start | None, stretch: Stretch) -> None:
    """Refuse a start outside of what is read."""
    if start is None:
        return
    pk, sk = start.entry or start.key
    if sk not in stretch:
        raise invalid(_NOT_IN_RANGE)
    if pk != stretch.pk:
        raise invalid(_OUTSIDE if stretch == Stretch(stretch.pk) else _AT_MOST_ONE)


def answer_of(page: Page, table: Table, index: Index | None, request: Mapping[str, Any], report: str | None, *,
              fetched: bool, as_json: bool) -> dict[str, Any]:
    """Give a page as Query and Scan answer it; ``fetched`` items of a local index came from the table."""
    answer: dict[str, Any] = {}
    if request.get("Select") != "COUNT":
        answer["Items"] = page.as_json() if as_json else page.items()
    answer["Count"] = page.count
    answer["ScannedCount"] = page.scanned_count
    if page.last_key is not None:
        answer["LastEvaluatedKey"] = page.last_key
    if report is not None:
        consistent = request.get("ConsistentRead", False)
        consumed = Consumed(table)
        consumed.read(page.size, consistent=consistent, index=index)
        if fetched:
            consumed.read(0, consistent=consistent, times=page.scanned_count)
        answer["ConsumedCapacity"] = consumed.report(report)
    return answer
