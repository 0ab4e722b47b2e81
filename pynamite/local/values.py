"""AttributeValues of a request: checked as the service checks them, in the form in which they are stored, measured."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from pynamite.local.failures import SUPPLIED_EMPTY, SUPPLIED_SEVERAL, RefusedError, invalid, invalid_parameter
from pynamite.wire import AttributeValue, Item, normalize_number, number_size, value_size

__all__ = ["MisshapenError", "checked_item", "checked_value", "measure", "measure_again", "number"]

DEEPEST = 32

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_TOO_DEEP_UPDATED = "Nesting Levels have exceeded supported limits"
_TOO_DEEP = f"{_TOO_DEEP_UPDATED}: Attributes in the item have nested levels beyond supported limit"
_NO_NAME = "Empty attribute name"


class MisshapenError(Exception):
    """A value that no client could send: a wrong Python type, an unknown type descriptor."""


def checked_item(item: Any) -> tuple[Item, int]:
    """Give an item (or a key) as it is stored, and its size in bytes.

    Raises:
        RefusedError: a value is one that the service refuses.
        MisshapenError: it is no item at all.
    """
    if type(item) is not dict and not isinstance(item, Mapping):
        raise MisshapenError
    return _checked_map(item, 1)


def _checked_map(content: Mapping[Any, Any], depth: int) -> tuple[dict[str, AttributeValue], int]:
    checked: dict[str, AttributeValue] = {}
    size = 0
    for name, value in content.items():
        if type(name) is not str:
            raise MisshapenError
        if not name:
            raise invalid(_NO_NAME)
        checked[name], value_size = checked_value(value, depth)
        size += value_size + (len(name) if name.isascii() else len(name.encode()))
    return checked, size


def checked_value(value: Any, depth: int = 1) -> tuple[AttributeValue, int]:
    """Give one AttributeValue as it is stored, and its size in bytes; ``depth`` is the nesting level it stands at.

    A list or a map opens a level, even if it is empty.
    """
    if type(value) is not dict and not isinstance(value, Mapping):
        raise MisshapenError
    if len(value) != 1:
        return _several(value, depth)
    ((kind, content),) = value.items()
    # The most frequent kind of value, without a call.
    if kind == "S" and type(content) is str:
        return {"S": content}, len(content) if content.isascii() else len(content.encode())
    check = _CHECKS.get(kind)
    if check is None:
        raise MisshapenError
    return check(content, depth)


def _several(value: Mapping[str, Any], depth: int) -> tuple[AttributeValue, int]:
    if not value:
        raise invalid(SUPPLIED_EMPTY)
    if not _CHECKS.keys() >= value.keys():
        raise MisshapenError
    # What is wrong with one of them is told before that there are several.
    for kind, content in value.items():
        _CHECKS[kind](content, depth)
    raise invalid(SUPPLIED_SEVERAL)


def _text_size(text: Any) -> int:
    if not isinstance(text, str):
        raise MisshapenError
    return len(text) if text.isascii() else len(text.encode())


def _text(content: Any, _depth: int) -> tuple[AttributeValue, int]:
    return {"S": content}, _text_size(content)


def _number(content: Any, _depth: int) -> tuple[AttributeValue, int]:
    if not isinstance(content, str):
        raise MisshapenError
    text, size = number(content)
    return {"N": text}, size


@lru_cache(maxsize=8192)
def number(text: str) -> tuple[str, int]:
    """Give the text of a number as it is stored, and its size in bytes.

    Raises:
        RefusedError: it is none, too long or out of range.
    """
    if not _NUMBER.fullmatch(text):
        raise invalid("The parameter cannot be converted to a numeric value" + f": {text}" * bool(text))
    try:
        value = Decimal(text)
    except InvalidOperation:  # an exponent beyond what even Decimal can hold
        raise _out_of_range(too_small=bool(re.search("[eE]-", text))) from None
    if value:
        exponent = value.adjusted()
        if exponent > 125 or exponent < -130:
            raise _out_of_range(too_small=exponent < 0)
        if len("".join(map(str, value.as_tuple().digits)).strip("0")) > 38:
            raise invalid("Attempting to store more than 38 significant digits in a Number")
    normal = normalize_number(text)
    return normal, number_size(normal)


def _out_of_range(*, too_small: bool) -> RefusedError:
    return invalid(
        f"Number {'underflow' if too_small else 'overflow'}. Attempting to store a number with magnitude "
        f"{'smaller' if too_small else 'larger'} than supported range")


def _binary_content(content: Any) -> bytes:
    if isinstance(content, str):  # as boto3 takes it
        return content.encode()
    if isinstance(content, (bytes, bytearray, memoryview)):
        return bytes(content)
    if hasattr(content, "value") and isinstance(content.value, (bytes, bytearray)):  # boto3's own Binary
        return bytes(content.value)
    raise MisshapenError


def _binary(content: Any, _depth: int) -> tuple[AttributeValue, int]:
    data = _binary_content(content)
    return {"B": data}, len(data)


def _boolean(content: Any, _depth: int) -> tuple[AttributeValue, int]:
    if not isinstance(content, bool):
        raise MisshapenError
    return {"BOOL": content}, 1


def _null(content: Any, _depth: int) -> tuple[AttributeValue, int]:
    if not isinstance(content, bool):
        raise MisshapenError
    if not content:
        raise invalid_parameter("Null attribute value types must have the value of true")
    return {"NULL": True}, 1


def _list(content: Any, depth: int) -> tuple[AttributeValue, int]:
    if not isinstance(content, (list, tuple)):
        raise MisshapenError
    if depth >= DEEPEST:
        raise invalid(_TOO_DEEP)
    size = 3
    elements = []
    for element in content:
        checked, element_size = checked_value(element, depth + 1)
        elements.append(checked)
        size += 1 + element_size
    return {"L": elements}, size


def _map(content: Any, depth: int) -> tuple[AttributeValue, int]:
    if type(content) is not dict and not isinstance(content, Mapping):
        raise MisshapenError
    if depth >= DEEPEST:
        raise invalid(_TOO_DEEP)
    elements, size = _checked_map(content, depth + 1)
    return {"M": elements}, 3 + len(elements) + size


# A set has no order of its own: the service gives text and binary by their bytes, and numbers by value.


def _members(content: Any) -> list[Any]:
    if not isinstance(content, (list, tuple)):
        raise MisshapenError
    return list(content)


def _text_set(content: Any, _depth: int) -> tuple[AttributeValue, int]:
    members = _members(content)
    size = sum(map(_text_size, members))
    if not members:
        raise invalid_parameter("An string set  may not be empty")
    if len(set(members)) != len(members):
        raise invalid_parameter(f"Input collection [{', '.join(members)}] contains duplicates.")
    return {"SS": sorted(members)}, size


def _number_set(content: Any, _depth: int) -> tuple[AttributeValue, int]:
    members = _members(content)
    if not all(isinstance(member, str) for member in members):
        raise MisshapenError
    if not members:
        raise invalid_parameter("An number set  may not be empty")
    numbers = [number(member) for member in members]
    if len(set(numbers)) != len(numbers):
        raise invalid("Input collection contains duplicates")
    return {"NS": sorted((text for text, _ in numbers), key=Decimal)}, sum(size for _, size in numbers)


def _binary_set(content: Any, _depth: int) -> tuple[AttributeValue, int]:
    members = [_binary_content(member) for member in _members(content)]
    if not members:
        raise invalid_parameter("Binary sets should not be empty")
    if len(set(members)) != len(members):
        told = ", ".join(base64.b64encode(member).decode() for member in members)
        raise invalid_parameter(f"Input collection [{told}]of type BS contains duplicates.")
    return {"BS": sorted(members)}, sum(map(len, members))


_CHECKS: dict[str, Callable[[Any, int], tuple[AttributeValue, int]]] = {
    "S": _text, "N": _number, "B": _binary, "BOOL": _boolean, "NULL": _null, "L": _list, "M": _map,
    "SS": _text_set, "NS": _number_set, "BS": _binary_set,
}


def measure(item: Item) -> int:
    """Give the size in bytes of an item in the form in which it is stored.

    Raises:
        RefusedError: it has become too deep.
    """
    return _measure_map(item, 1)


def measure_again(item: Item, old: Item, old_size: int) -> int:
    """Give the size in bytes of an item that shares with an older one what has not changed.

    Raises:
        RefusedError: it has become too deep.
    """
    changed = {name: value for name, value in item.items() if value is not old.get(name)}
    gone = {name: value for name, value in old.items() if name in changed or name not in item}
    return old_size + _measure_map(changed, 1) - _measure_map(gone, 1)


def _measure_map(content: Mapping[str, AttributeValue], depth: int) -> int:
    size = 0
    for name, value in content.items():
        ((kind, inner),) = value.items()
        size += (len(name) if name.isascii() else len(name.encode())) + _measure(kind, inner, depth)
    return size


def _measure(kind: str, content: Any, depth: int) -> int:
    if kind == "S":
        return len(content) if content.isascii() else len(content.encode())
    if kind == "N":
        return number(content)[1]
    if kind in {"L", "M"} and depth >= DEEPEST:
        raise invalid(_TOO_DEEP_UPDATED)
    if kind == "M":
        return 3 + len(content) + _measure_map(content, depth + 1)
    if kind == "L":
        size = 3 + len(content)
        for value in content:
            ((inner_kind, inner),) = value.items()
            size += _measure(inner_kind, inner, depth + 1)
        return size
    return value_size({kind: content})
