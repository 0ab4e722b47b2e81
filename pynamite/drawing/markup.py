"""HTML that is made of elements, so that a text can stand in it as nothing but text."""

from __future__ import annotations

from html import escape

__all__ = ["Markup", "element", "joined"]

_WITHOUT_END = {"input", "link", "meta", "wbr"}


class Markup(str):
    """HTML, as `element` makes it; every other text is escaped where it is put into an element."""

    __slots__ = ()


def element(tag: str, *children: str | Markup, **attributes: str | bool) -> Markup:
    """Make an element.

    Attributes are named as in HTML, with ``_`` for ``-`` and behind Python's own words (``class_``); True is one
    without a value, False none.

    >>> element("b", "1 < 2", class_="sum", hidden=True)
    '<b class="sum" hidden>1 &lt; 2</b>'
    """
    written = "".join(
        f" {_name(name)}" if value is True else f' {_name(name)}="{escape(str(value))}"'
        for name, value in attributes.items()
        if value is not False
    )
    opened = f"<{tag}{written}>"
    return Markup(opened if tag in _WITHOUT_END else f"{opened}{joined(*children)}</{tag}>")


def joined(*children: str | Markup) -> Markup:
    """Put pieces of HTML and texts side by side."""
    return Markup("".join(child if isinstance(child, Markup) else escape(child) for child in children))


def _name(name: str) -> str:
    return name.rstrip("_").replace("_", "-")
