"""Definitions for Terraform: a resource ``aws_dynamodb_table`` in HCL."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from pynamite.definitions.shape import IndexShape, Provisioned, Settings, TableShape, shape_of
from pynamite.table import Table

__all__ = ["terraform"]


def terraform(
    table: Table, *, name: str | None = None, settings: Settings | None = None, resource: str | None = None
) -> str:
    """Write the table as a resource of HashiCorp's provider for AWS.

    ``resource`` is its name in Terraform, the table's with underscores by default. Indexes whose keys have several
    attributes need the provider from version 6.29 on.
    """
    shape = shape_of(table, name=name, settings=settings)
    return "".join(f"{line}\n" for line in _lines(shape, resource or _resource_name(shape.name)))


def _resource_name(name: str) -> str:
    made = re.sub(r"[^A-Za-z0-9_-]", "_", name)
    return made if made[:1].isalpha() or made[:1] == "_" else f"_{made}"


def _text(value: object) -> str:
    """Write a value; in a text of HCL, ``${`` and ``%{`` would begin an expression."""
    return re.sub(r"([$%])\{", r"\1\1{", json.dumps(value, ensure_ascii=False))


def _lines(shape: TableShape, resource: str) -> Iterable[str]:
    settings = shape.settings
    billing = settings.billing
    arguments: dict[str, object] = {"name": shape.name}
    if billing is not None:
        arguments["billing_mode"] = "PROVISIONED" if isinstance(billing, Provisioned) else billing
        arguments |= _capacity(billing)
    arguments["hash_key"] = shape.partition
    if shape.sort is not None:
        arguments["range_key"] = shape.sort
    if settings.stream is not None:
        arguments["stream_enabled"] = bool(settings.stream)
        if settings.stream:
            arguments["stream_view_type"] = settings.stream
    if settings.deletion_protection is not None:
        arguments["deletion_protection_enabled"] = settings.deletion_protection
    yield f'resource "aws_dynamodb_table" {_text(resource)} {{'
    yield from _arguments(arguments, 2)
    for attribute, kind in shape.types.items():
        yield from _block("attribute", {"name": attribute, "type": kind})
    for index in shape.locals:
        yield from _block("local_secondary_index", {
            "name": index.name, "range_key": index.sort[0], **_projection(index)})
    for index in shape.globals:
        yield from _global_index(index, billing)
    if shape.ttl is not None:
        yield from _block("ttl", {"attribute_name": shape.ttl, "enabled": True})
    yield "}"


def _capacity(billing: object) -> dict[str, object]:
    if not isinstance(billing, Provisioned):
        return {}
    return {"read_capacity": billing.read, "write_capacity": billing.write}


def _projection(index: IndexShape) -> dict[str, object]:
    told: dict[str, object] = {"projection_type": index.projection}
    return told | ({"non_key_attributes": sorted(index.attributes)} if index.projection == "INCLUDE" else {})


def _global_index(index: IndexShape, billing: object) -> Iterable[str]:
    arguments: dict[str, object] = {"name": index.name}
    if len(index.partition) == 1 and len(index.sort) <= 1:
        arguments["hash_key"] = index.partition[0]
        if index.sort:
            arguments["range_key"] = index.sort[0]
        yield from _block("global_secondary_index", {**arguments, **_projection(index), **_capacity(billing)})
        return
    yield ""
    yield "  global_secondary_index {"
    yield from _arguments({**arguments, **_projection(index), **_capacity(billing)}, 4)
    for kind, names in (("HASH", index.partition), ("RANGE", index.sort)):
        for name in names:
            yield ""
            yield "    key_schema {"
            yield from _arguments({"attribute_name": name, "key_type": kind}, 6)
            yield "    }"
    yield "  }"


def _block(name: str, arguments: dict[str, object]) -> Iterable[str]:
    yield ""
    yield f"  {name} {{"
    yield from _arguments(arguments, 4)
    yield "  }"


def _arguments(arguments: dict[str, object], indent: int) -> Iterable[str]:
    # As `terraform fmt` has it: the equals signs of a block stand below each other.
    width = max(map(len, arguments))
    for name, value in arguments.items():
        yield f"{' ' * indent}{name.ljust(width)} = {_text(value)}"
