"""ExecuteStatement, BatchExecuteStatement and ExecuteTransaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pynamite.local import rows
from pynamite.local.actions.transact import is_new, write_all
from pynamite.local.capacity import Consumed, check_report
from pynamite.local.definition import RowKey, Table
from pynamite.local.failures import RefusedError, invalid
from pynamite.local.keys import check_table_name
from pynamite.local.partiql.bind import bound, key_in, table_of, where
from pynamite.local.partiql.changes import NO_CHECK, Asked, change_of
from pynamite.local.partiql.parse import parse
from pynamite.local.partiql.reading import cut, plan
from pynamite.local.partiql.statements import Delete, Exists, Select, Update
from pynamite.local.storage import Session, Storage
from pynamite.wire import Item

__all__ = ["batch_execute_statement", "execute_statement", "execute_transaction"]

_MOST_IN_BATCH = 25
_MOST_IN_TRANSACTION = 100
_DUPLICATES = "Provided list of item keys contains duplicates"
_NO_KEY = "Select statements within ExecuteTransaction must specify the primary key in the where clause."
_ONLY_THERE = "EXISTS can only be used in ExecuteTransaction write requests."
_CODES = {
    "ConditionalCheckFailedException": "ConditionalCheckFailed", "DuplicateItemException": "DuplicateItem",
    "ResourceNotFoundException": "ResourceNotFound", "ValidationException": "ValidationError"}


def execute_statement(storage: Storage, request: Mapping[str, Any]) -> dict[str, Any]:
    """Carry out one statement."""
    report = check_report(request)
    if request.get("Limit", 1) < 1:
        raise invalid(f"1 validation error detected: Value '{request['Limit']}' at 'limit' failed to satisfy "
                      "constraint: Member must have value greater than or equal to 1")
    statement, given = bound(request)
    if isinstance(statement, Exists):
        raise invalid(_ONLY_THERE)
    answer: dict[str, Any] = {}
    if isinstance(statement, Select):
        with storage.reading() as session:
            read = plan(session, statement, given, request).read(session, request)
        answer["Items"] = read.items
        if read.token is not None:
            answer["NextToken"] = read.token
        consumed = read.consumed
    else:
        with storage.writing() as session:
            asked = change_of(session, request)
            outcome = asked.carry_out(session)
        attributes = asked.returned(outcome)
        answer["Items"] = [attributes] if attributes else []
        consumed = Consumed(asked.table)
        consumed.write(outcome.done)
    if report is not None:
        answer["ConsumedCapacity"] = consumed.report(report)
    return answer


def batch_execute_statement(storage: Storage, request: Mapping[str, Any]) -> dict[str, Any]:
    """Carry out up to 25 statements that read one item each, or that write one each, every one for itself."""
    report = check_report(request)
    asked = request["Statements"]
    if len(asked) > _MOST_IN_BATCH:
        raise invalid("1 validation error detected: Value at 'statements' failed to satisfy constraint: "
                      f"Member must have length less than or equal to {_MOST_IN_BATCH}")
    kinds = {kind for one in asked if (kind := _kind(one["Statement"])) is not None}
    if len(kinds) > 1:
        raise invalid("Read and write requests together in the same batch is not supported.")
    consumption: dict[str, Consumed] = {}
    write = "write" in kinds
    with storage.writing() if write else storage.reading() as session:
        carry_out = _Batch(session, consumption, asked).write if write else _Batch(session, consumption, asked).read
        responses = [_answer_of(carry_out, place) for place in range(len(asked))]
    answer: dict[str, Any] = {"Responses": responses}
    if report is not None:
        answer["ConsumedCapacity"] = [consumed.report(report) for consumed in consumption.values()]
    return answer


def _kind(statement: str) -> str | None:
    """Tell whether a statement reads or writes; None if it does not even read well."""
    try:
        return "read" if isinstance(parse(statement), Select) else "write"
    except RefusedError:
        return None


class _Batch:
    """The statements of a batch in one session."""

    def __init__(self, session: Session, consumption: dict[str, Consumed], asked: Sequence[Mapping[str, Any]]) -> None:
        self._session = session
        self._consumption = consumption
        self._asked = asked
        self._see_distinct()

    def _see_distinct(self) -> None:
        """See that no two statements are about one item, before any is carried out."""
        seen: set[tuple[int, RowKey]] = set()
        for one in self._asked:
            try:
                place = _place(self._session, one)
            except RefusedError:
                continue  # it will be told by its own answer
            if place in seen:
                raise invalid(_DUPLICATES)
            seen.add(place)

    def read(self, place: int) -> tuple[Table, Item | None]:
        """Carry out the statement at a place, which reads."""
        request = self._asked[place]
        statement, given = bound(request)
        assert isinstance(statement, Select)
        table, key = _single(self._session, statement, given)
        row = rows.find(self._session, table, key)
        self._consumed(table).read(row.size if row else 0, consistent=bool(request.get("ConsistentRead")))
        return table, None if row is None else cut(row.item(), statement.paths)

    def write(self, place: int) -> tuple[Table, Item | None]:
        """Carry out the statement at a place, which writes."""
        if isinstance(parse(self._asked[place]["Statement"]), Exists):
            raise invalid(_ONLY_THERE)
        asked = change_of(self._session, self._asked[place])
        try:
            outcome = asked.carry_out(self._session)
        except RefusedError as refused:
            extra = {**refused.extra, "TableName": asked.table.name}
            raise RefusedError(refused.code, refused.message, extra) from None
        self._consumed(asked.table).write(outcome.done)
        return asked.table, asked.returned(outcome)

    def _consumed(self, table: Table) -> Consumed:
        return self._consumption.setdefault(table.name, Consumed(table))


def _place(session: Session, request: Mapping[str, Any]) -> tuple[int, RowKey]:
    """Give where the item of a statement stands."""
    statement, given = bound(request)
    if isinstance(statement, Select):
        table, key = _single(session, statement, given)
        return table.id, key
    asked = change_of(session, request)
    return asked.table.id, asked.key


def _single(session: Session, statement: Select, given: Sequence[Any]) -> tuple[Table, RowKey]:
    table = table_of(session, check_table_name(statement.table))
    found = None if statement.index else key_in(table, where(statement.condition, given))
    if found is None or found[2]:
        raise invalid("Only single item select is supported")
    return table, found[1]


def _answer_of(carry_out: Callable[[int], tuple[Table, Item | None]], place: int) -> dict[str, Any]:
    try:
        table, item = carry_out(place)
    except RefusedError as refused:
        error: dict[str, Any] = {"Code": _CODES[refused.code], "Message": refused.message}
        if "Item" in refused.extra:
            error["Item"] = refused.extra["Item"]
        told = {"Error": error}
        return {**told, "TableName": refused.extra["TableName"]} if "TableName" in refused.extra else told
    answer: dict[str, Any] = {"TableName": table.name}
    if item:
        answer["Item"] = item
    return answer


def execute_transaction(storage: Storage, request: Mapping[str, Any]) -> dict[str, Any]:
    """Carry out up to 100 statements, all of them reading or all writing, as one."""
    report = check_report(request)
    asked = request["TransactStatements"]
    if len(asked) > _MOST_IN_TRANSACTION:
        raise invalid("1 validation error detected: Value at 'transactStatements' failed to satisfy constraint: "
                      f"Member must have length less than or equal to {_MOST_IN_TRANSACTION}")
    statements = [parse(one["Statement"]) for one in asked]
    reads = [isinstance(statement, Select) for statement in statements]
    if any(reads) and not all(reads):
        raise invalid("ExecuteTransaction API does not support both read and write operations in the same request.")
    for place, statement in enumerate(statements):
        if isinstance(statement, Update | Delete) and statement.returning != "NONE":
            raise _at(place, "RETURNING clause is not supported in ExecuteTransaction.")
    carry_out = _read_all if all(reads) else _write_all
    responses, consumption = carry_out(storage, request)
    answer: dict[str, Any] = {"Responses": responses}
    if report is not None:
        answer["ConsumedCapacity"] = [consumed.report(report) for consumed in consumption.values()]
    return answer


def _at(place: int, problem: str) -> RefusedError:
    return invalid(f"Validation failed in TransactStatements[{place}]: {problem}")


def _read_all(storage: Storage, request: Mapping[str, Any]) -> tuple[list[dict[str, Any]], dict[str, Consumed]]:
    consumption: dict[str, Consumed] = {}
    responses = []
    seen: set[tuple[int, RowKey]] = set()
    with storage.reading() as session:
        for place, one in enumerate(request["TransactStatements"]):
            statement, given = bound(one)
            assert isinstance(statement, Select)
            table = table_of(session, check_table_name(statement.table))
            found = None if statement.index else key_in(table, where(statement.condition, given))
            if found is None or found[2]:
                raise _at(place, _NO_KEY)
            if (table.id, found[1]) in seen:
                raise invalid("Transaction request cannot include multiple operations on one item")
            seen.add((table.id, found[1]))
            row = rows.find(session, table, found[1])
            consumption.setdefault(table.name, Consumed(table)).read(row.size if row else 0, consistent=True, times=2)
            responses.append({} if row is None else {"Item": cut(row.item(), statement.paths)})
    return responses, consumption


def _change_at(session: Session, place: int, request: Mapping[str, Any]) -> Asked:
    try:
        return change_of(session, request)
    except RefusedError as refused:
        if refused.message == NO_CHECK:
            raise _at(place, NO_CHECK) from None
        raise


def _write_all(storage: Storage, request: Mapping[str, Any]) -> tuple[list[dict[str, Any]], dict[str, Consumed]]:
    consumption: dict[str, Consumed] = {}
    token = request.get("ClientRequestToken")
    with storage.writing() as session:
        asked = [_change_at(session, place, one) for place, one in enumerate(request["TransactStatements"])]
        tables = [one.table for one in asked]
        if token is None or is_new(session, token, request["TransactStatements"]):
            for table, done in zip(tables, write_all(session, tables, [one.change for one in asked]), strict=True):
                consumption.setdefault(table.name, Consumed(table)).write(done, times=2)
        else:
            for table in tables:
                consumption.setdefault(table.name, Consumed(table)).read(0, consistent=True, times=2)
    return [], consumption
