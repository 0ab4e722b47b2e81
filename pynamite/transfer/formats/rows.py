"""What every format has in common: rows with their place, and how a file is read and written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, NamedTuple, Protocol

import attrs

from pynamite.transfer.place import Place
from pynamite.wire import Item

__all__ = ["Begin", "Format", "Row", "Writer"]


class Row(NamedTuple):
    """One row of a file.

    ``number`` is that of its line, or of the row where a file has no lines, from 1. ``position`` is where reading goes
    on behind it: for the format alone to understand, and to be kept. ``content`` is what stands there, as the format
    reads it; where it cannot be read, ``problem`` says why, and ``content`` is the text.
    """

    number: int
    position: int
    content: Any
    problem: str | None = None


@attrs.frozen
class Begin:
    """Where reading begins: behind the row with this ``number`` and ``position``."""

    number: int = 0
    position: int = 0


class Format(Protocol):
    """How items stand in a file.

    ``appends`` says whether a file that was broken off can be gone on with.
    """

    @property
    def name(self) -> str:
        """The name that it is asked for by."""
        ...

    @property
    def appends(self) -> bool:
        """Whether a file can be written in several goes."""
        ...

    def rows(self, file: BinaryIO, begin: Begin) -> Iterator[Row]:
        """Read the rows one by one.

        Raises:
            TransferError: it is no file of this format.
        """
        ...

    def item(self, content: Any, place: Place) -> Item:
        """Make the item of what stands in a row, as it is stored.

        Raises:
            ItemStructureError, KeyValueError: it does not fit.
        """
        ...

    def writer(self, file: BinaryIO, place: Place, written: int | None) -> Writer:
        """Begin to write, or go on behind the items that were ``written`` before (None: there is nothing)."""
        ...


class Writer(Protocol):
    """A file that is being written."""

    def write(self, items: Iterable[Item]) -> None:
        """Write items as they are stored.

        Raises:
            ItemStructureError: one cannot be written in this format; nothing of them was.
        """
        ...

    def end(self) -> None:
        """Write what stands behind the last item."""
        ...
