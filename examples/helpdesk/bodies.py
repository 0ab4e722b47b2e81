"""What comes in as JSON, checked by attrs and cattrs: a field that is missing, unknown or of another type is said."""

from __future__ import annotations

from typing import Any, TypeVar

import attrs
from attrs.validators import max_len, min_len
from cattrs import ClassValidationError, Converter, transform_error

from .models import Status

T = TypeVar("T")


class BodyError(Exception):
    """A body does not fit; ``problems`` has each reason."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def _text(most: int) -> Any:
    return attrs.field(validator=[min_len(1), max_len(most)])


@attrs.frozen
class NewTicket:
    """Somebody asks for something."""

    subject: str = _text(200)
    author: str = _text(100)
    text: str = _text(10_000)
    tags: set[str] = attrs.field(factory=set, validator=max_len(10))


@attrs.frozen
class NewComment:
    """Somebody says something."""

    author: str = _text(100)
    text: str = _text(10_000)


@attrs.frozen
class TicketChanges:
    """What is to be changed of a ticket."""

    subject: str | None = attrs.field(default=None, validator=attrs.validators.optional([min_len(1), max_len(200)]))
    status: Status | None = None
    assignee: str | None = None
    tags: set[str] | None = None


def _exactly(kind: type) -> Any:
    def structure(value: Any, _: Any) -> Any:
        if type(value) is not kind:
            raise TypeError(f"expected {kind.__name__}, got {value!r}")
        return value

    return structure


_list = _exactly(list)

# cattrs would make a text of a number, and a set of a text's letters; here these are mistakes of the client's.
_converter = Converter(forbid_extra_keys=True)
_converter.register_structure_hook(str, _exactly(str))
_converter.register_structure_hook_func(
    lambda cls: cls == set[str], lambda value, _: set(_converter.structure(_list(value, list), list[str])))


def read(body: Any, cls: type[T]) -> T:
    """Make an instance of a body.

    Raises:
        BodyError: it does not fit.
    """
    try:
        return _converter.structure(body, cls)
    except ClassValidationError as error:
        raise BodyError(transform_error(error)) from None
    except (TypeError, ValueError, AttributeError) as error:
        raise BodyError([str(error)]) from None
