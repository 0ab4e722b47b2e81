"""Parquet, by pyarrow: an entity's fields as typed columns, or whole items beside their keys.

Without an entity a row has the table's key attributes and ``item``, the item as DynamoDB JSON: nothing is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, BinaryIO

import attrs

from pynamite.dataframes.columns import Column, ColumnKind, columns_of
from pynamite.dynamodb_json import from_json, to_json
from pynamite.errors import DefinitionError, ItemStructureError, TransferError
from pynamite.transfer.formats.json_lines import json_text, read_json
from pynamite.transfer.formats.rows import Begin, Row
from pynamite.transfer.place import Place
from pynamite.wire import Item, Misfit

__all__ = ["Parquet"]

# "decimal128 supports a precision of up to 38": as many digits as DynamoDB's numbers have.
DIGITS = 38

ITEM = "item"
"""The column of whole items."""


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] != "pyarrow":
            raise
        raise DefinitionError("Parquet needs pyarrow: pip install 'pynamite-orm[parquet]'") from None
    return pa, pq


@attrs.frozen
class Parquet:
    """Parquet files. Numbers of Decimal fields have ``scale`` digits behind the point; None keeps them as text.

    A number that has more digits than that, or an int that has more than 64 bits, is refused and not rounded. What is
    nested is JSON text. ``group`` is how many rows are written, and read, at a time.
    """

    scale: int | None = 18
    group: int = 10_000

    name = "parquet"
    appends = False

    def rows(self, file: BinaryIO, begin: Begin) -> Iterator[Row]:
        """Read the rows, a group at a time; the position of a row is its number."""
        pyarrow, parquet = _pyarrow()
        try:
            opened = parquet.ParquetFile(file)
        except (pyarrow.ArrowInvalid, OSError) as error:
            raise TransferError(f"it is no Parquet file: {error}") from error
        number = 0
        for group in range(opened.num_row_groups):
            size = opened.metadata.row_group(group).num_rows
            if number + size <= begin.number:
                number += size
                continue
            for batch in opened.iter_batches(batch_size=self.group, row_groups=[group]):
                names = batch.schema.names
                columns = [_cells(column) for column in batch.columns]
                for cells in zip(*columns, strict=True):
                    number += 1
                    if number > begin.number:
                        yield Row(number, number, dict(zip(names, cells, strict=True)))

    def item(self, content: Any, place: Place) -> Item:
        """Make the item of a row."""
        if place.member is None:
            return place.check_item(_whole(content))
        columns = columns_of(place.member)
        record: dict[str, Any] = {}
        problems: list[str] = []
        for name, cell in content.items():
            column = columns.get(name)
            try:
                value = cell if column is None else column.value(_read_cell(column, cell))
            except Misfit as misfit:
                problems += misfit.under(name).lines()
                continue
            if value is not None or column is None or column.plan.optional or not column.plan.has_default:
                record[name] = value
        if problems:
            raise ItemStructureError(problems, entity=place.member.definition.name)
        return place.item_of(record)

    def writer(self, file: BinaryIO, place: Place, written: int | None) -> _Writer:
        """Write rows, a group at a time."""
        return _Writer(file, place, self)


def _cells(column: Any) -> list[Any]:
    # Nanoseconds would come back as pandas has them, or not at all.
    import pyarrow as pa

    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", column.type.tz))
    cells: list[Any] = column.to_pylist()
    return cells


def _whole(content: Mapping[str, Any]) -> Item:
    text = content.get(ITEM)
    if not isinstance(text, str):
        raise ItemStructureError(
            f"$: expected a column {ITEM!r} with DynamoDB JSON; the columns are {', '.join(map(repr, content))}: to "
            "read an entity's fields, give entity=")
    try:
        return from_json(text)
    except ValueError as error:
        raise ItemStructureError(f"$.{ITEM}: it is no JSON: {error}") from None


def _read_cell(column: Column, cell: Any) -> Any:
    if isinstance(cell, str):
        if column.kind == "nested":
            try:
                return read_json(cell)
            except ValueError:
                raise Misfit("expected JSON in the cell, as the field is no single value") from None
        if column.kind == "decimal":
            return Decimal(cell)
    return cell


class _Writer:
    """Collects rows, and writes a group when there are enough."""

    def __init__(self, file: BinaryIO, place: Place, format: Parquet) -> None:
        self._pyarrow, parquet = _pyarrow()
        self._place = place
        self._format = format
        self._columns = {} if place.member is None else columns_of(place.member)
        self._schema = self._pyarrow.schema(self._fields())
        self._writer = parquet.ParquetWriter(file, self._schema)
        self._rows: list[dict[str, Any]] = []

    def _fields(self) -> list[tuple[str, Any]]:
        if self._place.member is not None:
            return [(name, self._type(column.kind)) for name, column in self._columns.items()]
        keys = [(name, self._type("bytes" if kind == "B" else "text")) for name, kind in self._place.keys.items()]
        return [*keys, (ITEM, self._pyarrow.string())]

    def _type(self, kind: ColumnKind) -> Any:
        arrow, scale = self._pyarrow, self._format.scale
        match kind:
            case "int":
                return arrow.int64()
            case "decimal":
                return arrow.string() if scale is None else arrow.decimal128(DIGITS, scale)
            case "float":
                return arrow.float64()
            case "bool":
                return arrow.bool_()
            case "bytes":
                return arrow.binary()
            case "moment":
                return arrow.timestamp("us", "UTC")
            case "day":
                return arrow.date32()
            case "duration":
                return arrow.duration("us")
            case _:
                return arrow.string()

    def write(self, items: Iterable[Item]) -> None:
        rows = [self._row(item) for item in items]
        self._rows += rows
        if len(self._rows) >= self._format.group:
            self._flush()

    def _row(self, item: Item) -> dict[str, Any]:
        if self._place.member is None:
            shown = self._place.shown(item)
            keys = {name: shown[name][kind] for name, kind in self._place.keys.items()}
            return {**keys, ITEM: to_json(shown).decode()}
        instance = self._place.member.instance(item)
        return {name: self._cell(column, getattr(instance, name)) for name, column in self._columns.items()}

    def _cell(self, column: Column, value: Any) -> Any:
        if value is None:
            return None
        if column.kind == "nested":
            written = column.wire(value)
            return None if written is None else json_text(written)
        cell = column.cell(value)
        if column.kind == "int" and not -(2**63) <= cell < 2**63:
            raise ItemStructureError(
                f"$.{column.name}: {cell} has more than 64 bits, which Parquet's ints have not: export JSON lines")
        if column.kind == "decimal":
            return self._decimal(column.name, cell)
        return cell

    def _decimal(self, name: str, value: Decimal) -> Any:
        scale = self._format.scale
        if scale is None:
            return str(value)
        _, digits, exponent = value.as_tuple()
        whole = len(digits) + int(exponent)
        behind = -int(exponent) if value else 0
        if (behind > scale and value != round(value, scale)) or whole > DIGITS - scale:
            raise ItemStructureError(
                f"$.{name}: {value} does not fit into {DIGITS} digits with {scale} behind the point: give another "
                "scale, Parquet(scale=...), or None for texts")
        return value

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(self._pyarrow.Table.from_pylist(self._rows, schema=self._schema))
            self._rows = []

    def end(self) -> None:
        self._flush()
        self._writer.close()

