"""Whether something is an item: a quick look for the many that are, without words for those that are not."""

from __future__ import annotations

from typing import Any

__all__ = ["is_item"]


def is_item(given: Any) -> bool:
    """Tell whether something is an item in wire form, with bytes for binary.

    Numbers are looked at by whoever stores them.
    """
    if type(given) is not dict:
        return False
    for value in given.values():
        if type(value) is not dict or len(value) != 1:
            return False
        ((kind, content),) = value.items()
        if kind in {"S", "N"}:
            if type(content) is not str or not (content.isascii() or _has_utf8(content)):
                return False
        elif not _fits(kind, content):
            return False
    return True


def _has_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _fits(kind: str, content: Any) -> bool:
    match kind:
        case "S" | "N":
            return isinstance(content, str)
        case "BOOL":
            return isinstance(content, bool)
        case "NULL":
            return content is True
        case "B":
            return isinstance(content, bytes)
        case "M":
            return is_item(content)
        case "L":
            return isinstance(content, list) and all(map(_is_value, content))
        case "SS" | "NS":
            return isinstance(content, list) and bool(content) and all(isinstance(member, str) for member in content)
        case "BS":
            return isinstance(content, list) and bool(content) and all(isinstance(member, bytes) for member in content)
        case _:
            return False


def _is_value(given: Any) -> bool:
    return isinstance(given, dict) and len(given) == 1 and all(_fits(kind, own) for kind, own in given.items())
