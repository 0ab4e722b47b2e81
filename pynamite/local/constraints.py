"""What the service's framework checks of a request before DynamoDB sees it: all of it at once, in one message.

What may be missing, how long a text or a list is, how large a number, which words an enumeration has: the service's
own model says so (API Reference, the constraints of each parameter), and the message lists up to ten complaints.
Requests that pass cost nothing here: the engine refuses by itself what it cannot carry out, and asks only then whether
the framework would have been first.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from pynamite.local.failures import RefusedError, invalid
from pynamite.local.parameters import input_shape

if TYPE_CHECKING:
    from botocore.model import ListShape, MapShape, Shape, StructureShape

__all__ = ["check_constraints", "refusal_of"]

_MOST_COMPLAINTS = 10

_ENUMERATIONS: Mapping[str, str] = {
    "ComparisonOperator": (
        "IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS"),
    "ConditionalOperator": "OR, AND",
    "ContributorInsightsMode": "THROTTLED_KEYS, ACCESSED_AND_THROTTLED_KEYS",
    "ProjectionType": "ALL, INCLUDE, KEYS_ONLY",
    "ReturnValue": "ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW",
    "ScalarAttributeType": "B, N, S",
    "Select": "SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES",
    "ShardIteratorType": "TRIM_HORIZON, LATEST, AT_SEQUENCE_NUMBER, AFTER_SEQUENCE_NUMBER",
    "StreamViewType": "OLD_IMAGE, KEYS_ONLY, NEW_AND_OLD_IMAGES, NEW_IMAGE",
}
"""The words of enumerations in the order in which the service tells them, where it is not that of its model."""

_MISSING: Mapping[str, tuple[str, str]] = {
    "CreateTable": ("TableName", "The parameter 'TableName' is required but was not present in the request"),
    **dict.fromkeys(("TagResource", "UntagResource", "ListTagsOfResource"), ("ResourceArn", "Invalid TableArn")),
}
"""Parameters whose absence is told alone, in words of their own."""

_NAME_PATTERN = "[a-zA-Z0-9_.-]+"
_NAME: Mapping[str, Any] = {"min": 3, "max": 255, "pattern": _NAME_PATTERN}
_ARN = re.compile("arn:[^:]*:dynamodb:.*")

# The engine has the service's own words for these: values, tags, names in expressions.
_LEFT_TO_THE_ENGINE = {"AttributeValue", "AttributeName", "Tag", "TagList", "TagKeyString", "ResourceArnString",
    "TableClass", "SSEType"}


def check_constraints(action: str, request: Mapping[str, Any]) -> None:
    """Check a request as the service's framework does.

    Raises:
        RefusedError: something is missing, too long or too short, or a word that is none, in the service's words.
    """
    refused = refusal_of(action, request)
    if refused is not None:
        raise refused


def refusal_of(action: str, request: Mapping[str, Any]) -> RefusedError | None:
    """Give what the framework says against a request; None if it lets it pass."""
    shape = input_shape(action)
    if shape is None:
        return None
    if action in _MISSING and _MISSING[action][0] not in request:
        return invalid(_MISSING[action][1])
    found = _complaints(shape, request, "")
    complaints = [complaint for complaint, _ in zip(found, range(_MOST_COMPLAINTS), strict=False)]
    if not complaints:
        return None
    plural = "" if len(complaints) == 1 else "s"
    return invalid(f"{len(complaints)} validation error{plural} detected: {'; '.join(complaints)}")


def _complaints(shape: Shape, given: Any, place: str) -> Iterator[str]:
    if shape.name == "CreateTableInput":
        yield from _in_new_table(given)
    if shape.name not in _LEFT_TO_THE_ENGINE:
        for constraint in _broken(shape, given):
            yield f"Value '{_shown(given)}' at '{place}' failed to satisfy constraint: {constraint}"
        inner = _WALKS.get(shape.type_name)
        if inner is not None:
            yield from inner(shape, given, place)


def _in_new_table(given: Mapping[str, Any]) -> Iterator[str]:
    """Tell what the model leaves open, since tables are made in more ways than one."""
    for name in ("AttributeDefinitions", "KeySchema"):
        if given.get(name) is None:
            yield f"Value null at '{_lower(name)}' failed to satisfy constraint: Member must not be null"
    if len(given.get("KeySchema") or ()) > 2:
        yield (f"Value '{_shown(given['KeySchema'])}' at 'keySchema' failed to satisfy constraint: Member must have "
               "length less than or equal to 2")


def _in_structure(shape: Shape, given: Any, place: str) -> Iterator[str]:
    members = cast("StructureShape", shape).members
    dot = f"{place}." if place else ""
    for name in shape.metadata.get("required", ()):
        if given.get(name) is None:
            yield f"Value null at '{dot}{_lower(name)}' failed to satisfy constraint: Member must not be null"
    for name, content in given.items():
        if name in members and content is not None:
            yield from _complaints(members[name], content, dot + _lower(name))


def _in_list(shape: Shape, given: Any, place: str) -> Iterator[str]:
    for number, content in enumerate(given, 1):
        yield from _complaints(cast("ListShape", shape).member, content, f"{place}.{number}.member")


def _in_map(shape: Shape, given: Any, place: str) -> Iterator[str]:
    key, value = cast("MapShape", shape).key, cast("MapShape", shape).value
    if key.name == "TableArn" and any(_broken(key, name) for name in given):
        yield (f"Value '{_shown(given)}' at '{place}' failed to satisfy constraint: Map keys must satisfy constraint: "
               "[Member must have length less than or equal to 255, Member must have length greater than or equal to "
               f"3, Member must satisfy regular expression pattern: {_NAME_PATTERN}]")
    if value.type_name == "list" and "max" in value.metadata:
        least, most = value.metadata["min"], value.metadata["max"]
        if not all(least <= len(content) <= most for content in given.values()):
            yield (f"Value '{_shown(given)}' at '{place}' failed to satisfy constraint: Map value must satisfy "
                   f"constraint: [Member must have length less than or equal to {most}, Member must have length "
                   f"greater than or equal to {least}]")
        value = cast("ListShape", value).member
        for name, content in given.items():
            for number, one in enumerate(content, 1):
                yield from _complaints(value, one, f"{place}.{name}.member.{number}.member")
        return
    for name, content in given.items():
        yield from _complaints(value, content, f"{place}.{name}.member")


_WALKS: Mapping[str, Callable[[Shape, Any, str], Iterator[str]]] = {
    "structure": _in_structure, "list": _in_list, "map": _in_map}


def _broken(shape: Shape, given: Any) -> list[str]:
    """Give the constraints that one value does not satisfy."""
    words = shape.metadata.get("enum")
    if words is not None:
        return [] if given in words else [
            f"Member must satisfy enum value set: [{_ENUMERATIONS.get(shape.name, ', '.join(words))}]"]
    metadata: Mapping[str, Any] = shape.metadata
    if shape.name == "TableArn":
        # A table goes by its name, too, and then it is the name's constraints that count.
        if _ARN.fullmatch(given):
            return []
        metadata = _NAME
    return _out_of_limits(metadata, given)


def _out_of_limits(limits: Mapping[str, Any], given: Any) -> list[str]:
    what, size = "value", given
    if not isinstance(given, (int, float)):
        if not hasattr(given, "__len__"):
            return []
        what, size = "length", len(given)
    least, most, pattern = limits.get("min"), limits.get("max"), limits.get("pattern")
    broken = []
    if pattern is not None and isinstance(given, str) and not re.fullmatch(pattern, given):
        broken.append(f"Member must satisfy regular expression pattern: {pattern}")
    if least is not None and size < least:
        broken.append(f"Member must have {what} greater than or equal to {least}")
    if most is not None and size > most:
        broken.append(f"Member must have {what} less than or equal to {most}")
    return broken


def _shown(given: Any) -> str:
    if isinstance(given, (list, tuple)):
        return f"[{', '.join(map(_shown, given))}]"
    return json.dumps(given, default=_plain, separators=(",", ":")) if isinstance(given, dict) else str(given)


def _plain(content: Any) -> str:
    return base64.b64encode(content).decode() if isinstance(content, (bytes, bytearray)) else str(content)


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]
