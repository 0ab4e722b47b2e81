"""SELECT: a query where the condition names the partition, else a scan."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from pynamite.dynamodb_json import from_json, to_json
from pynamite.expression import nodes
from pynamite.key.schema import KeyAttribute
from pynamite.local.actions.reading import check_filter, find_index, select
from pynamite.local.capacity import Consumed
from pynamite.local.definition import Index, RowKey, Table
from pynamite.local.evaluate import lookup
from pynamite.local.expressions import entered_by
from pynamite.local.failures import RefusedError, invalid
from pynamite.local.key_condition import Stretch, stretch_of, terms_of
from pynamite.local.keys import check_scalars, check_table_name
from pynamite.local.ordering import key_bytes
from pynamite.local.pages import LARGEST_PAGE, Reader, Start
from pynamite.local.partiql.bind import conjuncts, key_mismatch, projected, table_of, where
from pynamite.local.partiql.statements import Select
from pynamite.local.storage import Session
from pynamite.wire import AttributeValue, Item

__all__ = ["Answer", "Plan", "cut", "plan"]

_NO_WHERE = "Must have WHERE clause in the statement when using ORDER BY clause."
_NO_PARTITION = "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause."


@attrs.frozen
class Answer:
    """What a page of a SELECT gives: the items, where to go on, what it took."""

    items: list[Item]
    token: str | None
    consumed: Consumed


@attrs.frozen
class Plan:
    """How a SELECT is read: stretches of keys one after the other (None: all), a filter, the paths to give."""

    table: Table
    index: Index | None
    stretches: tuple[Stretch | None, ...]
    forward: bool
    filter: nodes.Condition | None
    paths: tuple[nodes.Path, ...] | None
    whole_items: bool

    def read(self, session: Session, request: Mapping[str, Any]) -> Answer:
        """Read a page: up to a number of items looked at, or 1 MB."""
        left: int | None = request.get("Limit")
        mark = _mark(request)
        place, start = _start(self, request.get("NextToken"), mark)
        consistent = bool(request.get("ConsistentRead"))
        consumed = Consumed(self.table)
        items: list[Item] = []
        size = 0
        token = None
        while place < len(self.stretches):
            page = Reader(
                self.table, self.index, self.stretches[place], start, forward=self.forward, limit=left,
                filter=self.filter, whole_items=self.whole_items).read(session)
            consumed.read(page.size, consistent=consistent, index=self.index)
            if self.index is not None and self.index.attributes is not None and self.whole_items:
                consumed.read(0, consistent=consistent, times=page.scanned_count)
            items += page.items()
            size += page.size
            left = None if left is None else left - page.scanned_count
            start = None
            if page.last_key is not None:
                token = _token(mark, place, page.last_key)
                break
            place += 1
            if place < len(self.stretches) and size >= LARGEST_PAGE:
                token = _token(mark, place, None)
                break
        return Answer([cut(item, self.paths) for item in items], token, consumed)


def cut(item: Item, paths: tuple[nodes.Path, ...] | None) -> Item:
    """Give what a SELECT asks for of an item: each value by the last name of its path, ``l[0]`` by both."""
    if paths is None:
        return item
    found = {}
    for path in paths:
        value = lookup(path.steps, item)
        if value is not None:
            found[_label(path)] = value
    return found


def _label(path: nodes.Path) -> str:
    text = ""
    for step in reversed(path.steps):
        if isinstance(step, str):
            return step + text
        text = f"[{step}]{text}"
    return text


def plan(session: Session, statement: Select, given: Sequence[AttributeValue], request: Mapping[str, Any]) -> Plan:
    """Work out how to read a SELECT.

    Raises:
        RefusedError: the table or the index is not there, or cannot answer it.
    """
    table = table_of(session, check_table_name(statement.table))
    asked = {} if statement.index is None else {"IndexName": statement.index}
    index = find_index(table, {**asked, "ConsistentRead": request.get("ConsistentRead")})
    condition = where(statement.condition, given)
    if condition is not None:
        check_scalars(table, entered_by(condition))
    partition = (table.partition,) if index is None else index.partition
    sort = table.parts[1:] if index is None else index.sort
    stretches, rest = _stretches(condition, partition, sort)
    _check_order(statement, partition, sort, read_whole=stretches == (None,))
    forward = True
    for path, downwards in statement.order:
        if path.steps[0] == partition[0].name and downwards:
            stretches = tuple(reversed(stretches))
        elif path.steps[0] != partition[0].name:
            forward = not downwards
    check_filter(rest, index)
    selection = select(asked, index, projected(statement.paths))
    return Plan(table, index, stretches, forward, rest, statement.paths, selection.whole_items)


def _check_order(statement: Select, partition: Sequence[KeyAttribute], sort: Sequence[KeyAttribute], *,
                 read_whole: bool) -> None:
    if not statement.order:
        return
    if statement.condition is None:
        raise invalid(_NO_WHERE)
    names = {part.name for part in (*partition, *sort)}
    for path, _ in statement.order:
        if len(path.steps) != 1 or path.steps[0] not in names:
            raise invalid(f"Variable reference {path} in ORDER BY clause must be part of the primary key")
    if read_whole:
        raise invalid(_NO_PARTITION)


def _stretches(condition: nodes.Condition | None, partition: Sequence[KeyAttribute],
               sort: Sequence[KeyAttribute]) -> tuple[tuple[Stretch | None, ...], nodes.Condition | None]:
    """Give the stretches of keys that a condition leaves, and what else there is to it."""
    named: dict[str, list[nodes.Condition]] = {}
    parts = conjuncts(condition)
    for part in partition:
        found = next((one for one in parts if (choices := _choices(one, part)) is not None), None)
        if found is None:
            return (None,), condition
        choices = _choices(found, part)
        assert choices is not None
        named[part.name] = list(choices)
        parts.remove(found)
    bounds: list[nodes.Condition] = []
    if sort:
        bounds = [one for one in parts if _bounds(one, sort[0])]
        parts = [one for one in parts if one not in bounds]
    combined: list[list[nodes.Condition]] = [[]]
    for part in partition:
        combined = [[*before, one] for before in combined for one in named[part.name]]
    stretches: list[Stretch] = []
    for equalities in combined:
        stretch = stretch_of(terms_of(nodes.conjunction(*equalities)), partition, sort)
        for bound in bounds:
            stretch = _narrowed(stretch, stretch_of(terms_of(nodes.conjunction(*equalities, bound)), partition, sort))
        stretches.append(stretch)
    found_stretches = [one for one in stretches if one.high is None or one.low < one.high]
    return tuple(found_stretches), nodes.conjunction(*parts) if parts else None


def _narrowed(one: Stretch, other: Stretch) -> Stretch:
    highs = [high for high in (one.high, other.high) if high is not None]
    return Stretch(one.pk, max(one.low, other.low), min(highs) if highs else None)


def _choices(condition: nodes.Condition, part: KeyAttribute) -> tuple[nodes.Condition, ...] | None:
    """Give the equalities, one of which has to hold, that a condition says of a partition key; None if it does not."""
    path = nodes.Path((part.name,))
    match condition:
        case nodes.Compare("=", nodes.Path((name,)), nodes.Value() as value) if name == part.name:
            options: tuple[Any, ...] = (value,)
        case nodes.Compare("=", nodes.Value() as value, nodes.Path((name,))) if name == part.name:
            options = (value,)
        case nodes.In(nodes.Path((name,)), options) if name == part.name and all(
                isinstance(option, nodes.Value) for option in options):
            pass
        case _:
            return None
    for option in options:
        if part.type not in option.wire:
            raise key_mismatch(part.name)
    unique = {key_bytes(part.type, option.wire[part.type]): option for option in options}
    return tuple(nodes.Compare("=", path, unique[key]) for key in sorted(unique))


def _bounds(condition: nodes.Condition, part: KeyAttribute) -> bool:
    """Tell whether a condition bounds a sort key."""
    values: tuple[Any, ...]
    match condition:
        case nodes.Compare(operator, nodes.Path((name,)), nodes.Value() as value) if operator != "<>":
            values = (value,)
        case nodes.Compare(operator, nodes.Value() as value, nodes.Path((name,))) if operator != "<>":
            values = (value,)
        case nodes.Between(nodes.Path((name,)), nodes.Value() as low, nodes.Value() as high):
            values = (low, high)
        case nodes.Function("begins_with", (nodes.Path((name,)), nodes.Value() as value)):
            values = (value,)
        case _:
            return False
    if name != part.name:
        return False
    for value in values:
        if part.type not in value.wire:
            raise key_mismatch(part.name)
    return True


def _mark(request: Mapping[str, Any]) -> str:
    """Give what tells statements apart, so that no token is used for another."""
    told = [request["Statement"], [to_json({"": value}).decode() for value in request.get("Parameters", ())]]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def _token(mark: str, place: int, key: Item | None) -> str:
    told = [mark, place, None if key is None else to_json(key).decode()]
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode()


def _start(asked: Plan, token: str | None, mark: str) -> tuple[int, Start | None]:
    if token is None:
        return 0, None
    try:
        told, place, key = json.loads(base64.urlsafe_b64decode(token))
        if told != mark or not 0 <= place < len(asked.stretches):
            raise invalid("Invalid NextToken")
        return place, None if key is None else _start_of(asked, from_json(key.encode()))
    except (ValueError, TypeError, KeyError, AttributeError, binascii.Error):
        raise invalid("Invalid NextToken") from None


def _start_of(asked: Plan, key: Item) -> Start:
    row_key: RowKey = asked.table.row_key(key)
    if asked.index is None:
        return Start(row_key)
    entry = asked.index.row_key(key)
    if entry is None:
        raise RefusedError("ValidationException", "Invalid NextToken")
    return Start(row_key, entry)
