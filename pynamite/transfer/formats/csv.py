"""CSV, by the rules of DynamoDB's import from S3; of an entity, by the types of its fields.

"By default, DynamoDB interprets the first line of an import file as the header", and "all columns other than the [keys]
of your base table and secondary indexes are imported as DynamoDB strings": Developer Guide, "Amazon S3 import formats".
"""

from __future__ import annotations

import base64
import binascii
import csv
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any, BinaryIO, get_args

import attrs

from pynamite.entities.annotations import is_any, is_literal, is_optional, is_union, plain, without_none
from pynamite.entities.structs import FieldPlan
from pynamite.entities.unions import stored_kinds
from pynamite.errors import DefinitionError, ItemStructureError, TransferError
from pynamite.transfer.formats.json_lines import json_text, read_json
from pynamite.transfer.formats.rows import Begin, Row
from pynamite.transfer.place import Place
from pynamite.wire import AttributeValue, Item, Misfit, number_text

__all__ = ["Csv"]

# "Pattern: [,;:|\t ]": API Reference, "CsvOptions".
DELIMITERS = ",;:|\t "


def _check_delimiter(_: object, __: object, delimiter: str) -> None:
    if len(delimiter) != 1 or delimiter not in DELIMITERS:
        raise DefinitionError(
            f"delimiter={delimiter!r}: DynamoDB imports CSV with one of {', '.join(map(repr, DELIMITERS))}")


def _names(given: Iterable[str] | None) -> tuple[str, ...] | None:
    return None if given is None else tuple(given)


@attrs.frozen
class Csv:
    """CSV in UTF-8.

    The first line names the columns, unless a ``header`` does: then it is data, as AWS has it. With an entity the
    columns are its fields, whose types say how a cell is read; what is no text, number, truth, moment or the like is
    JSON, and an empty cell is a missing value, where the field may be missing. Without one, an item's attributes are
    texts, but for the keys.
    """

    delimiter: str = attrs.field(default=",", validator=_check_delimiter)
    header: tuple[str, ...] | None = attrs.field(default=None, converter=_names)

    name = "csv"
    appends = True

    def rows(self, file: BinaryIO, begin: Begin) -> Iterator[Row]:
        """Read the rows; a row's number is that of its last line, as quoted cells may have several."""
        lines = _Lines(file)
        columns = self.header
        if columns is None:
            try:
                found = lines.next_row(self.delimiter)
            except csv.Error as error:
                raise TransferError(f"the header is no CSV: {error}") from None
            if found is None:
                return
            columns = tuple(found)
        if len(set(columns)) < len(columns) or not all(columns):
            raise TransferError(
                f"the header names a column twice, or not at all: {', '.join(map(repr, columns))}; each is an "
                "attribute's name")
        if begin.position:
            lines.go_on(begin)
        while True:
            try:
                cells = lines.next_row(self.delimiter)
            except csv.Error as error:
                yield Row(lines.number, lines.position, lines.text, f"it is no CSV: {error}")
                continue
            if cells is None:
                return
            if not cells:
                continue
            if len(cells) != len(columns):
                problem = f"it has {len(cells)} cells, but the header has {len(columns)} columns"
                yield Row(lines.number, lines.position, lines.text, problem)
            elif '"' in lines.text and '""' not in lines.text and any('"' in cell for cell in cells):
                problem = 'a double quote within a cell is written twice, and the cell in quotes: """123"""'
                yield Row(lines.number, lines.position, lines.text, problem)
            else:
                yield Row(lines.number, lines.position, dict(zip(columns, cells, strict=True)))

    def item(self, content: Any, place: Place) -> Item:
        """Make the item of a row's cells."""
        if place.member is None:
            return place.check_item(_attributes(content, place))
        fields = place.member.definition.fields
        record: dict[str, Any] = {}
        problems: list[str] = []
        for name, cell in content.items():
            plan = fields.get(name)
            try:
                value = cell if plan is None else _read_cell(plan, cell)
            except Misfit as misfit:
                problems += misfit.under(name).lines()
                continue
            if value is not _MISSING:
                record[name] = value
        if problems:
            raise ItemStructureError(problems, entity=place.member.definition.name)
        return place.item_of(record)

    def writer(self, file: BinaryIO, place: Place, written: int | None) -> _Writer:
        """Write the header and rows: of an entity's fields, or of the attributes that ``header`` names."""
        if place.member is not None:
            columns = self.header or tuple(place.member.definition.fields)
            unknown = [name for name in columns if name not in place.member.definition.fields]
        elif self.header is not None:
            columns, unknown = self.header, []
        else:
            raise DefinitionError(
                "CSV has the same columns in every row, and items do not: name them, Csv(header=[...]), or export one "
                "entity=")
        if unknown:
            raise DefinitionError(f"the header names {unknown[0]!r}, which is no field of the entity")
        writer = _Writer(file, place, columns, self.delimiter)
        if written is None:
            writer.write_cells([columns])
        return writer


_MISSING: Any = object()


class _Lines:
    """The lines of a file for the reader of CSV, which takes as many as a row has."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.number = 0
        self.position = 0
        self.text = ""

    def go_on(self, begin: Begin) -> None:
        self._file.seek(begin.position)
        self.number, self.position = begin.number, begin.position

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._file.readline()
        if not line:
            raise StopIteration
        first = self.position == 0
        self.number += 1
        self.position += len(line)
        try:
            text = line.decode("utf-8-sig" if first else "utf-8")
        except UnicodeDecodeError as error:
            self.text += line.decode(errors="replace")
            raise csv.Error(f"it is no UTF-8 ({error})") from None
        self.text += text
        return text

    def next_row(self, delimiter: str) -> list[str] | None:
        self.text = ""
        return next(csv.reader(self, delimiter=delimiter, strict=True), None)


def _attributes(cells: Mapping[str, str], place: Place) -> Item:
    """Read cells as AWS does: keys by their types, everything else as text."""
    item: Item = {}
    for name, cell in cells.items():
        kind = place.keys.get(name) or place.index_keys.get(name) or "S"
        if name in place.index_keys and not cell:
            continue  # An empty text cannot be an index key: the item is not in that index.
        item[name] = _key_value(name, kind, cell)
    return item


def _key_value(name: str, kind: str, cell: str) -> AttributeValue:
    try:
        if kind == "N":
            return {"N": number_text(Decimal(cell))}
        if kind == "B":
            return {"B": base64.b64decode(cell, validate=True)}
    except (InvalidOperation, Misfit, binascii.Error):
        what = "number" if kind == "N" else "base64 text"
        raise ItemStructureError(f"$.{name}: {cell!r} is no {what}, but the key is of type {kind}") from None
    return {kind: cell}


def _read_cell(plan: FieldPlan, cell: str) -> Any:
    """Read a cell as the field's type has it; a cell that is none is left to the type's own words."""
    kind = plain(without_none(plan.kind))
    if not cell and (kind is not str or is_optional(plan.kind) or plan.has_default):
        return "" if kind is str and not is_optional(plan.kind) else _MISSING
    choices = _choices(kind)
    if choices:
        return next((choice for choice in choices if str(choice) == cell), cell)
    match _cell_kind(plan):
        case "S":
            return cell
        case "N":
            return _number(cell)
        case "BOOL":
            return {"true": True, "false": False}.get(cell.lower(), cell)
    try:
        return read_json(cell)
    except ValueError:
        if is_union(kind) or is_any(kind):
            return cell
        raise Misfit("expected JSON in the cell, as the field is no single value") from None


def _cell_kind(plan: FieldPlan) -> str:
    """Tell how a field stands in a cell: as text, a number, a truth, or else as JSON."""
    stored = plan.stored_kinds if plan.as_epoch else stored_kinds(without_none(plan.kind))
    if len(stored) == 1 and stored <= {"S", "N", "BOOL"}:
        return next(iter(stored))
    return "S" if stored == {"B"} else "JSON"


def _choices(kind: Any) -> list[Any]:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return [member.value for member in kind]
    choices = get_args(kind) if is_literal(kind) else ()
    return [choice.value if isinstance(choice, Enum) else choice for choice in choices]


def _number(cell: str) -> Any:
    try:
        number = Decimal(cell)
    except InvalidOperation:
        return cell
    return int(number) if number.is_finite() and number == number.to_integral_value() and "." not in cell else number


class _Writer:
    def __init__(self, file: BinaryIO, place: Place, columns: tuple[str, ...], delimiter: str) -> None:
        self._file = file
        self._columns = columns
        self._delimiter = delimiter
        self._told = place.shown if place.member is None else place.fields_of
        fields = {} if place.member is None else place.member.definition.fields
        self._as_json = {name for name, plan in fields.items() if _cell_kind(plan) == "JSON"}

    def write(self, items: Iterable[Item]) -> None:
        rows = []
        for item in items:
            told = self._told(item)
            rows.append([self._cell(name, told[name]) if name in told else "" for name in self._columns])
        self.write_cells(rows)

    def _cell(self, name: str, value: AttributeValue) -> str:
        # Where a field may be of several types, the text "7" is no number: it has quotes.
        return json_text(value) if name in self._as_json and "NULL" not in value else _cell(value)

    def write_cells(self, rows: Iterable[Iterable[str]]) -> None:
        # Not by csv.writer, which leaves a carriage return without quotes that csv.reader does not take so.
        lines = [self._delimiter.join(map(self._quoted, cells)) or '""' for cells in rows]
        self._file.write("".join(f"{line}\n" for line in lines).encode())

    def _quoted(self, cell: str) -> str:
        special = self._delimiter in cell or '"' in cell or "\n" in cell or "\r" in cell
        return '"' + cell.replace('"', '""') + '"' if special else cell

    def end(self) -> None:
        """Nothing stands behind the last row."""


def _cell(value: AttributeValue) -> str:
    ((kind, content),) = value.items()
    if kind in {"S", "N"}:
        return str(content)
    if kind == "B":
        return base64.b64encode(content).decode()
    return "" if kind == "NULL" else json_text(value)
