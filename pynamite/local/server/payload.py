"""Requests and answers as JSON: what AWS calls its JSON 1.0 protocol.

Most requests are right, hold no binary and no null, and go to the engine as they are. Whatever the engine does not
take, and all that may hold one of these, is read by the service's own model, strictly: as the service does, with its
words for what has the wrong type, and without the members that it does not know.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from pynamite.local.constraints import check_constraints
from pynamite.local.failures import RefusedError

if TYPE_CHECKING:
    from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape

__all__ = ["decode", "encode", "is_plain", "operations", "parameters_of", "read_request"]

_NO_CLASS = (
    "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class java.lang.Class "
    "(sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are in module java.base of "
    "loader 'bootstrap')")
_NOT_EXPECTED = "Start of structure or map found where not expected"
_JAVA_CLASSES = {
    "string": "java.lang.String", "boolean": "java.lang.Boolean", "integer": "java.lang.Integer",
    "long": "java.lang.Long", "double": "java.lang.Double", "timestamp": "java.util.Date",
    "blob": "java.nio.ByteBuffer",
}
_FLAGS = {"TRUE": True, "1": True, "YES": True, "FALSE": False, "0": False, "NO": False}
_PLACE = "com.amazonaws.dynamodb.v20120810"


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def decode(body: bytes) -> dict[str, Any]:
    """Read the JSON of a request.

    Raises:
        RefusedError: it is none, or is no object.
    """
    try:
        told = _DECODER.decode(body.decode())
    except (ValueError, RecursionError):
        raise RefusedError("SerializationException", "") from None
    if not isinstance(told, dict):
        raise RefusedError("SerializationException", "")
    return told


def encode(answer: Mapping[str, Any]) -> bytes:
    """Write an answer as JSON: binary as base64, moments as seconds since 1970."""
    # A lone surrogate, which a message may quote from a request, has no UTF-8; as an escape it is JSON all the same.
    return _ENCODER.encode(answer).encode(errors="backslashreplace")


def _plain(content: Any) -> Any:
    if isinstance(content, (bytes, bytearray)):
        return base64.b64encode(content).decode()
    if isinstance(content, datetime):
        return content.timestamp()
    raise TypeError(f"a {type(content).__name__} is no part of an answer")


_ENCODER = json.JSONEncoder(default=_plain, ensure_ascii=False, separators=(",", ":"), check_circular=False)


def is_plain(body: bytes) -> bool:
    """Tell whether a request surely holds no binary, which JSON has as base64, and no member that is null."""
    return b'"B"' not in body and b'"BS"' not in body and b"null" not in body


@lru_cache
def _service(name: str) -> ServiceModel:
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    return ServiceModel(cast("Any", Loader().load_service_model(name, "service-2")), name)


@lru_cache
def operations(service: str) -> tuple[str, ...]:
    """Give the names of a service's operations: of ``dynamodb`` or of ``dynamodbstreams``."""
    return tuple(_service(service).operation_names)


def parameters_of(service: str, operation: str) -> frozenset[str]:
    """Give the names of an operation's parameters."""
    shape = _operation(service, operation).input_shape
    return frozenset(() if shape is None else shape.members)


@lru_cache
def _operation(service: str, name: str) -> OperationModel:
    return _service(service).operation_model(name)


def read_request(service: str, operation: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """Read a request by the service's model.

    Raises:
        RefusedError: a member has the wrong type, is missing, or is too short or small, in the words of the service.
    """
    shape = _operation(service, operation).input_shape
    if shape is None:
        return {}
    read: dict[str, Any] = _structure(shape, told)
    check_constraints(operation, read)
    return read


def _serialization(message: str) -> RefusedError:
    return RefusedError("SerializationException", message)


def _read(shape: Shape, told: Any) -> Any:
    return _READERS[shape.type_name](shape, told)


def _read_element(shape: Shape, told: Any) -> Any:
    """Read an element of a list or a map, of which the service says other things than of a member."""
    if told is None and shape.type_name == "structure":
        return {}
    if not isinstance(told, (dict, list)):
        if shape.type_name == "structure":
            raise _serialization("Unexpected value type in payload")
        if shape.type_name in {"list", "map"}:
            raise _serialization(_NO_CLASS)
    return _read(shape, told)


def _structure(shape: Shape, told: Any) -> dict[str, Any]:
    if isinstance(told, list):
        raise _serialization(f"Unrecognized collection type class {_PLACE}.{shape.name}")
    if not isinstance(told, dict):
        raise _serialization("Unexpected field type")
    members = cast("StructureShape", shape).members
    return {
        name: _read(members[name], content) for name, content in told.items()
        if content is not None and name in members}


def _list(shape: Shape, told: Any) -> list[Any]:
    if isinstance(told, dict):
        raise _serialization(_NOT_EXPECTED)
    if not isinstance(told, list):
        raise _serialization("Unexpected field type")
    member = cast("ListShape", shape).member
    return [_read_element(member, content) for content in told]


def _map(shape: Shape, told: Any) -> dict[str, Any]:
    value = cast("MapShape", shape).value
    if isinstance(told, list):
        raise _serialization(f"Unrecognized collection type java.util.Map<java.lang.String, {_java_class(value)}>")
    if not isinstance(told, dict):
        raise _serialization("Unexpected field type")
    return {name: _read_element(value, content) for name, content in told.items()}


def _java_class(shape: Shape) -> str:
    if shape.type_name == "list":
        return f"java.util.List<{_java_class(cast('ListShape', shape).member)}>"
    return _JAVA_CLASSES.get(shape.type_name, f"{_PLACE}.{shape.name}")


def _scalar(shape: Shape, told: Any, java_name: str, accepted: type | tuple[type, ...]) -> Any:
    """Give a text, a number or a boolean that is of an accepted type."""
    if isinstance(told, dict):
        raise _serialization(_NOT_EXPECTED)
    if isinstance(told, list):
        raise _serialization(f"Unrecognized collection type class {_JAVA_CLASSES[shape.type_name]}")
    if not isinstance(told, accepted) or (isinstance(told, bool) and accepted is not bool):
        raise _serialization(f"{_token(told)} cannot be converted to {java_name}")
    return told


def _token(told: Any) -> str:
    if isinstance(told, bool):
        return "TRUE_VALUE" if told else "FALSE_VALUE"
    if told is None:
        return "NULL_VALUE"
    return "STRING_VALUE" if isinstance(told, str) else "NUMBER_VALUE" if isinstance(told, int) else "DECIMAL_VALUE"


def _text(shape: Shape, told: Any) -> Any:
    return _scalar(shape, told, "String", str)


def _boolean(shape: Shape, told: Any) -> Any:
    if isinstance(told, str):
        if told.upper() not in _FLAGS:
            raise _serialization("Unexpected token received from parser")
        return _FLAGS[told.upper()]
    return _scalar(shape, told, "Boolean", bool)


def _whole(shape: Shape, told: Any) -> int:
    return int(_scalar(shape, told, shape.type_name.capitalize(), (int, float)))


def _double(shape: Shape, told: Any) -> float:
    return float(_scalar(shape, told, "Double", (int, float)))


def _moment(shape: Shape, told: Any) -> datetime:
    return datetime.fromtimestamp(_scalar(shape, told, "Date", (int, float)), UTC)


def _binary(shape: Shape, told: Any) -> bytes:
    if isinstance(told, (dict, list)):
        _scalar(shape, told, "", ())
    if not isinstance(told, str):
        raise _serialization("only base-64-encoded strings are convertible to bytes")
    if len(told) % 4:
        raise _serialization(f"Base64 encoded length is expected a multiple of 4 bytes but found: {len(told)}")
    try:
        read = base64.b64decode(told, validate=True)
    except (binascii.Error, ValueError):
        read = None
    if read is None or base64.b64encode(read).decode() != told:
        raise _serialization("Invalid last non-pad Base64 character dectected")
    return read


_READERS: dict[str, Callable[[Shape, Any], Any]] = {
    "structure": _structure, "list": _list, "map": _map, "string": _text, "boolean": _boolean, "integer": _whole,
    "long": _whole, "double": _double, "timestamp": _moment, "blob": _binary,
}
