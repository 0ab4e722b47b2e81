"""Reading NoSQL Workbench files, versions 1.0 to 3.0."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, NoReturn

from pynamite.errors import WorkbenchError
from pynamite.key.schema import KeyAttribute, KeyType
from pynamite.wire import shown
from pynamite.workbench.model import SERVICE, AttributeDeclaration, Facet, Model, ModelIndex, ModelTable, Repair
from pynamite.workbench.rows import read_row, unite_rows

__all__ = ["read_model"]

_KEY_TYPES: dict[str, KeyType] = {"S": "S", "N": "N", "B": "B"}
_LONG_NAMES = {"String": "S", "Number": "N", "Binary": "B", "Boolean": "BOOL", "Map": "M", "List": "L"}
_TYPES = {"S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"}


def read_model(source: str | os.PathLike[str] | Mapping[str, Any], *, strict: bool = False) -> Model:
    """Read a NoSQL Workbench model from a file, or from the JSON that was in one.

    Files of the versions 1.0 to 3.0 are read. What DynamoDB could not store is mended where that can be done, and told
    in ``repairs``; ``strict`` makes an error of it. Keys of the file that are not known are kept.

    Raises:
        WorkbenchError: it is no such file, or is malformed; ``place`` says where.
        OSError: the file cannot be read.
    """
    reader = _Reader("" if isinstance(source, Mapping) else os.fspath(source))
    model = reader.model(source if isinstance(source, Mapping) else reader.load())
    if strict and model.repairs:
        first, others = model.repairs[0], len(model.repairs) - 1
        more = f" (and {others} more; read it without strict=True to have them mended)" if others else ""
        reader.refuse(first.place, f"{first.message}{more}")
    return model


class _Reader:
    """Reads one file: the place of everything that is wrong in it is told with the file's name."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.repairs: list[Repair] = []

    def report(self, place: str, message: str) -> None:
        self.repairs.append(Repair(place, message))

    def refuse(self, place: str, message: str) -> NoReturn:
        where = f"{self.file}: {place}" if self.file else place
        raise WorkbenchError(f"{where}: {message}", file=self.file or None, place=place)

    def load(self) -> Mapping[str, Any]:
        try:
            text = Path(self.file).read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self.refuse(f"byte {error.start}", "it is not UTF-8 text: export the model again")
        try:
            loaded: Any = json.loads(text, parse_float=Decimal, parse_constant=self._constant)
        except json.JSONDecodeError as error:
            self.refuse(f"line {error.lineno}, column {error.colno}", f"it is not JSON: {error.msg}")
        except RecursionError:
            self.refuse("$", "it is nested too deeply to be a model")
        if not isinstance(loaded, dict):
            self.refuse("$", f"a model is an object with 'ModelName' and 'DataModel', not {shown(loaded)}")
        return loaded

    def _constant(self, word: str) -> NoReturn:
        self.refuse("$", f"{word} is no JSON: DynamoDB has finite numbers only")

    def model(self, raw: Mapping[str, Any]) -> Model:
        if "DataModel" not in raw:
            self.refuse("$", _no_model(raw))
        metadata = raw.get("ModelMetadata", {})
        if not isinstance(metadata, dict):
            self.refuse("$.ModelMetadata", f"expected an object, got {shown(metadata)}")
        self._check_metadata(metadata)
        name = raw.get("ModelName", metadata.get("Name", ""))
        if not isinstance(name, str):
            self.refuse("$.ModelName", f"expected a text, got {shown(name)}")
        tables = tuple(
            self.table(own, f"$.DataModel[{number}]")
            for number, own in enumerate(self.sequence(raw["DataModel"], "$.DataModel"))
        )
        names = [table.name for table in tables]
        for number, own in enumerate(names):
            if own in names[:number]:
                self.refuse(f"$.DataModel[{number}].TableName", f"there are two tables {own!r}: rename one")
        extra = _rest(raw, "ModelName", "ModelMetadata", "DataModel")
        return Model(name, tables, _plain(metadata), extra, tuple(self.repairs))

    def _check_metadata(self, metadata: dict[str, Any]) -> None:
        service = metadata.get("AWSService", SERVICE)
        if service != SERVICE:
            self.refuse("$.ModelMetadata.AWSService", f"the model is of {service}, not of {SERVICE}")
        version = metadata.get("Version")
        if version is None:
            return
        if not isinstance(version, str | int | Decimal) or not str(version).replace(".", "").isdecimal():
            self.refuse("$.ModelMetadata.Version", f"expected a version such as '3.0', got {shown(version)}")
        if int(str(version).partition(".")[0]) > 3:
            self.report("$.ModelMetadata.Version", f"{version} is newer than 3.0, and read as that")

    def sequence(self, raw: Any, place: str) -> Sequence[Any]:
        if raw is None:
            return []
        if not isinstance(raw, list):
            self.refuse(place, f"expected a list, got {shown(raw)}")
        return raw

    def mapping(self, raw: Any, place: str) -> Mapping[str, Any]:
        if not isinstance(raw, dict):
            self.refuse(place, f"expected an object, got {shown(raw)}")
        return raw

    def text(self, raw: Mapping[str, Any], key: str, place: str) -> str:
        value = raw.get(key)
        if not isinstance(value, str) or not value:
            what = "is missing" if value is None else f"is a text that is not empty, not {shown(value)}"
            self.refuse(f"{place}.{key}", f"{key!r} {what}")
        return value

    def table(self, raw: Any, place: str) -> ModelTable:
        raw = self.mapping(raw, place)
        name = self.text(raw, "TableName", place)
        types: dict[str, KeyType] = {}
        partition, sort = self.keys(raw, place, types)
        indexes = [
            self.index(own, f"{place}.{key}[{number}]", types, local=key == "LocalSecondaryIndexes")
            for key in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")
            for number, own in enumerate(self.sequence(raw.get(key), f"{place}.{key}"))
        ]
        for number, index in enumerate(indexes):
            if index.name in [other.name for other in indexes[:number]]:
                self.refuse(place, f"there are two indexes {index.name!r}: rename one")
        attributes = self.sequence(raw.get("NonKeyAttributes"), f"{place}.NonKeyAttributes")
        table = ModelTable(
            name,
            partition,
            sort,
            tuple(
                self.declaration(own, f"{place}.NonKeyAttributes[{number}]") for number, own in enumerate(attributes)
            ),
            indexes=tuple(indexes),
            billing_mode=raw.get("BillingMode"),
            extra=_rest(
                raw,
                "TableName",
                "KeyAttributes",
                "NonKeyAttributes",
                "TableFacets",
                "GlobalSecondaryIndexes",
                "LocalSecondaryIndexes",
                "TableData",
                "BillingMode",
            ),
        )
        facets = self.sequence(raw.get("TableFacets"), f"{place}.TableFacets")
        table.facets = tuple(
            self.facet(own, table, f"{place}.TableFacets[{number}]") for number, own in enumerate(facets)
        )
        table.rows = self.rows(raw, table, place)
        groups = [(facet.rows, f"{place}.TableFacets[{number}].TableData") for number, facet in enumerate(table.facets)]
        unite_rows(table, [*groups, (table.rows, f"{place}.TableData")], self.report)
        return table

    def rows(self, raw: Mapping[str, Any], table: ModelTable, place: str) -> list[Any]:
        place = f"{place}.TableData"
        found = [
            read_row(own, table, f"{place}[{number}]", self.report)
            for number, own in enumerate(self.sequence(raw.get("TableData"), place))
        ]
        return [row for row in found if row is not None]

    def keys(
        self, raw: Mapping[str, Any], place: str, types: dict[str, KeyType]
    ) -> tuple[KeyAttribute, KeyAttribute | None]:
        place = f"{place}.KeyAttributes"
        if "KeyAttributes" not in raw:
            self.refuse(place, "'KeyAttributes' is missing: a table, and an index, has a partition key")
        keys = self.mapping(raw["KeyAttributes"], place)
        if "PartitionKey" not in keys:
            self.refuse(f"{place}.PartitionKey", "'PartitionKey' is missing")
        partition = self.key(keys["PartitionKey"], f"{place}.PartitionKey", types)
        sort = keys.get("SortKey")
        if isinstance(sort, dict) and not sort.get("AttributeName"):
            sort = None
        return partition, None if sort is None else self.key(sort, f"{place}.SortKey", types)

    def key(self, raw: Any, place: str, types: dict[str, KeyType]) -> KeyAttribute:
        """Read a key attribute; of two types that an attribute is given, the first counts, the table's before all."""
        raw = self.mapping(raw, place)
        name = self.text(raw, "AttributeName", place)
        given = raw.get("AttributeType", types.get(name, "S"))
        kind = _KEY_TYPES.get(_LONG_NAMES.get(given, given) if isinstance(given, str) else "")
        if kind is None:
            self.refuse(f"{place}.AttributeType", f"the key {name!r} is S, N or B, not {shown(given)}")
        if kind != given or "AttributeType" not in raw:
            self.report(f"{place}.AttributeType", f"the type of key {name!r} is taken as {kind}")
        if types.setdefault(name, kind) != kind:
            self.report(f"{place}.AttributeType", f"{name!r} is a key of type {types[name]} elsewhere: taken as that")
        return KeyAttribute(name, types[name])

    def index(self, raw: Any, place: str, types: dict[str, KeyType], *, local: bool) -> ModelIndex:
        raw = self.mapping(raw, place)
        name = self.text(raw, "IndexName", place)
        partition, sort = self.keys(raw, place, types)
        projection = self.projection(raw.get("Projection"), f"{place}.Projection")
        extra = _rest(raw, "IndexName", "KeyAttributes", "Projection")
        return ModelIndex(name, partition, sort, projection, local, extra)

    def projection(self, raw: Any, place: str) -> Literal["ALL", "KEYS_ONLY"] | tuple[str, ...]:
        if raw is None:
            self.report(place, "'Projection' is missing: taken as ALL")
            return "ALL"
        raw = self.mapping(raw, place)
        kind = raw.get("ProjectionType", "ALL")
        if kind == "ALL":
            return "ALL"
        if kind == "KEYS_ONLY":
            return "KEYS_ONLY"
        if kind != "INCLUDE":
            self.refuse(f"{place}.ProjectionType", f"expected ALL, KEYS_ONLY or INCLUDE, got {shown(kind)}")
        names = self.names(raw, place)
        if not names:
            self.report(place, "INCLUDE without attributes: taken as KEYS_ONLY")
        return names or "KEYS_ONLY"

    def names(self, raw: Mapping[str, Any], place: str) -> tuple[str, ...]:
        place = f"{place}.NonKeyAttributes"
        found: dict[str, None] = {}
        for number, own in enumerate(self.sequence(raw.get("NonKeyAttributes"), place)):
            name = own.get("AttributeName") if isinstance(own, dict) else own
            if not isinstance(name, str) or not name:
                self.refuse(f"{place}[{number}]", f"expected the name of an attribute, got {shown(own)}")
            found[name] = None
        return tuple(found)

    def declaration(self, raw: Any, place: str) -> AttributeDeclaration:
        raw = {"AttributeName": raw} if isinstance(raw, str) else self.mapping(raw, place)
        name = self.text(raw, "AttributeName", place)
        given = raw.get("AttributeType", "S")
        kind = _LONG_NAMES.get(given, given) if isinstance(given, str) else None
        if kind not in _TYPES:
            self.report(f"{place}.AttributeType", f"{shown(given)} is no type of DynamoDB's: taken as S")
            kind = "S"
        return AttributeDeclaration(name, kind, _rest(raw, "AttributeName", "AttributeType"))

    def facet(self, raw: Any, table: ModelTable, place: str) -> Facet:
        raw = self.mapping(raw, place)
        aliases = self.mapping(raw.get("KeyAttributeAlias") or {}, f"{place}.KeyAttributeAlias")
        texts = [aliases.get(name) for name in ("PartitionKeyAlias", "SortKeyAlias")]
        for name, alias in zip(("PartitionKeyAlias", "SortKeyAlias"), texts, strict=True):
            if alias is not None and not isinstance(alias, str):
                self.refuse(f"{place}.KeyAttributeAlias.{name}", f"expected a text, got {shown(alias)}")
        return Facet(
            self.text(raw, "FacetName", place),
            texts[0],
            texts[1],
            self.names(raw, place),
            self.rows(raw, table, place),
            _rest(raw, "FacetName", "KeyAttributeAlias", "NonKeyAttributes", "TableData"),
        )


def _no_model(raw: Mapping[str, Any]) -> str:
    what = "it is no NoSQL Workbench model: 'DataModel' is missing"
    if "AWSTemplateFormatVersion" in raw or "Resources" in raw:
        return "it is a CloudFormation template, no NoSQL Workbench model: export as a NoSQL Workbench model"
    if "KeySchema" in raw or "Table" in raw:
        return f"{what}; it looks like the definition of a table"
    return f"{what}; it has {', '.join(map(repr, list(raw)[:5])) or 'nothing'}"


def _rest(raw: Mapping[str, Any], *known: str) -> dict[str, Any]:
    return {name: _plain(value) for name, value in raw.items() if name not in known}


def _plain(value: Any) -> Any:
    """Give JSON that is kept as it was: numbers with a point are read exactly for the rows' sake alone."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {name: _plain(own) for name, own in value.items()}
    return [_plain(own) for own in value] if isinstance(value, list) else value
