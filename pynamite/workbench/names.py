"""Names of a model as names in Python: snake_case for fields, PascalCase for classes."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Container, Iterable

__all__ = ["any_like", "class_name", "field_name", "normalized", "singular", "unique", "words"]

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")
_TAKEN_BY_TYPES = {"str", "int", "bool", "bytes", "list", "dict", "set", "self", "field", "entity"}
"""Names that a field may not have: it would hide a type from the annotations behind it, or is an argument of attrs."""


def words(text: str) -> list[str]:
    """Take a name apart: ``"GSI1-PK"`` is GSI1 and PK, ``"OrderItemID"`` is Order, Item and ID."""
    found: list[str] = []
    for part in re.split(r"[^\w]+|_+", unicodedata.normalize("NFKC", text)):
        inside = _WORD.findall(part)
        for word in inside:
            if word.isdigit() and found and inside[0] is not word:
                found[-1] += word  # GSI1, line2
            else:
                found.append(word)
    return found


def field_name(text: str) -> str:
    """Give a field's name for an attribute's.

    >>> [field_name(name) for name in ("OrderItemID", "GSI1-PK", "_created", "class", "2fa", "#")]
    ['order_item_id', 'gsi1_pk', 'created', 'class_', 'n2_fa', 'value']
    """
    name = "_".join(words(text)).lower() or "value"
    if not re.match(r"[a-z]", name):
        name = f"n{name}" if name[0].isdecimal() else f"field_{name}"
    name = name if name.isidentifier() else "value"
    return f"{name}_" if keyword.iskeyword(name) or name in _TAKEN_BY_TYPES else name


def class_name(text: str) -> str:
    """Give a class's name for a facet's, or an attribute's.

    >>> [class_name(name) for name in ("order item", "ORDER_DETAIL", "SKU", "orderItem", "3 lifts")]
    ['OrderItem', 'OrderDetail', 'Sku', 'OrderItem', 'Item3Lifts']
    """
    name = "".join(word[0].upper() + (word[1:].lower() if word.isupper() else word[1:]) for word in words(text))
    if not name:
        return "Item"
    if not re.match(r"[A-Za-z]", name):
        name = f"Item{name}"
    name = name if name.isidentifier() else "Item"
    return f"{name}Item" if keyword.iskeyword(name) else name


def singular(text: str) -> str:
    """Give the singular of a plural, as far as an English ending tells.

    >>> [singular(word) for word in ("Categories", "Addresses", "orders", "Status", "FriendList", "news")]
    ['Category', 'Address', 'order', 'Status', 'Friend', 'news']
    """
    if len(text) > 4 and re.search(r"[a-z]List$", text):
        return text[:-4]
    if re.search(r"[^aeiou]ies$", text):
        return text[:-3] + "y"
    if re.search(r"(ss|x|ch|sh)es$", text):
        return text[:-2]
    if len(text) > 3 and re.search(r"[^siu]s$", text) and not text.lower().endswith("news"):
        return text[:-1]
    return text


def unique(name: str, taken: Container[str]) -> str:
    """Give the name, or the first one after it that is free: ``order``, ``order_2``, ``order_3``."""
    if name not in taken:
        return name
    stem = name if name.endswith("_") else f"{name}_" if name[:1].islower() else name
    number = 2
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def normalized(text: str) -> str:
    """Give what two names have in common that mean the same: ``AccountId`` and ``account-id``."""
    return "".join(words(text)).lower()


def any_like(text: str, names: Iterable[str]) -> str | None:
    """Find the name that means the same as a text."""
    wanted = normalized(text)
    return next((name for name in names if wanted and normalized(name) == wanted), None)
