"""Tenants: partition keys stored as ``tenant@key``, so that several parties share a table and never meet.

The prefix stands before the partition key of the table and before those of its indexes, wherever they are text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from pynamite.errors import ExpressionError, KeyValueError
from pynamite.expression import nodes
from pynamite.key.address import check_key_value
from pynamite.key.tenant import SEPARATOR
from pynamite.wire import Item

__all__ = ["Tenancy"]

@attrs.frozen
class Tenancy:
    """How one tenant's items are stored: which ``attributes`` have the prefix, and which of them each index has."""

    tenant: str
    pk: str
    attributes: frozenset[str]
    indexes: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, tenant: str, description: Mapping[str, Any]) -> Tenancy:
        """Make it from the description of a table.

        Raises:
            KeyValueError: the table's own partition key cannot have the prefix, as its type is not text.
        """
        texts = {one["AttributeName"] for one in description["AttributeDefinitions"] if one["AttributeType"] == "S"}
        (pk,) = _partition(description)
        if pk not in texts:
            raise KeyValueError(f"the tenant {tenant!r} needs a table whose partition key is of type S; {pk!r} is not")
        listed = description.get("GlobalSecondaryIndexes") or ()
        indexes = {index["IndexName"]: frozenset(_partition(index)) & texts for index in listed}
        return cls(tenant, pk, frozenset({pk}).union(*indexes.values()), indexes)

    @property
    def prefix(self) -> str:
        """What stands before each partition key: ``tenant@``."""
        return self.tenant + SEPARATOR

    def stored(self, item: Item) -> Item:
        """Give an item or a key as it is stored.

        Raises:
            KeyValueError: a partition key is empty, or too long together with the tenant.
        """
        changed = {name: self._prefixed(value) for name, value in item.items() if name in self.attributes}
        for name, value in changed.items():
            if "S" in value:
                check_key_value(name, item[name]["S"])
                check_key_value(name, value["S"])
        return {**item, **changed}

    def shown(self, item: Item) -> Item:
        """Give an item or a key as it was before it was stored."""
        return {name: self._bare(value) if name in self.attributes else value for name, value in item.items()}

    def shown_plain(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """Give an item of plain Python values as it was before it was stored."""
        return {
            name: value.removeprefix(self.prefix) if name in self.attributes and isinstance(value, str) else value
            for name, value in item.items()}

    def _prefixed(self, value: dict[str, Any]) -> dict[str, Any]:
        return {"S": self.prefix + value["S"]} if "S" in value else value

    def _bare(self, value: dict[str, Any]) -> dict[str, Any]:
        return {"S": value["S"].removeprefix(self.prefix)} if "S" in value else value

    def check_index(self, name: str | None) -> None:
        """Check that a query of this index sees this tenant only.

        Raises:
            KeyValueError: no part of its partition key is text, so that no tenant can stand in it.
        """
        if name is not None and name in self.indexes and not self.indexes[name]:
            raise KeyValueError(
                f"the partition key of index {name!r} is no text, so the items of tenant {self.tenant!r} "
                "cannot be told in it; scan the index with a filter instead")

    def condition(self, node: nodes.Condition) -> nodes.Condition:
        """Give the same condition about stored items: values that meet a partition key get the prefix."""
        match node:
            case nodes.And(parts):
                return nodes.And(tuple(self.condition(part) for part in parts))
            case nodes.Or(parts):
                return nodes.Or(tuple(self.condition(part) for part in parts))
            case nodes.Not(part):
                return nodes.Not(self.condition(part))
            case nodes.Function(name, _) if name != "begins_with":
                return node
        if any(self._is_partition(child) for child in nodes.children(node)):
            return nodes.transform(node, self._stored_leaf)
        return node

    def _is_partition(self, leaf: Any) -> bool:
        return isinstance(leaf, nodes.Path) and len(leaf.steps) == 1 and leaf.steps[0] in self.attributes

    def _stored_leaf(self, leaf: Any) -> Any:
        return nodes.Value(self._prefixed(leaf.wire)) if isinstance(leaf, nodes.Value) else leaf

    def own(self) -> nodes.Condition:
        """Give the condition that an item is this tenant's."""
        return nodes.Function("begins_with", (nodes.Path((self.pk,)), nodes.Value({"S": self.prefix})))

    def update(self, update: nodes.Update) -> nodes.Update:
        """Give the same update on stored items.

        Raises:
            ExpressionError: an index's partition key is made from another attribute, which has no prefix, or the other
                way round.
        """
        return attrs.evolve(update, sets=tuple(self._set(action) for action in update.sets))

    def _set(self, action: nodes.Set) -> nodes.Set:
        partition = self._is_partition(action.path)
        for leaf in nodes.leaves(action.value):
            if isinstance(leaf, nodes.Path) and leaf != action.path and (partition or self._is_partition(leaf)):
                raise ExpressionError(
                    f"{str(action.path)!r} cannot be made from {str(leaf)!r} here: one of them is the partition key of "
                    f"an index, and stored with the tenant {self.tenant!r} before it; set it to a value")
        return nodes.Set(action.path, nodes.transform(action.value, self._stored_leaf)) if partition else action


def _partition(schema: Mapping[str, Any]) -> list[str]:
    return [part["AttributeName"] for part in schema["KeySchema"] if part["KeyType"] == "HASH"]
