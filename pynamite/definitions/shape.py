"""The shape of a table: what a declaration, a description, a CreateTable and a template can be compared by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import attrs

from pynamite.errors import DefinitionError
from pynamite.table import Table

__all__ = ["IndexShape", "Provisioned", "Settings", "StreamView", "TableShape", "shape_of"]

ON_DEMAND = "PAY_PER_REQUEST"

StreamView = Literal["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"]


@attrs.frozen
class Provisioned:
    """Provisioned throughput: capacity units a second, of the table and of each of its global indexes."""

    read: int
    write: int


@attrs.frozen
class Settings:
    """What a table has besides keys and indexes; None leaves it as it is, or to the service.

    ``billing`` is on demand unless it is `Provisioned`. ``stream`` is what the table's stream shows of a change, False
    for no stream.
    """

    billing: Literal["PAY_PER_REQUEST"] | Provisioned | None = "PAY_PER_REQUEST"
    stream: StreamView | Literal[False] | None = None
    deletion_protection: bool | None = None


@attrs.frozen
class IndexShape:
    """An index: its key attributes, and what it holds.

    ``projection`` is "ALL", "KEYS_ONLY" or "INCLUDE", which has ``attributes`` besides the keys.
    """

    name: str
    partition: tuple[str, ...]
    sort: tuple[str, ...]
    projection: str
    attributes: frozenset[str] = frozenset()
    local: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """All key attributes."""
        return (*self.partition, *self.sort)

    @property
    def parameters(self) -> dict[str, Any]:
        """The index as CreateTable has it."""
        projection: dict[str, Any] = {"ProjectionType": self.projection}
        if self.projection == "INCLUDE":
            projection["NonKeyAttributes"] = sorted(self.attributes)
        return {"IndexName": self.name, "KeySchema": _key_schema(self.partition, self.sort), "Projection": projection}


def _key_schema(partition: Iterable[str], sort: Iterable[str]) -> list[dict[str, str]]:
    return [{"AttributeName": name, "KeyType": "HASH"} for name in partition] + [
        {"AttributeName": name, "KeyType": "RANGE"} for name in sort]


@attrs.frozen
class TableShape:
    """A table: its keys, their types, its indexes, the attribute that items expire by, and its settings."""

    name: str
    partition: str
    sort: str | None
    types: Mapping[str, str]
    indexes: Mapping[str, IndexShape] = attrs.field(factory=dict)
    ttl: str | None = None
    settings: Settings = Settings()

    @property
    def locals(self) -> tuple[IndexShape, ...]:
        """The local indexes."""
        return tuple(index for index in self.indexes.values() if index.local)

    @property
    def globals(self) -> tuple[IndexShape, ...]:
        """The global indexes."""
        return tuple(index for index in self.indexes.values() if not index.local)

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters of CreateTable."""
        told: dict[str, Any] = {
            "TableName": self.name,
            "KeySchema": _key_schema([self.partition], [] if self.sort is None else [self.sort]),
            "AttributeDefinitions": definitions_of(self.types, self.types),
        }
        throughput = provisioned_parameters(self.settings.billing)
        if self.locals:
            told["LocalSecondaryIndexes"] = [index.parameters for index in self.locals]
        if self.globals:
            told["GlobalSecondaryIndexes"] = [{**index.parameters, **throughput} for index in self.globals]
        if self.settings.billing is not None:
            told["BillingMode"] = "PROVISIONED" if throughput else ON_DEMAND
            told.update(throughput)
        if self.settings.stream:
            told["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": self.settings.stream}
        if self.settings.deletion_protection is not None:
            told["DeletionProtectionEnabled"] = self.settings.deletion_protection
        return told


def definitions_of(types: Mapping[str, str], names: Iterable[str]) -> list[dict[str, str]]:
    """Give the ``AttributeDefinitions`` of some attributes."""
    return [{"AttributeName": name, "AttributeType": types[name]} for name in dict.fromkeys(names)]


def provisioned_parameters(billing: object) -> dict[str, Any]:
    """Give the ``ProvisionedThroughput`` of a table or an index; nothing where it is billed on demand."""
    if not isinstance(billing, Provisioned):
        return {}
    return {"ProvisionedThroughput": {"ReadCapacityUnits": billing.read, "WriteCapacityUnits": billing.write}}


def shape_of(table: Table, *, name: str | None = None, settings: Settings | None = None) -> TableShape:
    """Give the shape of a declared table, under its own name or another one."""
    shape = shape_of_parameters(table.definition(name), ttl=table.ttl_attribute)
    return attrs.evolve(shape, settings=settings or Settings())


def shape_of_parameters(told: Mapping[str, Any], *, ttl: str | None = None) -> TableShape:
    """Give the shape of what has the members of CreateTable: that itself, a description, a template's properties.

    Raises:
        DefinitionError: it has no key, or a key attribute without a type.
    """
    try:
        types = {one["AttributeName"]: one["AttributeType"] for one in told["AttributeDefinitions"]}
        partition, sort = _parts(told["KeySchema"])
    except (KeyError, TypeError) as error:
        raise DefinitionError(f"it is no definition of a table: it has no {error}") from None
    indexes = [
        _index(index, local=local)
        for kind, local in (("LocalSecondaryIndexes", True), ("GlobalSecondaryIndexes", False))
        for index in told.get(kind) or ()]
    used = [*partition, *sort, *(name for index in indexes for name in index.keys)]
    missing = [name for name in used if name not in types]
    if missing:
        raise DefinitionError(f"the key attribute {missing[0]!r} has no type among the AttributeDefinitions")
    return TableShape(
        str(told.get("TableName", "")), partition[0], sort[0] if sort else None, {name: types[name] for name in used},
        {index.name: index for index in indexes}, ttl, _settings(told))


def _parts(schema: Sequence[Mapping[str, str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    partition, sort = (
        tuple(part["AttributeName"] for part in schema if part["KeyType"] == kind) for kind in ("HASH", "RANGE"))
    return partition, sort


def _index(told: Mapping[str, Any], *, local: bool) -> IndexShape:
    partition, sort = _parts(told["KeySchema"])
    projection = told.get("Projection") or {}
    attributes = projection.get("NonKeyAttributes") or ()
    return IndexShape(
        told["IndexName"], partition, sort, projection.get("ProjectionType", "ALL"), frozenset(attributes), local)


def _settings(told: Mapping[str, Any]) -> Settings:
    mode = (told.get("BillingModeSummary") or {}).get("BillingMode") or told.get("BillingMode") or "PROVISIONED"
    throughput = told.get("ProvisionedThroughput") or {}
    read, write = throughput.get("ReadCapacityUnits"), throughput.get("WriteCapacityUnits")
    billing: Any = ON_DEMAND if mode == ON_DEMAND else None
    if billing is None and read is not None and write is not None:
        billing = Provisioned(read, write)
    stream = told.get("StreamSpecification") or {}
    view = stream.get("StreamViewType") if stream.get("StreamEnabled", True) else None
    return Settings(billing, view or False, bool(told.get("DeletionProtectionEnabled", False)))
