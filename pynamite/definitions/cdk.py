"""Definitions for AWS CDK: a stack in Python with the table in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from pynamite.definitions.documents import logical_name
from pynamite.definitions.shape import IndexShape, Provisioned, Settings, TableShape, shape_of
from pynamite.table import Table

__all__ = ["cdk"]

_TYPES = {"S": "STRING", "N": "NUMBER", "B": "BINARY"}


def cdk(table: Table, *, name: str | None = None, settings: Settings | None = None, stack: str | None = None) -> str:
    """Write a module of Python with a stack that has the table, a ``dynamodb.TableV2``.

    ``stack`` is the name of its class, the table's in CamelCase and ``Stack`` by default. Indexes whose keys have
    several attributes need aws-cdk-lib from version 2.226 on.
    """
    shape = shape_of(table, name=name, settings=settings)
    identifier = logical_name(shape.name)
    return "".join(f"{line}\n" for line in _lines(shape, stack or f"{identifier}Stack", identifier))


def _lines(shape: TableShape, stack: str, identifier: str) -> Iterable[str]:
    yield f'"""The table {_in_docstring(shape.name)}."""'
    yield ""
    yield "import aws_cdk as cdk"
    yield "from aws_cdk import aws_dynamodb as dynamodb"
    yield "from constructs import Construct"
    yield ""
    yield ""
    yield f"class {stack}(cdk.Stack):"
    yield f'    """Has the table {_in_docstring(shape.name)}."""'
    yield ""
    yield "    def __init__(self, scope: Construct, construct_id: str, **kwargs: object) -> None:"
    yield "        super().__init__(scope, construct_id, **kwargs)"
    yield "        self.table = dynamodb.TableV2("
    yield "            self,"
    yield f"            {_text(identifier)},"
    yield f"            table_name={_text(shape.name)},"
    yield f"            partition_key={_attribute(shape, shape.partition)},"
    if shape.sort is not None:
        yield f"            sort_key={_attribute(shape, shape.sort)},"
    yield from _settings(shape)
    for kind, indexes in (("global", shape.globals), ("local", shape.locals)):
        if indexes:
            yield f"            {kind}_secondary_indexes=["
            for index in indexes:
                yield from _index(shape, index)
            yield "            ],"
    yield "        )"


def _text(value: object) -> str:
    """Write a text, or a list of texts, as Python has it, in double quotes: as JSON has it, too."""
    return json.dumps(value)


def _in_docstring(name: str) -> str:
    # DynamoDB has letters, digits, '_', '-' and '.' in names of tables; nothing else is to end the text.
    return name.replace("\\", "").replace('"', "")


def _attribute(shape: TableShape, name: str) -> str:
    return f"dynamodb.Attribute(name={_text(name)}, type=dynamodb.AttributeType.{_TYPES[shape.types[name]]})"


def _settings(shape: TableShape) -> Iterable[str]:
    settings = shape.settings
    if isinstance(settings.billing, Provisioned):
        yield "            billing=dynamodb.Billing.provisioned("
        yield f"                read_capacity=dynamodb.Capacity.fixed({settings.billing.read}),"
        # Capacity to write can only be scaled, in a table that could have replicas; these two are one number.
        yield "                write_capacity=dynamodb.Capacity.autoscaled("
        yield f"                    min_capacity={settings.billing.write}, max_capacity={settings.billing.write}"
        yield "                ),"
        yield "            ),"
    elif settings.billing is not None:
        yield "            billing=dynamodb.Billing.on_demand(),"
    if settings.stream:
        yield f"            dynamo_stream=dynamodb.StreamViewType.{settings.stream},"
    if settings.deletion_protection is not None:
        yield f"            deletion_protection={settings.deletion_protection},"
    if shape.ttl is not None:
        yield f"            time_to_live_attribute={_text(shape.ttl)},"


def _index(shape: TableShape, index: IndexShape) -> Iterable[str]:
    yield f"                dynamodb.{'LocalSecondaryIndexProps' if index.local else 'GlobalSecondaryIndexPropsV2'}("
    yield f"                    index_name={_text(index.name)},"
    if not index.local:
        yield f"                    {_keys(shape, 'partition_key', index.partition)},"
    if index.sort:
        yield f"                    {_keys(shape, 'sort_key', index.sort)},"
    yield f"                    projection_type=dynamodb.ProjectionType.{index.projection},"
    if index.projection == "INCLUDE":
        yield f"                    non_key_attributes={_text(sorted(index.attributes))},"
    yield "                ),"


def _keys(shape: TableShape, parameter: str, names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"{parameter}={_attribute(shape, names[0])}"
    return f"{parameter}s=[{', '.join(_attribute(shape, name) for name in names)}]"
