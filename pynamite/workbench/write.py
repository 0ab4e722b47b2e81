"""Writing NoSQL Workbench files: one order of keys, one format, so that equal models are equal files."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pynamite.key.schema import KeyAttribute
from pynamite.wire import AttributeValue, Item
from pynamite.workbench.model import Facet, Model, ModelIndex, ModelTable

__all__ = ["model_json", "write_model"]


def write_model(model: Model, filename: str | os.PathLike[str]) -> None:
    """Write a model to a file that NoSQL Workbench imports.

    Raises:
        OSError: the file cannot be written.
    """
    Path(filename).write_text(model_json(model), encoding="utf-8", newline="\n")


def model_json(model: Model) -> str:
    """Give the text of a model's file."""
    tree = {
        "ModelName": model.name,
        "ModelMetadata": model.metadata,
        "DataModel": [_table(table) for table in model.tables],
        **model.extra,
    }
    return json.dumps(tree, indent=2, ensure_ascii=False) + "\n"


def _table(table: ModelTable) -> dict[str, Any]:
    tree: dict[str, Any] = {
        "TableName": table.name,
        "KeyAttributes": _keys(table.partition, table.sort),
        "NonKeyAttributes": [
            {"AttributeName": own.name, "AttributeType": own.type, **own.extra} for own in table.attributes
        ],
    }
    if table.facets:
        tree["TableFacets"] = [_facet(facet, table) for facet in table.facets]
    tree["GlobalSecondaryIndexes"] = [_index(index) for index in table.indexes if not index.local]
    if any(index.local for index in table.indexes):
        tree["LocalSecondaryIndexes"] = [_index(index) for index in table.indexes if index.local]
    if table.rows or not table.facets:
        # Where there are facets, the rows are theirs.
        tree["TableData"] = [_row(row) for row in table.rows]
    if "DataAccess" in table.extra:
        tree["DataAccess"] = table.extra["DataAccess"]
    if table.billing_mode is not None:
        tree["BillingMode"] = table.billing_mode
    return {**tree, **table.extra}


def _facet(facet: Facet, table: ModelTable) -> dict[str, Any]:
    alias = {"PartitionKeyAlias": table.partition.name if facet.partition_alias is None else facet.partition_alias}
    if table.sort is not None:
        alias["SortKeyAlias"] = table.sort.name if facet.sort_alias is None else facet.sort_alias
    return {
        "FacetName": facet.name,
        "KeyAttributeAlias": alias,
        "TableData": [_row(row) for row in facet.rows],
        "NonKeyAttributes": list(facet.attributes),
        **facet.extra,
    }


def _index(index: ModelIndex) -> dict[str, Any]:
    projection: dict[str, Any] = {"ProjectionType": index.projection}
    if not isinstance(index.projection, str):
        projection = {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(index.projection)}
    keys = _keys(index.partition, index.sort)
    return {"IndexName": index.name, "KeyAttributes": keys, "Projection": projection, **index.extra}


def _keys(partition: KeyAttribute, sort: KeyAttribute | None) -> dict[str, Any]:
    found = {"PartitionKey": {"AttributeName": partition.name, "AttributeType": partition.type}}
    if sort is not None:
        found["SortKey"] = {"AttributeName": sort.name, "AttributeType": sort.type}
    return found


def _row(row: Item) -> dict[str, Any]:
    return {name: _value(value) for name, value in row.items()}


def _value(value: AttributeValue) -> dict[str, Any]:
    ((kind, content),) = value.items()
    match kind:
        case "B":
            return {"B": base64.b64encode(content).decode()}
        case "BS":
            return {"BS": [base64.b64encode(member).decode() for member in content]}
        case "L":
            return {"L": [_value(own) for own in content]}
        case "M":
            return {"M": {name: _value(own) for name, own in _pairs(content)}}
        case _:
            return {kind: content}


def _pairs(content: Mapping[str, AttributeValue]) -> list[tuple[str, AttributeValue]]:
    # A map has no order of its own, and comes back from the database in another.
    return sorted(content.items())
