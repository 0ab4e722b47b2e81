"""What does not fit: counted, kept in part, and written to a file as a whole."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Literal, Self

import attrs

from pynamite.errors import ItemStructureError, TransferError

__all__ = ["KEPT", "OnError", "Problem", "Rejects"]

OnError = Literal["raise", "collect"]
"""What is done with a row that does not fit: "raise" ends the transfer, "collect" goes on with the next."""

KEPT = 100
"""How many problems a report has at most; the file of rejects has all."""


@attrs.frozen
class Problem:
    """A row that was left out: where it stands, and what is wrong with it, a sentence for each mistake.

    ``number`` is that of the row's line (or of the row, in Parquet) in an import, and of the item in an export.
    """

    number: int
    messages: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.number}: {'; '.join(self.messages)}"


class Rejects:
    """Takes the rows that do not fit.

    The file has a line of JSON for each, ``{"number": 3, "problems": [...], "row": ...}``; it is cut to ``keep`` bytes
    where a transfer is taken up again.
    """

    def __init__(self, on_error: OnError, path: str | os.PathLike[str] | None, keep: int | None, count: int) -> None:
        if on_error not in {"raise", "collect"}:
            raise TransferError(f"on_error={on_error!r}: it is 'raise' or 'collect'")
        if path is not None and on_error == "raise":
            raise TransferError("rejects= is written with on_error='collect'; 'raise' ends at the first")
        self._on_error = on_error
        self._path = None if path is None else Path(path)
        self._keep = keep
        self._file: BinaryIO | None = None
        self.count = count
        self.problems: list[Problem] = []

    def add(self, number: int, messages: Sequence[str], row: Any) -> None:
        """Note a row.

        Raises:
            ItemStructureError: the first row that does not fit is to end the transfer.
        """
        if self._on_error == "raise":
            raise ItemStructureError([f"row {number}: {message}" for message in messages])
        self.count += 1
        if len(self.problems) < KEPT:
            self.problems.append(Problem(number, tuple(messages)))
        if self._path is not None:
            told = {"number": number, "problems": list(messages), "row": row}
            self._opened(self._path).write(json.dumps(told, default=str, ensure_ascii=False).encode() + b"\n")

    def _opened(self, path: Path) -> BinaryIO:
        if self._file is None:
            self._file = path.open("wb" if self._keep is None or not path.exists() else "r+b")
            self._file.truncate(self._keep or 0)
            self._file.seek(self._keep or 0)
        return self._file

    def settle(self) -> int:
        """Bring everything to the file; gives its size in bytes."""
        if self._file is None:
            return self._keep or 0
        self._file.flush()
        return self._file.tell()

    def __enter__(self) -> Self:
        if self._path is not None and self._keep is not None and self._path.exists():
            # What was rejected behind the checkpoint will be rejected again.
            self._opened(self._path)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()
