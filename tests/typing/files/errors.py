"""The facts that errors keep are typed."""

from typing import assert_type

from pynamite.errors import DefinitionError, OperationError, TransactionCanceledError


def use(wrong: DefinitionError, no: OperationError, cancelled: TransactionCanceledError) -> None:
    assert_type(wrong.problems, tuple[str, ...])
    assert_type(no.code, str | None)
    assert_type(cancelled.reasons, tuple[OperationError | None, ...])
    no.code.upper()  # ERROR
    cancelled.reasons[0].code  # ERROR
    no.kode  # ERROR
