"""Items that come from elsewhere, in DynamoDB JSON: images of a stream, lines of an export."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Generic, Literal, TypeVar

import attrs

from pynamite.dynamodb_json import from_json, to_json
from pynamite.entities.member import Member
from pynamite.entities.registry import Registry
from pynamite.errors import ItemStructureError, UnknownEntityError
from pynamite.wire import Item, Misfit, item_from_wire, normalize_number, shown

__all__ = ["StreamRecord", "identified", "instance_of", "read_image", "read_record"]

E = TypeVar("E")
E_co = TypeVar("E_co", covariant=True)

_CONTENTS: dict[str, Any] = {
    "S": str,
    "N": str,
    "B": (str, bytes, bytearray, memoryview),
    "BOOL": bool,
    "NULL": bool,
    "L": list,
    "M": Mapping,
    "SS": list,
    "NS": list,
    "BS": list,
}
"""What each type of AttributeValue holds; binary is base64 text in JSON, and bytes in boto3's answers."""


@attrs.frozen
class StreamRecord(Generic[E_co]):
    """One change of an item, as a stream tells it: the instance before it and the one after it.

    ``old`` is None where there was no item, ``new`` where there is none any more; and each where the stream does not
    carry that image: only NEW_AND_OLD_IMAGES has both. ``key`` is the item's key as plain values, as it is stored.
    ``expired`` says that the item was deleted because its time to live was over.
    """

    event: Literal["INSERT", "MODIFY", "REMOVE"]
    key: dict[str, Any]
    old: E_co | None
    new: E_co | None
    expired: bool = False


def read_image(image: Mapping[str, Any]) -> Item:
    """Take an item of DynamoDB JSON as the client has items: binary as bytes.

    Raises:
        ItemStructureError: it is no item of AttributeValues; the message has the path of each misfit.
    """
    problems = _map_problems("$", image)
    if problems:
        raise ItemStructureError(problems)
    return from_json(to_json(dict(image)))


def _problems(path: str, value: Any) -> list[str]:
    if not isinstance(value, Mapping) or len(value) != 1 or next(iter(value)) not in _CONTENTS:
        return [f"{path}: expected an AttributeValue such as {{'S': 'x'}}, got {shown(value)}"]
    kind: str = next(iter(value))
    content: Any = value[kind]
    if kind == "L" and isinstance(content, list):
        return [problem for number, own in enumerate(content) for problem in _problems(f"{path}[{number}]", own)]
    if kind == "M":
        return _map_problems(path, content)
    members = content if kind in {"SS", "NS", "BS"} and isinstance(content, list) else [content]
    of = kind[0] if members is content else kind
    if all(isinstance(member, _CONTENTS[of]) and _reads(of, member) for member in members):
        return []
    return [f"{path}: {shown(content)} is no content of type {kind}"]


def _reads(kind: str, content: Any) -> bool:
    """Tell whether the text of a number, or the base64 of a binary value, is one."""
    try:
        if kind == "N":
            normalize_number(content)
        elif kind == "B" and isinstance(content, str):
            base64.b64decode(content, validate=True)
    except (Misfit, binascii.Error):
        return False
    return True


def _map_problems(path: str, content: Any) -> list[str]:
    if not isinstance(content, Mapping):
        return [f"{path}: expected an item of AttributeValues, got {shown(content)}"]
    return [problem for name, own in content.items() for problem in _problems(f"{path}.{name}", own)]


def identified(registry: Registry, item: Item) -> Member[Any]:
    """Find the entity that an item is of.

    Raises:
        UnknownEntityError: it is of none, or another tenant's.
    """
    member = registry.identify(item)
    if member is None or not _of_tenant(member, item):
        key = {name: item[name] for name in registry.schema.names if name in item}
        guarded = _guarded(registry, item)
        if guarded is not None:
            raise UnknownEntityError(
                f"the item with the key {item_from_wire(key)!r} is a guard item, which keeps {guarded} of table "
                f"{registry.table_name!r} unique, and no instance of an entity: skip it"
            )
        known = ", ".join(member.definition.name for member in registry.members.values()) or "none"
        raise UnknownEntityError(
            f"the item with the key {item_from_wire(key)!r} is of no entity of table {registry.table_name!r}, or "
            f"another tenant's; the entities are {known}"
        )
    return member


def _guarded(registry: Registry, item: Item) -> str | None:
    """Tell what an item is a guard of; None if it is none."""
    for member in registry.members.values():
        text = member.slots[0].text_of(item) if member.is_guard(item) else None
        for unique in member.definition.uniques:
            if text is not None and text.startswith(unique.template.head):
                return f"{unique.label} of entity {member.definition.name!r}"
    return "something" if any(member.is_guard(item) for member in registry.members.values()) else None


def _of_tenant(member: Member[Any], item: Item) -> bool:
    return all(slot.text_of(item) is not None for slot in member.slots if slot.prefix)


def read_record(record: Mapping[str, Any], registry: Registry, only: Member[E] | None = None) -> StreamRecord[E]:
    """Read a record of a stream, as a function on AWS Lambda or GetRecords gets it; ``only`` one entity's, if given.

    Raises:
        UnknownEntityError: the item is of another entity, or of none.
        ItemStructureError: it is no record, or the item does not fit its class.
    """
    change = record.get("dynamodb") if isinstance(record, Mapping) else None
    event = record.get("eventName") if isinstance(record, Mapping) else None
    if not isinstance(change, Mapping) or event not in {"INSERT", "MODIFY", "REMOVE"}:
        raise ItemStructureError(
            f"$: expected a record of a stream, with 'eventName' and 'dynamodb', got {shown(record)}"
        )
    identity = record.get("userIdentity") or {}
    return StreamRecord(
        event,
        item_from_wire(read_image(change.get("Keys", {}))),
        old=_instance(change.get("OldImage"), registry, only),
        new=_instance(change.get("NewImage"), registry, only),
        # "Records that are deleted by TTL contain userIdentity.type Service and this principalId": Developer Guide,
        # "DynamoDB Streams and Time to Live".
        expired=event == "REMOVE" and identity.get("principalId") == "dynamodb.amazonaws.com",
    )


def _instance(image: Mapping[str, Any] | None, registry: Registry, only: Member[Any] | None) -> Any:
    return None if image is None else instance_of(image, registry, only)


def instance_of(image: Mapping[str, Any], registry: Registry, only: Member[Any] | None = None) -> Any:
    """Make the instance of an image; of ``only`` one entity, if given.

    Raises:
        UnknownEntityError: the item is of another entity, or of none.
        ItemStructureError: it is no item, or does not fit its class.
    """
    item = read_image(image)
    member = identified(registry, item)
    if only is not None and member is not only:
        raise UnknownEntityError(
            f"the item is {member.definition.name}, not {only.definition.name}: read it with store.from_image(...)"
        )
    return member.instance(item)
