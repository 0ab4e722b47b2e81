"""Addresses: the forms in which the key of a plain item can be given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pynamite.errors import KeyValueError
from pynamite.wire import Misfit, to_wire

__all__ = ["Address", "check_key_value", "parse_address"]

Address = str | list[Any] | tuple[Any, ...] | Mapping[str, Any] | Any
"""A key as ``"PK.SK"``, ``["PK", "SK"]``, ``("PK", "SK")`` or ``{"PK": ..., "SK": ...}``."""

# "Partition key length: 1 to 2048 bytes; sort key length: 1 to 1024 bytes": Developer Guide, "Quotas".
_PARTITION_BYTES = 2048
_SORT_BYTES = 1024


def parse_address(address: Address, pk: str = "PK", sk: str | None = "SK") -> dict[str, Any]:
    """Turn an address into a key: the key attributes' names with plain Python values.

    In a string only the first dot separates the partition key from the sort key. A table without sort key
    (``sk=None``) takes the whole string, or a bare number or bytes.

    >>> parse_address("123.https://aws.amazon.com")
    {'PK': '123', 'SK': 'https://aws.amazon.com'}
    >>> parse_address(["device", 7], pk="id", sk="at")
    {'id': 'device', 'at': 7}
    >>> parse_address("a.b", pk="id", sk=None)
    {'id': 'a.b'}

    Raises:
        KeyValueError: the address has another form, or a part that cannot be a key; the message names it.
    """
    if isinstance(address, str):
        values = _split(address, pk, sk)
    elif isinstance(address, Mapping):
        values = _named(address, pk, sk)
    elif isinstance(address, (list, tuple)):
        values = _listed(address, pk, sk)
    elif sk is None and address is not None:
        values = [address]
    else:
        raise KeyValueError(f"{address!r} is no key: {_forms(pk, sk)}")
    names = [pk] if sk is None else [pk, sk]
    for name, value in zip(names, values, strict=True):
        check_key_value(name, value, longest=_PARTITION_BYTES if name == pk else _SORT_BYTES)
    return dict(zip(names, values, strict=True))


def _forms(pk: str, sk: str | None) -> str:
    if sk is None:
        return f"write the partition key itself, or {{{pk!r}: value}}"
    return f"write 'partition.sort', [partition, sort] or {{{pk!r}: partition, {sk!r}: sort}}"


def _split(address: str, pk: str, sk: str | None) -> list[Any]:
    if sk is None:
        return [address]
    partition, dot, sort = address.partition(".")
    if not dot:
        raise KeyValueError(f"the key {address!r} has no dot between partition key and sort key: {_forms(pk, sk)}")
    return [partition, sort]


def _named(address: Mapping[Any, Any], pk: str, sk: str | None) -> list[Any]:
    names = [pk] if sk is None else [pk, sk]
    missing = [name for name in names if name not in address]
    extra = [name for name in address if name not in names]
    if missing or extra:
        told = [f"it lacks {', '.join(map(repr, missing))}"] * bool(missing)
        told += [f"{', '.join(map(repr, extra))} {'is' if len(extra) == 1 else 'are'} no key attribute"] * bool(extra)
        raise KeyValueError(f"{dict(address)!r} is no key of this table: {' and '.join(told)}; {_forms(pk, sk)}")
    return [address[name] for name in names]


def _listed(address: list[Any] | tuple[Any, ...], pk: str, sk: str | None) -> list[Any]:
    wanted = 1 if sk is None else 2
    if len(address) != wanted:
        raise KeyValueError(f"the key {address!r} has {len(address)} parts instead of {wanted}: {_forms(pk, sk)}")
    return list(address)


def check_key_value(name: str, value: Any, *, longest: int = _PARTITION_BYTES) -> None:
    """Check that ``value`` can be the value of the key attribute ``name``; ``longest`` is the limit in bytes.

    Raises:
        KeyValueError: it is None, empty, too long, or no text, number or binary.
    """
    try:
        ((kind, content),) = to_wire(value).items()
    except Misfit as misfit:
        told = misfit.problems[0][1]
        raise KeyValueError(f"the key attribute {name!r} cannot be {value!r}: {told}", field=name) from None
    if kind not in {"S", "N", "B"}:
        raise KeyValueError(
            f"the key attribute {name!r} cannot be {value!r}: a key is a str, a number or bytes", field=name
        )
    if kind == "N":
        return
    size = len(content.encode() if kind == "S" else content)
    if not size:
        raise KeyValueError(f"the key attribute {name!r} is empty: DynamoDB has no empty keys", field=name)
    if size > longest:
        raise KeyValueError(
            f"the key attribute {name!r} has {size} bytes: DynamoDB takes at most {longest}", field=name
        )
