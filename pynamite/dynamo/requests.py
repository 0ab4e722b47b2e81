"""What `DB`'s methods send: made from keys, changes and options, and checked, without a call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from pynamite.dynamo.conditions import condition_node
from pynamite.dynamo.items import check_size, put_attributes, update_tree
from pynamite.dynamo.options import Expressions, check_options
from pynamite.dynamo.stamps import timestamp
from pynamite.dynamo.tenant import Tenancy
from pynamite.errors import DefinitionError, KeyValueError
from pynamite.expression import nodes
from pynamite.expression.render import bind_plain
from pynamite.key.address import Address, check_key_value, parse_address
from pynamite.operation.delete import delete_item
from pynamite.operation.get import get_item
from pynamite.operation.operation import Operation
from pynamite.operation.page import ReadPage
from pynamite.operation.put import put_item
from pynamite.operation.query import query
from pynamite.operation.scan import scan
from pynamite.operation.update import update_item
from pynamite.wire import Item, item_to_wire

__all__ = ["RETURN_VALUES", "Requests"]

RETURN_VALUES = ("NONE", "ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATED_NEW")

_READ = {
    "ConsistentRead", "ExclusiveStartKey", "FilterExpression", "IndexName", "Limit", "ProjectionExpression", "Select",
}
_QUERY = _READ | {"KeyConditionExpression", "ScanIndexForward"}
_SCAN = _READ | {"Segment", "TotalSegments"}


@attrs.frozen
class Requests:
    """The requests on one table, whose key is made of ``pk`` and ``sk``, for one tenant or for none."""

    table_name: str
    pk: str
    sk: str | None
    tenancy: Tenancy | None = None

    @property
    def key_names(self) -> list[str]:
        """The key attributes' names."""
        return [self.pk] if self.sk is None else [self.pk, self.sk]

    def plain_key(self, address: Address) -> dict[str, Any]:
        """Read an address; see `parse_address`."""
        return parse_address(address, self.pk, self.sk)

    def _stored(self, item: Item) -> Item:
        return item if self.tenancy is None else self.tenancy.stored(item)

    def _about(self, condition: nodes.Condition | None) -> nodes.Condition | None:
        return condition if condition is None or self.tenancy is None else self.tenancy.condition(condition)

    def get(self, address: Address, projection: str | Iterable[str] | None,
            options: Mapping[str, Any]) -> tuple[Operation[Item | None], list[str]]:
        """Make a GetItem; gives the attributes, too, that it asks for without having been asked.

        A key attribute is always among those asked for: so an item that has none of them can be told from none at all.
        """
        check_options("get", options, {"ConsistentRead", "ProjectionExpression"})
        if projection is not None and "ProjectionExpression" in options:
            raise DefinitionError("get() takes the projection or ProjectionExpression=, not both")
        expressions = Expressions(options)
        asked = expressions.projection(options.get("ProjectionExpression") if projection is None else projection)
        expressions.finish()
        added: list[str] = []
        if asked is not None and self.pk not in {path.steps[0] for path in asked.paths}:
            added = [self.pk]
            asked = nodes.Projection((*asked.paths, nodes.Path((self.pk,))))
        key = item_to_wire(self.plain_key(address))
        operation = get_item(
            self.table_name, self._stored(key), projection=asked, consistent_read=bool(options.get("ConsistentRead")))
        return attrs.evolve(operation, key=key), added

    def put(self, address: Address, attributes: Mapping[str, Any] | None, options: Mapping[str, Any], *,
            condition: nodes.Condition | None = None) -> tuple[Operation[dict[str, Any]], int]:
        """Make a PutItem; gives the item's size in bytes, too."""
        check_options("put", options, {"ConditionExpression", "ReturnValues"})
        key = self.plain_key(address)
        item = self._stored(put_attributes(key, attributes, timestamp()))
        size = check_size(item, key)
        operation = put_item(
            self.table_name, item, key=item_to_wire(key), condition=self._condition(options) or condition,
            return_values=_return_values(options, ("NONE", "ALL_OLD")))
        return operation, size

    def absent(self) -> nodes.Condition:
        """Give the condition that there is no item yet."""
        return nodes.Function("attribute_not_exists", (nodes.Path((self.pk,)),))

    def _condition(self, options: Mapping[str, Any]) -> nodes.Condition | None:
        expressions = Expressions(options)
        condition = expressions.condition(options.get("ConditionExpression"))
        expressions.finish()
        return self._about(condition)

    def update(self, address: Address, changes: Mapping[str, Any], options: Mapping[str, Any],
               return_values: str) -> Operation[Item | None]:
        """Make an UpdateItem; ``return_values`` is what it gives unless the options say otherwise."""
        check_options("update", options, {"ConditionExpression", "ReturnValues"})
        key = item_to_wire(self.plain_key(address))
        tree = update_tree(changes, self.key_names, timestamp())
        if self.tenancy is not None:
            tree = self.tenancy.update(tree)
        operation = update_item(
            self.table_name, self._stored(key), tree, condition=self._condition(options),
            return_values=_return_values(options, RETURN_VALUES) or return_values)
        return attrs.evolve(operation, key=key)

    def delete(self, address: Address, options: Mapping[str, Any]) -> Operation[Item | None]:
        """Make a DeleteItem."""
        check_options("delete", options, {"ConditionExpression", "ReturnValues"})
        key = item_to_wire(self.plain_key(address))
        operation = delete_item(
            self.table_name, self._stored(key), condition=self._condition(options),
            return_values=_return_values(options, ("NONE", "ALL_OLD")))
        return attrs.evolve(operation, key=key)

    def partition(self, value: Any, startswith: Any = None, *, attribute: str | None = None) -> nodes.Condition:
        """Make the key condition of a partition, of the table or of the index whose partition key is ``attribute``."""
        name = attribute or self.pk
        check_key_value(name, value)
        condition: nodes.Condition = nodes.Compare("=", nodes.Path((name,)), nodes.Literal(value))
        if startswith is None:
            return condition
        if not isinstance(startswith, (str, bytes)):
            raise KeyValueError(f"startswith= is the beginning of a sort key, a text, not {startswith!r}")
        if self.sk is None:
            raise KeyValueError(
                f"table {self.table_name!r} has no sort key that startswith={startswith!r} could concern")
        if not startswith:
            return condition
        begins = nodes.Function("begins_with", (nodes.Path((self.sk,)), nodes.Literal(startswith)))
        return nodes.conjunction(condition, begins)

    def query(self, key_condition: Any, options: Mapping[str, Any]) -> Operation[ReadPage]:
        """Make a Query with the key condition given, or that of the options."""
        check_options("query", options, _QUERY)
        if key_condition is not None and "KeyConditionExpression" in options:
            raise DefinitionError("query() takes a partition or KeyConditionExpression=, not both")
        given = options.get("KeyConditionExpression") if key_condition is None else key_condition
        if given is None:
            raise DefinitionError(
                "query() needs a partition key or KeyConditionExpression=; scan() reads without one")
        if self.tenancy is not None:
            self.tenancy.check_index(options.get("IndexName"))
        expressions = Expressions(options)
        about = self._about(
            expressions.condition(given, "KeyConditionExpression") if isinstance(given, str)
            else bind_plain(condition_node(given)))
        assert about is not None
        parameters = self._read_parameters(expressions, options)
        forward = options.get("ScanIndexForward")
        return query(self.table_name, key_condition=about, forward=forward is None or bool(forward), **parameters)

    def scan(self, options: Mapping[str, Any]) -> Operation[ReadPage]:
        """Make a Scan, of this tenant's items only."""
        check_options("scan", options, _SCAN)
        parameters = self._read_parameters(Expressions(options), options)
        if self.tenancy is not None:
            given = parameters["filter"]
            parameters["filter"] = self.tenancy.own() if given is None else nodes.conjunction(self.tenancy.own(), given)
        return scan(
            self.table_name, segment=options.get("Segment"), total_segments=options.get("TotalSegments"), **parameters)

    def _read_parameters(self, expressions: Expressions, options: Mapping[str, Any]) -> dict[str, Any]:
        limit, start = options.get("Limit"), options.get("ExclusiveStartKey")
        if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 1):
            raise DefinitionError(f"Limit= is a number of items, at least 1, not {limit!r}")
        parameters = {
            "index": options.get("IndexName"),
            "filter": self._about(expressions.condition(options.get("FilterExpression"), "FilterExpression")),
            "projection": expressions.projection(options.get("ProjectionExpression")),
            "limit": limit,
            "start": None if start is None else self._stored(item_to_wire(start)),
            "select": options.get("Select"),
            "consistent_read": bool(options.get("ConsistentRead")),
        }
        expressions.finish()
        return parameters


def _return_values(options: Mapping[str, Any], allowed: tuple[str, ...]) -> str | None:
    value: str | None = options.get("ReturnValues")
    if value is not None and value not in allowed:
        raise DefinitionError(f"ReturnValues={value!r} is none of {', '.join(allowed)}")
    return value
