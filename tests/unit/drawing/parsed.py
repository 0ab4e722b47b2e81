"""A page as a parser of HTML reads it: which elements there are, and the texts in them."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

VOID = {"meta", "link", "input", "wbr"}


class Parsed(HTMLParser):
    """Reads a page; ``elements`` are pairs of a tag and its attributes, ``texts`` the text in each element of a class.

    An element that is not closed, or closed where it was not opened, is an error.
    """

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, Any]]] = []
        self.text: dict[int, list[str]] = {}
        self._open: list[int] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        """Note an element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(len(self.elements) - 1)
            self.text[self._open[-1]] = []

    def handle_endtag(self, tag):
        """Close it."""
        assert self.elements[self._open.pop()][0] == tag

    def handle_data(self, data):
        """Note text, in every element that it is inside of."""
        for place in self._open:
            self.text[place].append(data)

    def texts(self, tag, css=None):
        """Give the texts of the elements of a tag, and of a class if one is given."""
        return [
            "".join(self.text[place])
            for place, (name, attributes) in enumerate(self.elements)
            if name == tag and (css is None or css in (attributes.get("class") or "").split())
        ]

    def all(self, tag):
        """Give the attributes of all elements of a tag."""
        return [attributes for name, attributes in self.elements if name == tag]
