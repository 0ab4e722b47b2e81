"""Statements that write, as the changes that every write goes through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from pynamite.expression import nodes
from pynamite.local.definition import RowKey, Table
from pynamite.local.expressions import entered_by
from pynamite.local.failures import RefusedError, invalid
from pynamite.local.keys import check_table_name
from pynamite.local.partiql.bind import NO_KEY, bound, key_in, key_mismatch, table_of, updating, value_of, where
from pynamite.local.partiql.statements import Delete, Exists, Insert, Update
from pynamite.local.storage import Session
from pynamite.local.values import checked_item
from pynamite.local.writes import Change, Outcome, check_size, returned
from pynamite.wire import AttributeValue, Item

__all__ = ["NO_CHECK", "Asked", "change_of"]

DUPLICATE = "Duplicate primary key exists in table"
NO_CHECK = "EXISTS() must contain a single item read with additional condition"


class _Insertion(Change):
    """A put of an item that is not there yet."""

    def apply(self, session: Session, table: Table, key: RowKey) -> Outcome:
        """Do it in a session.

        Raises:
            RefusedError: there is such an item already.
        """
        try:
            return super().apply(session, table, key)
        except RefusedError as refused:
            if refused.code != "ConditionalCheckFailedException":
                raise
            raise RefusedError("DuplicateItemException", DUPLICATE, refused.extra) from None


@attrs.frozen
class Asked:
    """A statement that writes: the change, on which table, and what to give back of it."""

    table: Table
    key: RowKey
    change: Change
    returning: str

    def carry_out(self, session: Session) -> Outcome:
        """Do it in a session."""
        self.change.check_targets(self.table)
        self.change.check_paths(self.table)
        return self.change.apply(session, self.table, self.key)

    def returned(self, outcome: Outcome) -> Item | None:
        """Give what RETURNING asks for; None or nothing where there is nothing to give."""
        return None if self.returning == "NONE" else returned(self.returning, outcome, self.change)


def change_of(session: Session, request: Mapping[str, Any]) -> Asked:
    """Read the statement of a request that writes, or checks, one item.

    Raises:
        RefusedError: it does not name one item, or there is another mistake in it.
    """
    statement, given = bound(request)
    if isinstance(statement, Insert):
        return _insertion(session, request, statement, given)
    if isinstance(statement, Update | Delete):
        table = table_of(session, check_table_name(statement.table))
        found = key_in(table, where(statement.condition, given))
        if found is None:
            raise invalid(NO_KEY)
        key, row_key, rest = found
        there = nodes.Path((table.partition.name,))
        condition: nodes.Condition | None
        if isinstance(statement, Delete):
            # What is not there is deleted already, whatever it should have been.
            condition = nodes.disjunction(
                nodes.Function("attribute_not_exists", (there,)), nodes.conjunction(*rest)) if rest else None
            change = Change.delete(_options(request, statement.returning), key, condition, _entered(*rest))
        else:
            condition = nodes.conjunction(nodes.Function("attribute_exists", (there,)), *rest)
            update = updating(statement.update, given)
            change = Change.update(
                _options(request, statement.returning), key, update, condition, _entered(update, *rest))
        return Asked(table, row_key, change, statement.returning)
    assert isinstance(statement, Exists)
    table = table_of(session, check_table_name(statement.select.table))
    found = None if statement.select.index else key_in(table, where(statement.select.condition, given))
    if found is None or not found[2]:
        raise invalid(NO_CHECK)
    exists = nodes.Function("attribute_exists", (nodes.Path((table.partition.name,)),))
    key, row_key, rest = found
    change = Change.check(_options(request, "NONE"), key, nodes.conjunction(exists, *rest), _entered(*rest))
    return Asked(table, row_key, change, "NONE")


def _entered(*trees: Any) -> list[str]:
    return [name for tree in trees for name in entered_by(tree)]


def _options(request: Mapping[str, Any], returning: str) -> dict[str, Any]:
    options = {"ReturnValues": returning}
    if "ReturnValuesOnConditionCheckFailure" in request:
        options["ReturnValuesOnConditionCheckFailure"] = request["ReturnValuesOnConditionCheckFailure"]
    return options


def _insertion(session: Session, request: Mapping[str, Any], statement: Insert, given: list[AttributeValue]) -> Asked:
    item, size = checked_item({name: value_of(value, given) for name, value in statement.item.items()})
    check_size(size)
    table = table_of(session, check_table_name(statement.table))
    for part in table.parts:
        if part.name not in item:
            raise invalid(f"Key attribute should be present in the item: Key {part.name}")
        if part.type not in item[part.name]:
            raise key_mismatch(part.name)
    absent = nodes.Function("attribute_not_exists", (nodes.Path((table.partition.name,)),))
    change = _Insertion.put(_options(request, "NONE"), item, size, absent)
    return Asked(table, change.locate(table), change, "NONE")
