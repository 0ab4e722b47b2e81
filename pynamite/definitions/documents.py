"""Definitions as JSON and as CloudFormation, written and read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import attrs

from pynamite.definitions.shape import Settings, TableShape, shape_of, shape_of_parameters
from pynamite.errors import DefinitionError
from pynamite.table import Table

__all__ = [
    "cloudformation",
    "cloudformation_yaml",
    "create_table_json",
    "logical_name",
    "read_cloudformation_yaml",
    "read_definition",
]

_RESOURCE = "AWS::DynamoDB::Table"


def create_table_json(table: Table, *, name: str | None = None, settings: Settings | None = None) -> str:
    """Write the parameters of CreateTable, for ``aws dynamodb create-table --cli-input-json``.

    Time to Live is not among them: it is switched on when the table is there, with `Store.create_table` or
    ``aws dynamodb update-time-to-live``.
    """
    return json.dumps(shape_of(table, name=name, settings=settings).parameters, indent=2)


def cloudformation(
    table: Table, *, name: str | None = None, settings: Settings | None = None, logical_id: str | None = None,
    retain: bool = True,
) -> dict[str, Any]:
    """Make a CloudFormation template with the table as its one resource.

    ``logical_id`` is the resource's name in the template, the table's in CamelCase by default. The table is kept when
    its stack is deleted, or when a change would replace it, unless ``retain`` is False.
    """
    shape = shape_of(table, name=name, settings=settings)
    properties = shape.parameters
    if shape.ttl is not None:
        properties["TimeToLiveSpecification"] = {"AttributeName": shape.ttl, "Enabled": True}
    if shape.settings.stream:
        properties["StreamSpecification"] = {"StreamViewType": shape.settings.stream}
    kept = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"} if retain else {}
    identifier = logical_id or logical_name(shape.name)
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Resources": {identifier: {"Type": _RESOURCE, **kept, "Properties": properties}},
        "Outputs": {
            "TableName": {"Value": {"Ref": identifier}}, "TableArn": {"Value": {"Fn::GetAtt": [identifier, "Arn"]}}},
    }


def cloudformation_yaml(table: Table, **options: Any) -> str:
    """Write the template of `cloudformation`, whose options it takes, as YAML.

    Raises:
        DefinitionError: PyYAML is not installed.
    """
    yaml = _yaml()
    # CloudFormation takes no aliases, which YAML has for what is the same in two places.
    dumper: Any = type("Dumper", (yaml.SafeDumper,), {"ignore_aliases": lambda self, data: True})
    text: str = yaml.dump(cloudformation(table, **options), Dumper=dumper, sort_keys=False)
    return text


def _yaml() -> Any:
    try:
        import yaml
    except ModuleNotFoundError as missing:
        if missing.name != "yaml":
            raise
        raise DefinitionError("YAML needs PyYAML: pip install 'pynamite-orm[yaml]'") from None
    return yaml


def logical_name(name: str) -> str:
    """Make a name of letters and digits: ``shop-orders.v2`` is ShopOrdersV2.

    >>> logical_name("shop-orders.v2")
    'ShopOrdersV2'
    """
    words = re.split(r"[^A-Za-z0-9]+", name)
    made = "".join(word[:1].upper() + word[1:] for word in words)
    return made if made[:1].isalpha() else f"Table{made}"


def read_definition(document: Mapping[str, Any], *, logical_id: str | None = None) -> TableShape:
    """Read the parameters of CreateTable, the answer of DescribeTable, or a CloudFormation template.

    Of a template with several tables, ``logical_id`` says which. A name that is a reference in the template reads as
    empty.

    Raises:
        DefinitionError: it is none of these, or it is not clear which table is meant.
    """
    if "Resources" in document:
        return _read_template(document, logical_id)
    told: Mapping[str, Any] = document.get("Table") or document.get("TableDescription") or document
    return shape_of_parameters(told)


def _read_template(document: Mapping[str, Any], logical_id: str | None) -> TableShape:
    tables = {
        identifier: resource.get("Properties") or {}
        for identifier, resource in document["Resources"].items()
        if resource.get("Type") in {_RESOURCE, "AWS::DynamoDB::GlobalTable"}}
    if logical_id is None and len(tables) == 1:
        (logical_id,) = tables
    if logical_id is None or logical_id not in tables:
        known = ", ".join(map(repr, tables)) or "none"
        raise DefinitionError(f"logical_id={logical_id!r}: the tables of the template are {known}; name one of them")
    properties = tables[logical_id]
    ttl = properties.get("TimeToLiveSpecification") or {}
    attribute = ttl.get("AttributeName") if str(ttl.get("Enabled", False)).lower() == "true" else None
    shape = shape_of_parameters(properties, ttl=attribute)
    named = properties.get("TableName")
    return shape if isinstance(named, str) else attrs.evolve(shape, name="")


def read_cloudformation_yaml(text: str, *, logical_id: str | None = None) -> TableShape:
    """Read a table from a CloudFormation template in YAML, short forms such as ``!Ref`` included.

    Raises:
        DefinitionError: PyYAML is not installed, it is no template, or it is not clear which table is meant.
    """
    yaml = _yaml()

    def read_short_form(loader: Any, suffix: str, node: Any) -> dict[str, Any]:
        if isinstance(node, yaml.ScalarNode):
            content: Any = loader.construct_scalar(node)
        elif isinstance(node, yaml.SequenceNode):
            content = loader.construct_sequence(node, deep=True)
        else:
            content = loader.construct_mapping(node, deep=True)
        return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": content}

    # Short forms are read by a class of our own, so that nobody else's loader learns them.
    loader_class: Any = type("Loader", (yaml.SafeLoader,), {})
    loader_class.add_multi_constructor("!", read_short_form)
    try:
        document = yaml.load(text, loader_class)
    except yaml.YAMLError as error:
        raise DefinitionError(f"it is no YAML: {error}") from error
    if not isinstance(document, Mapping) or "Resources" not in document:
        raise DefinitionError("it is no CloudFormation template: it has no Resources")
    return read_definition(document, logical_id=logical_id)
