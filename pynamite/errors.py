"""Every error that pynamite raises.

::

    PynamiteError
    ├── DefinitionError (TypeError)            a declaration is wrong: fix the code
    ├── KeyValueError (ValueError)             a value does not fit its key template
    ├── ExpressionError (ValueError)           a path, projection, condition or update is malformed
    ├── ItemError
    │   ├── ItemStructureError (ValueError)    an item or an instance does not fit its class
    │   └── UnknownEntityError (LookupError)   an item belongs to no entity of the table
    ├── OperationError (RuntimeError)          the database said no
    │   ├── ItemNotFoundError (LookupError)
    │   ├── ConditionFailedError
    │   │   ├── ItemExistsError
    │   │   ├── StaleVersionError
    │   │   └── UniqueViolationError
    │   ├── TransactionCanceledError
    │   ├── TableNotFoundError (LookupError)
    │   ├── ThrottledError
    │   ├── UnprocessedItemsError
    │   ├── UnreachableError (ConnectionError)
    │   │   └── AnswerLostError
    │   └── CredentialsError (PermissionError)
    ├── CursorError (ValueError)               a page cursor is not one of this query's
    ├── TransferError (ValueError)             a file cannot be imported, or an export not be gone on with
    └── WorkbenchError (ValueError)            a NoSQL Workbench file is malformed

DefinitionWarning (UserWarning) is no error: a declaration works, but not as well as it could.

Messages say what is wrong, with the names in it, and then what to do. The facts stay reachable as attributes, and
every error survives pickling with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

__all__ = [
    "AnswerLostError",
    "ConditionFailedError",
    "CredentialsError",
    "CursorError",
    "DefinitionError",
    "DefinitionWarning",
    "ExpressionError",
    "ItemError",
    "ItemExistsError",
    "ItemNotFoundError",
    "ItemStructureError",
    "KeyValueError",
    "OperationError",
    "PynamiteError",
    "StaleVersionError",
    "TableNotFoundError",
    "ThrottledError",
    "TransactionCanceledError",
    "TransferError",
    "UniqueViolationError",
    "UnknownEntityError",
    "UnprocessedItemsError",
    "UnreachableError",
    "WorkbenchError",
]


def _restore(kind: type[PynamiteError], arguments: tuple[Any, ...], facts: dict[str, Any]) -> PynamiteError:
    # An OSError has a layout of its own, which the first builtin among its bases cannot make.
    error = OSError.__new__(kind, *arguments) if issubclass(kind, OSError) else kind.__new__(kind, *arguments)
    error.args = arguments
    error.__dict__.update(facts)
    return error


class PynamiteError(Exception):
    """The root of every error that pynamite raises."""

    def __reduce__(self) -> tuple[Any, ...]:
        # The constructors of the subclasses take keyword arguments, which the default protocol would drop.
        return _restore, (type(self), self.args, self.__dict__)


class DefinitionError(PynamiteError, TypeError):
    """A class, template, table or index is declared wrongly; ``problems`` has one sentence for each mistake."""

    def __init__(self, problems: str | Iterable[str]) -> None:
        self.problems: tuple[str, ...] = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))


class DefinitionWarning(UserWarning):
    """A declaration works, but something in it costs more than it has to; it is a warning, not an error."""


class KeyValueError(PynamiteError, ValueError):
    """A value cannot stand in a key: it would be empty, ambiguous, too long or another entity's."""

    def __init__(
        self, message: str, *, entity: str | None = None, template: str | None = None, field: str | None = None
    ) -> None:
        self.entity = entity
        self.template = template
        self.field = field
        super().__init__(message)


class ExpressionError(PynamiteError, ValueError):
    """A path, a projection, a condition or an update cannot be expressed."""


class ItemError(PynamiteError):
    """An item and a class do not go together."""


class ItemStructureError(ItemError, ValueError):
    """An item or an instance does not fit its class; ``problems`` has one ``$.path: what is wrong`` for each misfit."""

    def __init__(self, problems: str | Iterable[str], *, entity: str | None = None) -> None:
        self.problems: tuple[str, ...] = (problems,) if isinstance(problems, str) else tuple(problems)
        self.entity = entity
        text = "; ".join(self.problems)
        super().__init__(f"{entity}: {text}" if entity else text)


class UnknownEntityError(ItemError, LookupError):
    """An item's type, or a class, is none of the table's entities."""


class OperationError(PynamiteError, RuntimeError):
    """The database refused an operation.

    ``operation`` is the API action (``"PutItem"``), ``key`` the key of the item as plain Python values where there is
    one, ``entity`` the name of its class where it was written or read as one, ``code`` the service's code, ``response``
    its whole answer. The client's own error is the ``__cause__``.
    """

    def __init__(
        self,
        message: str,
        *,
        operation: str | None = None,
        table_name: str | None = None,
        key: Mapping[str, Any] | None = None,
        code: str | None = None,
        response: Mapping[str, Any] | None = None,
        entity: str | None = None,
    ) -> None:
        self.operation = operation
        self.table_name = table_name
        self.key = key
        self.code = code
        self.response = response
        self.entity = entity
        super().__init__(message)


class ItemNotFoundError(OperationError, LookupError):
    """There is no such item (or what is there belongs to another entity)."""


class ConditionFailedError(OperationError):
    """The condition of a write did not hold; ``item`` is what was there, None if nothing was."""

    def __init__(self, message: str, *, item: Any = None, **facts: Any) -> None:
        self.item = item
        super().__init__(message, **facts)


class ItemExistsError(ConditionFailedError):
    """An item to be created is there already."""


class StaleVersionError(ConditionFailedError):
    """An item was changed since it was read.

    ``expected`` is the version that the writer knew, ``found`` the one that is there, None where the item is gone;
    ``item`` is what is there.
    """

    def __init__(self, message: str, *, expected: int | None = None, found: int | None = None, **facts: Any) -> None:
        self.expected = expected
        self.found = found
        super().__init__(message, **facts)


class UniqueViolationError(ConditionFailedError):
    """A value that has to be unique is taken by another item.

    ``fields`` names the field, or those that are unique together; ``owner`` is the key of the item that has the value.
    """

    def __init__(
        self, message: str, *, fields: Iterable[str] = (), owner: Mapping[str, Any] | None = None, **facts: Any
    ) -> None:
        self.fields: tuple[str, ...] = tuple(fields)
        self.owner = owner
        super().__init__(message, **facts)


class TransactionCanceledError(OperationError):
    """A transaction was not carried out; ``reasons`` has one entry per operation, in order: None or its error."""

    def __init__(self, message: str, *, reasons: Iterable[OperationError | None] = (), **facts: Any) -> None:
        self.reasons: tuple[OperationError | None, ...] = tuple(reasons)
        super().__init__(message, **facts)


class TableNotFoundError(OperationError, LookupError):
    """There is no table of this name where the client looks."""


class ThrottledError(OperationError):
    """The service went on refusing because of its load or the table's capacity."""


class UnprocessedItemsError(OperationError):
    """A batch gave up; ``unprocessed`` lists what was not done: keys or items as plain Python values."""

    def __init__(self, message: str, *, unprocessed: Iterable[Any] = (), **facts: Any) -> None:
        self.unprocessed: tuple[Any, ...] = tuple(unprocessed)
        super().__init__(message, **facts)


class UnreachableError(OperationError, ConnectionError):
    """No database answers at the address; a write was not sent, and nothing was done."""


class AnswerLostError(UnreachableError):
    """A write was sent, but no answer came: it may have been done or not.

    ``repeatable`` tells whether doing the same again is harmless; ``token`` is a transaction's token, with which it can
    be run again within ten minutes without being done twice.
    """

    def __init__(self, message: str, *, repeatable: bool = False, token: str | None = None, **facts: Any) -> None:
        self.repeatable = repeatable
        self.token = token
        super().__init__(message, **facts)


class CredentialsError(OperationError, PermissionError):
    """There are no credentials, or they are refused."""


class CursorError(PynamiteError, ValueError):
    """A page cursor is malformed, or belongs to another query."""


class TransferError(PynamiteError, ValueError):
    """A file is not of the format that it is read as, or a checkpoint belongs to another transfer."""


class WorkbenchError(PynamiteError, ValueError):
    """A NoSQL Workbench model cannot be read or made.

    ``place`` is where it is wrong, ``$.DataModel[0].KeyAttributes``, and ``file`` the file's name, if it is one.
    """

    def __init__(self, message: str, *, file: str | None = None, place: str | None = None) -> None:
        self.file = file
        self.place = place
        super().__init__(message)
