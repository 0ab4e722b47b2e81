"""`Picture`: the item collections of a table, to be shown in the terminal, in a notebook or as a page."""

from __future__ import annotations

from html import escape
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from pynamite.drawing.collection import Collections, collect
from pynamite.drawing.page import page
from pynamite.drawing.subject import Subject, subject_of_items
from pynamite.dynamo.db import DB

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["LIMIT", "Picture", "draw", "picture_of"]

LIMIT = 200
"""How many items a picture is made of, unless it is told otherwise: about as many as one cares to look at."""


@attrs.frozen(repr=False)
class Picture:
    """A picture of a table, as it was when it was drawn.

    ``print(picture)`` shows it as text, ``rich.print(picture)`` in colour, a notebook as the page. What it shows is in
    ``collections``.
    """

    collections: Collections

    def __repr__(self) -> str:
        shown = ", ".join("the table" if view.index is None else view.index for view in self.collections.views)
        return f"<Picture of {self.collections.table_name!r}: {self.collections.read} items, by {shown}>"

    def __str__(self) -> str:
        return self.text()

    def text(self, width: int | None = None) -> str:
        """Give the picture as text, ``width`` characters wide: as wide as the terminal by default.

        Raises:
            ModuleNotFoundError: rich is not installed; the message names the extra.
        """
        from pynamite.drawing.terminal import as_text

        return as_text(self.collections, width)

    def __rich__(self) -> RenderableType:
        from pynamite.drawing.terminal import renderable

        return renderable(self.collections)

    def html(self, *, title: str | None = None) -> str:
        """Give the page as text: one document that needs nothing else; ``title`` is the table's name by default."""
        return page(self.collections, title)

    def to_html(self, file: str | PathLike[str], *, title: str | None = None) -> Path:
        """Write the page to a file, and give its path.

        Raises:
            OSError: the file cannot be written.
        """
        path = Path(file)
        path.write_text(self.html(title=title), encoding="utf-8", newline="\n")
        return path

    def _repr_html_(self) -> str:
        # In a frame of its own: neither the notebook's styles nor the page's reach each other, and no script of the
        # page could reach the notebook.
        return (
            f'<iframe srcdoc="{escape(self.html())}" sandbox="allow-scripts" title="{escape(repr(self))}" '
            'style="width: 100%; height: 32rem; border: 1px solid #8886; border-radius: 8px"></iframe>'
        )


def picture_of(subject: Subject, *, index: str | None = None, limit: int | None = LIMIT) -> Picture:
    """Read what is to be drawn, and draw it; see `pynamite.drawing.collection.collect`."""
    return Picture(collect(subject, index=index, limit=limit))


def draw(
    db: DB, *, index: str | None = None, limit: int | None = LIMIT, type_attribute: str | None = "_type"
) -> Picture:
    """Draw a table of plain items: what they are marked with in ``type_attribute``, if they are, gives the colours.

    ``index`` draws one index alone. ``limit`` items are read at most, None for all; the picture says whether there are
    more.

    >>> from pynamite import dynamo
    >>> from pynamite.connect import connect
    >>> client = connect("sqlite://")
    >>> description = dynamo.create_table("bookmarks", client)
    >>> db = dynamo.DB("bookmarks", client)
    >>> written = db.put("123.https://aws.amazon.com", {"folder": "Cloud"})
    >>> draw(db)
    <Picture of 'bookmarks': 1 items, by the table>

    Raises:
        DefinitionError: there is no such index.
        OperationError: the database said no.
        ValueError: the limit is no positive number.
    """
    return picture_of(subject_of_items(db, type_attribute), index=index, limit=limit)
