"""Python values as AttributeValues, AttributeValues as DynamoDB JSON, and how large an item is.

An *AttributeValue* is a dict of one entry whose key is the type: ``{"S": "x"}``, ``{"N": "1.5"}``, ``{"B": b"x"}``,
``{"BOOL": True}``, ``{"NULL": True}``, ``{"L": [...]}``, ``{"M": {...}}``, ``{"SS": [...]}``, ``{"NS": [...]}``,
``{"BS": [...]}``. An *item* in wire form is a dict of attribute names to AttributeValues. Binary stays ``bytes``, as
boto3's client has it; only DynamoDB JSON turns it into base64.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from pynamite.errors import ItemStructureError

__all__ = [
    "LARGEST_ITEM",
    "AttributeValue",
    "Item",
    "Misfit",
    "describe",
    "equal",
    "equal_items",
    "from_wire",
    "item_from_wire",
    "item_size",
    "item_to_wire",
    "normalize_number",
    "number_size",
    "number_text",
    "shown",
    "to_wire",
    "value_size",
]

AttributeValue = dict[str, Any]
Item = dict[str, AttributeValue]

# "The maximum item size in DynamoDB is 400 KB": Developer Guide, "Quotas"; 409,600 bytes still fit.
LARGEST_ITEM = 400 * 1024

# "Numbers can have up to 38 digits of precision"; 1E-130 to 9.99...E+125: Developer Guide, "Supported data types".
NUMBER_DIGITS = 38
_PLAIN_NUMBER = frozenset("-.0123456789")
NUMBER_LARGEST_EXPONENT = 125
NUMBER_SMALLEST_EXPONENT = -130


class Misfit(Exception):
    """A value that does not fit, on its way to whoever knows the whole path; ``problems`` are (path, message) pairs.

    It never leaves the library: `item_to_wire` and the mapper turn it into an ItemStructureError.
    """

    def __init__(self, message: str = "", problems: Iterable[tuple[str, str]] = ()) -> None:
        self.problems: list[tuple[str, str]] = list(problems) or [("", message)]
        super().__init__(message)

    def under(self, step: str | int) -> Misfit:
        """Give the same misfit as seen from the container that holds the value at ``step``."""
        prefix = f"[{step}]" if isinstance(step, int) else f".{step}"
        return Misfit(problems=[(prefix + path, message) for path, message in self.problems])

    def lines(self) -> list[str]:
        """Give the problems as text: ``$.path: message``."""
        return [f"${path}: {message}" for path, message in self.problems]


def number_text(value: int | Decimal | float) -> str:
    """Write a number as DynamoDB keeps it: no exponent, no needless zero, at most 38 digits, exact.

    >>> number_text(Decimal("1.50E+3")), number_text(0.1), number_text(-0.0)
    ('1500', '0.1', '0')

    A float is written with its shortest repr. Raises Misfit for NaN, infinities, more than 38 significant digits and
    magnitudes outside 1E-130 to 9.99E+125.
    """
    if type(value) is int and -(10**37) < value < 10**37:
        return str(value)
    if type(value) is float or type(value) is Decimal:
        text = repr(value) if type(value) is float else str(value)
        # Neither an exponent nor a name, and no more digits than there may be.
        if len(text) <= NUMBER_DIGITS and _PLAIN_NUMBER.issuperset(text):
            text = text.rstrip("0").rstrip(".") if "." in text else text
            return "0" if text == "-0" else text
    return _normal_text(Decimal(repr(float(value))) if isinstance(value, float) else Decimal(value), value)


def normalize_number(text: str) -> str:
    """Write the text of a number as DynamoDB keeps it.

    Raises Misfit as `number_text` does, and for a text that is none.

    >>> normalize_number("1e2"), normalize_number("-0.500")
    ('100', '-0.5')
    """
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise Misfit(f"{text!r} is not a number") from None
    return _normal_text(number, text)


def shown(value: Any) -> str:
    """Word a Python value for a message: its repr, cut where it is long."""
    try:
        text = repr(value)
    except ValueError:  # Python refuses to write thousands of digits.
        return "a number of thousands of digits"
    return text if len(text) <= 60 else text[:57] + "..."


def _normal_text(number: Decimal, given: Any) -> str:
    if not number.is_finite():
        raise Misfit(f"{shown(given)} cannot be stored: DynamoDB has finite numbers only")
    sign, digit_tuple, exponent = number.as_tuple()
    digits = "".join(map(str, digit_tuple)).lstrip("0")
    significant = digits.rstrip("0")
    if not significant:
        return "0"
    power = int(exponent) + len(digits) - len(significant)
    if len(significant) > NUMBER_DIGITS:
        raise Misfit(
            f"{shown(given)} has {len(significant)} significant digits: DynamoDB stores at most {NUMBER_DIGITS}"
        )
    magnitude = power + len(significant) - 1
    if not NUMBER_SMALLEST_EXPONENT <= magnitude <= NUMBER_LARGEST_EXPONENT:
        raise Misfit(f"{shown(given)} is outside the range of DynamoDB's numbers, 1E-130 to 9.99E+125")
    if power >= 0:
        text = significant + "0" * power
    elif -power < len(significant):
        text = f"{significant[:power]}.{significant[power:]}"
    else:
        text = "0." + significant.rjust(-power, "0")
    return "-" + text if sign else text


def to_wire(value: Any) -> AttributeValue:
    """Turn a plain Python value into an AttributeValue.

    str, int, Decimal, float, bool, None, bytes (bytearray, memoryview), list, tuple, mappings with str keys, and sets
    of str, of numbers or of bytes. Members of sets are sorted, so that equal values make equal requests.

    >>> to_wire({"n": 1, "tags": {"b", "a"}})
    {'M': {'n': {'N': '1'}, 'tags': {'SS': ['a', 'b']}}}

    Raises Misfit for anything else, naming the place.
    """
    writer = _WRITERS.get(type(value))
    if writer is not None:
        return writer(value)
    for kind, writer in _SUBCLASS_WRITERS:
        if isinstance(value, kind):
            return writer(value)
    raise Misfit(
        f"a {type(value).__name__} cannot be stored: "
        "use str, int, Decimal, float, bool, None, bytes, list, dict or a set of str, numbers or bytes"
    )


def _write_text(value: str) -> AttributeValue:
    return {"S": checked_text(value)}


def checked_text(value: str) -> str:
    """Give the text as a plain str; raises Misfit where it has no UTF-8 form (a lone surrogate)."""
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise Misfit(f"{value!r} has a lone surrogate, which UTF-8 cannot hold") from None
    return str.__str__(value)


def _write_list(value: Iterable[Any]) -> AttributeValue:
    written = []
    for index, element in enumerate(value):
        try:
            written.append(to_wire(element))
        except Misfit as misfit:
            raise misfit.under(index) from None
    return {"L": written}


def _write_map(value: Mapping[Any, Any]) -> AttributeValue:
    written = {}
    for key, element in value.items():
        if not isinstance(key, str):
            raise Misfit(f"the key {key!r} is a {type(key).__name__}: the keys of a map are str")
        if not key:
            raise Misfit("a name in it is empty: DynamoDB has no empty attribute names, at any depth")
        try:
            written[checked_text(key)] = to_wire(element)
        except Misfit as misfit:
            raise misfit.under(key) from None
    return {"M": written}


def _write_set(value: AbstractSet[Any]) -> AttributeValue:
    if not value:
        raise Misfit("an empty set cannot be stored: DynamoDB has none; leave the attribute out or remove it")
    members = [to_wire(member) for member in value]
    kinds = {kind for member in members for kind in member}
    kind = kinds.pop()
    if kinds or kind not in {"S", "N", "B"}:
        raise Misfit("the members of a set are all str, all numbers or all bytes")
    return {kind + "S": sorted({member[kind] for member in members})}


_WRITERS: dict[type, Callable[[Any], AttributeValue]] = {
    str: _write_text,
    int: lambda value: {"N": number_text(value)},
    bool: lambda value: {"BOOL": value},
    type(None): lambda value: {"NULL": True},
    Decimal: lambda value: {"N": number_text(value)},
    float: lambda value: {"N": number_text(value)},
    bytes: lambda value: {"B": value},
    list: _write_list,
    tuple: _write_list,
    dict: _write_map,
    set: _write_set,
    frozenset: _write_set,
}

_SUBCLASS_WRITERS: tuple[tuple[Any, Callable[[Any], AttributeValue]], ...] = (
    (str, _write_text),
    ((int, Decimal, float), lambda value: {"N": number_text(value)}),
    ((bytes, bytearray, memoryview), lambda value: {"B": bytes(value)}),
    (Mapping, _write_map),
    (AbstractSet, _write_set),
    ((list, tuple), _write_list),
)


def from_wire(value: AttributeValue) -> Any:
    """Turn an AttributeValue into a plain Python value: numbers into Decimal, binary into bytes, sets into set.

    >>> from_wire({"L": [{"N": "1"}, {"NULL": True}, {"SS": ["a"]}]})
    [Decimal('1'), None, {'a'}]
    """
    ((kind, content),) = value.items()
    return _READERS[kind](content)


_READERS: dict[str, Callable[[Any], Any]] = {
    "S": lambda content: content,
    "N": Decimal,
    "B": bytes,
    "BOOL": lambda content: content,
    "NULL": lambda content: None,
    "L": lambda content: [from_wire(element) for element in content],
    "M": lambda content: {key: from_wire(element) for key, element in content.items()},
    "SS": set,
    "NS": lambda content: {Decimal(member) for member in content},
    "BS": lambda content: {bytes(member) for member in content},
}


def item_to_wire(item: Mapping[str, Any]) -> Item:
    """Turn a dict of plain Python values into an item in wire form.

    Raises:
        ItemStructureError: a value, at any depth, cannot be stored; the message has its path.
    """
    try:
        written: Item = _write_map(item)["M"]
    except Misfit as misfit:
        raise ItemStructureError(misfit.lines()) from None
    return written


def item_from_wire(item: Item) -> dict[str, Any]:
    """Turn an item in wire form into a dict of plain Python values."""
    return {name: from_wire(value) for name, value in item.items()}


def describe(value: AttributeValue) -> str:
    """Word an AttributeValue for a message: ``12 (N)``, long ones cut."""
    ((kind, content),) = value.items()
    text = repr(content) if kind in {"S", "B", "SS", "BS"} else "None" if kind == "NULL" else str(content)
    if kind in {"L", "M"}:
        return f"{len(content)} elements ({kind})"
    return f"{text if len(text) <= 60 else text[:57] + '...'} ({kind})"


def equal(one: AttributeValue | None, other: AttributeValue | None) -> bool:
    """Tell whether two values are equal: of one type, numbers by value, sets without order. None equals nothing."""
    if one is None or other is None:
        return False
    ((kind, content),) = one.items()
    if kind not in other:
        return False
    rival = other[kind]
    if content == rival:
        return True
    compare = _EQUALITIES.get(kind)
    return compare is not None and compare(content, rival)


def equal_items(one: Item, other: Item) -> bool:
    """Tell whether two items have the same attributes with equal values.

    >>> equal_items({"n": {"N": "1.0"}, "s": {"SS": ["a", "b"]}}, {"s": {"SS": ["b", "a"]}, "n": {"N": "1"}})
    True
    """
    return one.keys() == other.keys() and all(equal(value, other[name]) for name, value in one.items())


_EQUALITIES: dict[str, Callable[[Any, Any], bool]] = {
    "N": lambda one, other: Decimal(one) == Decimal(other),
    "B": lambda one, other: bytes(one) == bytes(other),
    "SS": lambda one, other: set(one) == set(other),
    "NS": lambda one, other: set(map(Decimal, one)) == set(map(Decimal, other)),
    "BS": lambda one, other: set(map(bytes, one)) == set(map(bytes, other)),
    "L": lambda one, other: len(one) == len(other) and all(map(equal, one, other)),
    "M": equal_items,
}


def item_size(item: Item) -> int:
    """Give an item's size in bytes as DynamoDB counts it: attribute names and values, 409,600 at most.

    The rules are those of the Developer Guide, "DynamoDB item sizes and formats".

    >>> item_size({"PK": {"S": "a"}, "n": {"N": "100"}})
    6
    """
    return sum(len(name.encode()) + value_size(value) for name, value in item.items())


def value_size(value: AttributeValue) -> int:
    """Give the size in bytes of one AttributeValue, without its name."""
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return number_size(content)
        case "B":
            return len(content)
        case "BOOL" | "NULL":
            return 1
        case "L":
            return 3 + sum(1 + value_size(element) for element in content)
        case "M":
            return 3 + sum(1 + len(key.encode()) + value_size(element) for key, element in content.items())
        case "SS":
            return sum(len(member.encode()) for member in content)
        case "NS":
            return sum(number_size(member) for member in content)
        case _:
            return sum(len(member) for member in content)


@lru_cache(maxsize=8192)
def number_size(text: str) -> int:
    """Give the size in bytes of a number: 1, and 1 for each pair of digits aligned at the point, and 1 if negative.

    >>> [number_size(text) for text in ("0", "100", "120", "1.5", "0.012", "-1")]
    [1, 2, 3, 3, 3, 3]
    """
    whole, _, fraction = normalize_number(text).lstrip("-").partition(".")
    pairs = whole.rjust(len(whole) + len(whole) % 2, "0") + fraction.ljust(len(fraction) + len(fraction) % 2, "0")
    first, last = 0, len(pairs)
    while first < last and pairs[first : first + 2] == "00":
        first += 2
    while last > first and pairs[last - 2 : last] == "00":
        last -= 2
    return 1 + (last - first) // 2 + text.startswith("-") * (last > first)
