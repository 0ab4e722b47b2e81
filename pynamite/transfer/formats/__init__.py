"""The formats by name, and by the names of files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from pynamite.errors import TransferError
from pynamite.transfer.formats.csv import Csv
from pynamite.transfer.formats.dynamodb_json import DynamoDBJson
from pynamite.transfer.formats.json_lines import JsonLines
from pynamite.transfer.formats.parquet import Parquet
from pynamite.transfer.formats.rows import Format

__all__ = ["FORMATS", "format_of"]

FORMATS: dict[str, Callable[[], Format]] = {
    "dynamodb-json": DynamoDBJson,
    "scan-output": lambda: DynamoDBJson(document=True),
    "json-lines": JsonLines,
    "csv": Csv,
    "tsv": lambda: Csv(delimiter="\t"),
    "parquet": Parquet,
}
"""What makes each format, by its name."""

_SUFFIXES = {
    ".json": "dynamodb-json", ".jsonl": "json-lines", ".ndjson": "json-lines", ".csv": "csv", ".tsv": "tsv",
    ".parquet": "parquet",
}


def format_of(given: Format | str | None, path: PurePath | None) -> Format:
    """Give a format by its name, or by the name of the file: ``.json``, ``.jsonl``, ``.csv`` and the like.

    A ``.gz`` behind that is left aside.

    Raises:
        TransferError: there is no format of that name, or the file's name does not tell.
    """
    if given is not None and not isinstance(given, str):
        return given
    if given is not None:
        if given not in FORMATS:
            raise TransferError(f"there is no format {given!r}; the formats are {', '.join(FORMATS)}")
        return FORMATS[given]()
    suffixes = [] if path is None else [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    if not suffixes or suffixes[-1] not in _SUFFIXES:
        raise TransferError(
            f"the format does not show in the name {str(path or '')!r}: give format=, one of {', '.join(FORMATS)}")
    return FORMATS[_SUFFIXES[suffixes[-1]]]()
