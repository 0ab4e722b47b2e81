"""Instances to and from data frames of pandas, which is imported when it is first needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from pynamite.dataframes.columns import Column, ColumnKind, columns_of
from pynamite.dynamo.chunks import Progress
from pynamite.entities.member import Member
from pynamite.entities.records import read_record
from pynamite.errors import DefinitionError, ItemStructureError, KeyValueError
from pynamite.repository.query import Query, wanted_of
from pynamite.repository.repository import Repository
from pynamite.wire import Misfit

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["from_frame", "to_frame"]

E = TypeVar("E")

_DTYPES: Mapping[ColumnKind, str] = {
    "int": "Int64",
    "float": "Float64",
    "bool": "boolean",
    "text": "string",
    "moment": "datetime64[us, UTC]",
    "duration": "timedelta64[us]",
    "decimal": "object",
    "bytes": "object",
    "day": "object",
    "nested": "object",
}
"""How columns are kept: those of pandas that know a missing value, and objects for what it has no dtype for."""

LARGEST_INT = 2**63 - 1


def _pandas() -> Any:
    try:
        import pandas as pd
    except ModuleNotFoundError as missing:
        if missing.name != "pandas":
            raise
        raise DefinitionError("data frames need pandas: pip install 'pynamite-orm[pandas]'") from None
    return pd


def to_frame(query: Query[E]) -> pd.DataFrame:
    """Read a query into a frame: a row for each instance, a column for each field, ``<NA>`` where one is None.

    Raises:
        DefinitionError: pandas is not installed, or the query gives something else than whole instances.
        OperationError: the database said no.
    """
    pandas = _pandas()
    wanted = wanted_of(query)
    if len(wanted.members) != 1 or any(wanted.views):
        raise DefinitionError("a frame has the fields of one entity: give a query of one, without a view")
    columns = columns_of(wanted.members[0])
    cells: dict[str, list[Any]] = {name: [] for name in columns}
    for instance in query:
        for name, column in columns.items():
            cells[name].append(column.cell(getattr(instance, name)))
    series = {name: _series(pandas, columns[name], own) for name, own in cells.items()}
    frame: pd.DataFrame = pandas.DataFrame(series, columns=list(columns))
    return frame


def _series(pandas: Any, column: Column, cells: list[Any]) -> Any:
    dtype = _DTYPES[column.kind]
    if column.kind == "int" and any(cell is not None and abs(cell) > LARGEST_INT for cell in cells):
        # DynamoDB has ints of 38 digits, and Int64 has 19: Python's own keep them.
        dtype = "object"
    if dtype != "object":
        return pandas.Series(cells, dtype=dtype)
    return pandas.Series([pandas.NA if cell is None else cell for cell in cells], dtype="object")


def from_frame(
    repository: Repository[E], frame: pd.DataFrame, *, checked: bool = False, progress: Progress | None = None
) -> int:
    """Put a row of a frame as an instance each; give how many they are. All rows are looked at before the first is put.

    The columns are the entity's fields, and a missing value is None. With ``checked`` they are put one by one, as by
    `Repository.put_many`, which says what else that means.

    Raises:
        ItemStructureError: a column is no field, or rows do not fit the class; ``problems`` has each with its row.
        UnprocessedItemsError, OperationError: as `Repository.put_many`.
    """
    pandas = _pandas()
    if not isinstance(frame, pandas.DataFrame):
        raise TypeError(f"from_frame takes a pandas DataFrame, not {type(frame).__name__}")
    member: Member[E] = repository.session.registry.member(repository.entity)
    instances: list[E] = []
    problems: list[str] = []
    for label, record in _records(pandas, frame, columns_of(member)):
        if isinstance(record, list):
            problems += [f"row {label}: {line}" for line in record]
            continue
        try:
            instance = read_record(member, record)
            member.definition.struct.write(instance)
            instances.append(instance)
        except ItemStructureError as error:
            problems += [f"row {label}: {line}" for line in error.problems]
        except Misfit as misfit:
            problems += [f"row {label}: {line}" for line in misfit.lines()]
        else:
            problems += [f"row {label}: {line}" for line in _key_problems(member, instance)]
    if problems:
        raise ItemStructureError(problems, entity=member.definition.name)
    repository.put_many(instances, checked=checked, progress=progress)
    return len(instances)


def _key_problems(member: Member[E], instance: E) -> list[str]:
    try:
        if not member.missing_key(member.values_of(instance)):
            member.key(member.values_of(instance))
    except KeyValueError as error:
        return [str(error)]
    return []


def _records(
    pandas: Any, frame: pd.DataFrame, columns: Mapping[str, Column]
) -> Iterable[tuple[Any, dict[str, Any] | list[str]]]:
    """Give the rows as records with the label that each has in the frame's index; or as what is wrong with them."""
    unknown = [name for name in frame.columns if name not in columns]
    if unknown:
        raise ItemStructureError(
            [f"column {name!r} is no field; the fields are {', '.join(map(repr, columns))}" for name in unknown])
    if len(set(frame.columns)) < len(frame.columns):
        raise ItemStructureError("the frame has two columns of one name")
    names = list(frame.columns)
    for label, *cells in frame.itertuples(name=None):
        record: dict[str, Any] = {}
        problems: list[str] = []
        for name, cell in zip(names, cells, strict=True):
            try:
                value = columns[name].value(_python(pandas, cell))
            except Misfit as misfit:
                problems += misfit.under(name).lines()
                continue
            # What is missing has the field's default; of a field that may be None, a missing value is None.
            if value is not None or columns[name].plan.optional or not columns[name].plan.has_default:
                record[name] = value
        yield label, problems or record


def _python(pandas: Any, cell: Any) -> Any:
    """Give a cell as Python has it; None for everything that pandas has for a missing one."""
    if isinstance(cell, list | dict | tuple | set | frozenset):
        return cell
    if isinstance(cell, pandas.Timestamp | pandas.Timedelta):
        if getattr(cell, "nanosecond", 0) or getattr(cell, "nanoseconds", 0):
            raise Misfit(f"{cell} has nanoseconds, and moments and durations have microseconds: round it")
        return cell.to_pydatetime() if isinstance(cell, pandas.Timestamp) else cell.to_pytimedelta()
    if hasattr(cell, "tolist"):
        # A number, a truth or an array of numpy's.
        cell = cell.tolist()
        if isinstance(cell, list):
            return cell
    if isinstance(cell, date | datetime | timedelta | str | bytes):
        return None if cell is pandas.NaT else cell
    return None if pandas.isna(cell) else cell
