"""What values look like in a picture: as text that is what it says, short where it is long."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pynamite.wire import AttributeValue

__all__ = ["KINDS", "LONGEST", "one_line", "shortened", "visible", "whole"]

LONGEST = 80
"""How many characters of a value a picture shows at first."""

KINDS: Mapping[str, str] = {
    "S": "text",
    "N": "number",
    "B": "binary",
    "BOOL": "true or false",
    "NULL": "null",
    "L": "list",
    "M": "map",
    "SS": "set of texts",
    "NS": "set of numbers",
    "BS": "set of binaries",
}
"""The types of AttributeValues in words."""

# What would steer a terminal, or turn a line of text around, instead of being seen: C0 and C1 controls, and the
# characters of Unicode's bidirectional algorithm (Unicode Standard Annex 9), of line ends and of zero width.
_UNSEEN = [*range(0x20), *range(0x7F, 0xA0), 0x061C, *range(0x200B, 0x2010), *range(0x2028, 0x202F)]
_UNSEEN += [*range(0x2060, 0x2070), 0xFEFF, *range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE0080)]
_NAMES = {code: chr(0x2400 + code) if code < 0x20 else "␡" if code == 0x7F else f"⟨U+{code:04X}⟩" for code in _UNSEEN}
_NAMES_IN_LINES = {code: name for code, name in _NAMES.items() if chr(code) not in "\t\n"}


def visible(text: str, *, lines: bool = False) -> str:
    r"""Give a text with what cannot be seen in it named: ``␛`` for an escape, ``⟨U+202E⟩`` for a turn to the left.

    With ``lines`` it may go on over several lines, and tabs stay.

    >>> visible("a\x1b[31mb\n")
    'a␛[31mb␊'
    """
    return text.translate(_NAMES_IN_LINES if lines else _NAMES)


def one_line(value: AttributeValue) -> str:
    """Write a value on one line, whole: a text as it is, the texts inside a list, a map or a set in quotes.

    >>> one_line({"M": {"city": {"S": "Bern"}, "zip": {"N": "3000"}}})
    '{city: "Bern", zip: 3000}'
    """
    ((kind, content),) = value.items()
    return visible(content) if kind == "S" else _inner(kind, content)


def _inner(kind: str, content: Any) -> str:
    match kind:
        case "S":
            return visible(json.dumps(content, ensure_ascii=False))
        case "B":
            return _binary(content)
        case "BOOL":
            return "true" if content else "false"
        case "NULL":
            return "null"
        case "L":
            return "[" + ", ".join(_of(element) for element in content) + "]"
        case "M":
            return "{" + ", ".join(f"{visible(name)}: {_of(element)}" for name, element in content.items()) + "}"
        case "SS" | "NS" | "BS":
            # A set's members have no order: the picture gives them one, so that the same set looks the same.
            members = sorted(content, key=Decimal) if kind == "NS" else sorted(content)
            return "{" + ", ".join(_inner(kind[0], member) for member in members) + "}"
        case _:
            return visible(str(content))


def _of(value: AttributeValue) -> str:
    ((kind, content),) = value.items()
    return _inner(kind, content)


def _binary(content: Any) -> str:
    data = bytes(content)
    return f"{len(data)} byte{'' if len(data) == 1 else 's'}: {base64.b64encode(data).decode()}"


def whole(value: AttributeValue) -> str:
    """Write a value as a whole, over as many lines as it needs: what is behind a shortened one."""
    ((kind, content),) = value.items()
    if kind == "S":
        return visible(content, lines=True)
    if kind in {"L", "M"} and content:
        return "\n".join(_branches(value, ""))
    return one_line(value)


def _branches(value: AttributeValue, indent: str) -> list[str]:
    """Write a list or a map line by line, what is in it indented."""
    ((kind, content),) = value.items()
    if kind not in {"L", "M"} or not content:
        return [_of(value)]
    opened, closed = ("[", "]") if kind == "L" else ("{", "}")
    inside = [("", one) for one in content] if kind == "L" else content.items()
    named = [(f"{visible(name)}: " if name else "", one) for name, one in inside]
    lines = [opened]
    for name, element in named:
        first, *others = _branches(element, indent + "  ")
        lines += [f"{indent}  {name}{first}", *others]
    return [*lines, f"{indent}{closed}"]


def shortened(text: str, longest: int = LONGEST) -> str:
    """Cut a text, and say so by an ellipsis.

    >>> shortened("abcdef", 4)
    'abc…'
    """
    return text if len(text) <= longest else text[: longest - 1] + "…"
