"""Ask a backend what a case asks, and compare: with tables of its own, and the items that the case starts from."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from botocore.exceptions import ClientError, ParamValidationError

from pynamite.wire import normalize_number
from tests.conformance.model import ANY, Case, From

__all__ = ["Stage"]

_LETTERS = "BCDFGHJKLMNPQRSTVWXZ0123456789"
_READS = ("get_", "query", "scan", "describe_", "list_", "batch_get_", "transact_get_")


class Stage:
    """The tables of a module of cases on one backend.

    In the cases tables go by the names of ``TABLES``, in capitals; here each has a name of its own, since DynamoDB
    Local is shared. Items are laid anew only after something was written.
    """

    def __init__(self, client: Any, streams: Any, module: ModuleType) -> None:
        self._client = client
        self._streams = streams
        self._tables: Mapping[str, Mapping[str, Any]] = module.TABLES
        self._items: Mapping[str, Sequence[Mapping[str, Any]]] = getattr(module, "ITEMS", {})
        # Of the same length, so that sizes and places in a text stay what they are.
        self._real = {name: "Q" + "".join(secrets.choice(_LETTERS) for _ in name[1:]) for name in self._tables}
        self._laid = False

    def open(self) -> None:
        """Make the tables."""
        for name, shape in self._tables.items():
            self._client.create_table(**self._renamed({"TableName": name, **shape}))

    def close(self) -> None:
        """Delete all tables that are there, those that the cases have made, too."""
        for real in self._real.values():
            # The names sort, so those that begin with one's own follow it.
            names = self._client.list_tables(ExclusiveStartTableName=real[:-1])["TableNames"]
            for name in (one for one in names if one.startswith(real)):
                if self._client.describe_table(TableName=name)["Table"].get("DeletionProtectionEnabled"):
                    self._client.update_table(TableName=name, DeletionProtectionEnabled=False)
                self._client.delete_table(TableName=name)

    def check(self, case: Case) -> None:
        """Lay the items, ask, and assert what the case says."""
        if not self._laid:
            self._lay()
        answers: list[dict[str, Any]] = []
        for method, request in case.given:
            answers.append(self._ask(method, request, answers))
            assert "refused" not in answers[-1], answers[-1]
        answer = self._ask(case.method, case.request, answers)
        if case.given or ("refused" not in answer and not case.method.startswith(_READS)):
            self._laid = False
        self._compare(case, answer)
        for name, left in (case.leaves or {}).items():
            found = self._client.scan(TableName=self._real.get(name, name), ConsistentRead=True)["Items"]
            assert _sorted(map(comparable, found)) == _sorted(map(comparable, left)), f"the items of {name}"

    def _compare(self, case: Case, answer: dict[str, Any]) -> None:
        if case.refuses is not None:
            assert answer.get("refused") == case.refuses, answer
            if case.told is not None:
                assert answer["told"] == comparable(case.told)
            return
        assert "refused" not in answer, answer["refused"]
        if case.gives is not None:
            assert answer == comparable(case.gives)
        if case.has is not None:
            assert _within(comparable(case.has), answer) == comparable(case.has)

    def _lay(self) -> None:
        for name, shape in self._tables.items():
            table = self._real[name]
            parts = [one["AttributeName"] for one in shape["KeySchema"]]
            there = {_text(one): one for one in self._client.scan(TableName=table, ConsistentRead=True)["Items"]}
            wanted = {_text(one): one for one in self._items.get(name, ())}
            kept = {_text({part: one[part] for part in parts}) for one in wanted.values()}
            new = [one for text, one in wanted.items() if text not in there]
            keys = [{part: one[part] for part in parts} for text, one in there.items() if text not in wanted]
            gone = [key for key in keys if _text(key) not in kept]
            entries = [{"DeleteRequest": {"Key": key}} for key in gone] + [{"PutRequest": {"Item": one}} for one in new]
            for start in range(0, len(entries), 25):
                self._client.batch_write_item(RequestItems={table: entries[start : start + 25]})
        self._laid = True

    def _ask(self, method: str, request: Mapping[str, Any], answers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        client = self._client if hasattr(self._client, method) else self._streams
        told = self._renamed(_filled(request, answers))
        try:
            answer = dict(getattr(client, method)(**told))
        except ParamValidationError as error:
            return {"refused": f"ParamValidationError: {self._plain(str(error).partition(chr(10))[2])}"}
        except ClientError as error:
            response: Mapping[str, Any] = error.response
            rest = {name: value for name, value in response.items()
                    if name not in {"Error", "ResponseMetadata", "message", "Message"}}
            return {"refused": self._plain(f"{response['Error']['Code']}: {response['Error']['Message']}"),
                    "told": comparable(self._plain(rest))}
        answer.pop("ResponseMetadata")
        if "ReturnConsumedCapacity" not in request:
            answer.pop("ConsumedCapacity", None)  # DynamoDB Local tells it unasked when nothing was there to be deleted
        return dict(comparable(self._plain(answer)))

    def _renamed(self, value: Any) -> Any:
        return _replaced(value, self._real)

    def _plain(self, value: Any) -> Any:
        return _replaced(value, {real: name for name, real in self._real.items()})


def _replaced(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for old, new in names.items():
            value = re.sub(rf"(?<![A-Z0-9]){old}(?![A-Z0-9])", new, value)
        return value
    if isinstance(value, dict):
        return {_replaced(name, names): _replaced(inner, names) for name, inner in value.items()}
    return [_replaced(inner, names) for inner in value] if isinstance(value, (list, tuple)) else value


def _filled(value: Any, answers: Sequence[Mapping[str, Any]]) -> Any:
    if isinstance(value, From):
        found: Any = answers[value.place]
        for step in value.path:
            found = found[step]
        return found
    if isinstance(value, dict):
        return {name: _filled(inner, answers) for name, inner in value.items()}
    return [_filled(inner, answers) for inner in value] if isinstance(value, (list, tuple)) else value


def _within(part: Any, whole: Any) -> Any:
    """Give what ``whole`` has at the places of ``part``."""
    if part is ANY:
        return whole
    if isinstance(part, dict) and isinstance(whole, dict):
        return {name: _within(inner, whole.get(name)) for name, inner in part.items()}
    if isinstance(part, list) and isinstance(whole, list) and len(part) == len(whole):
        return [_within(one, other) for one, other in zip(part, whole, strict=True)]
    return whole


def comparable(value: Any) -> Any:
    """Sort what has no order: members of sets; numbers are written in one way."""
    if isinstance(value, dict):
        if len(value) == 1 and (kind := next(iter(value))) in {"SS", "NS", "BS"} and isinstance(value[kind], list):
            return {kind: sorted(map(normalize_number, value[kind]) if kind == "NS" else value[kind])}
        if set(value) == {"N"} and isinstance(value["N"], str):
            return {"N": normalize_number(value["N"])}
        return {key: comparable(inner) for key, inner in value.items()}
    return [comparable(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def _text(value: Any) -> str:
    """Write a value so that equal ones have equal texts."""
    if isinstance(value, dict):
        return "{" + ",".join(sorted(f"{name!r}:{_text(inner)}" for name, inner in comparable(value).items())) + "}"
    return "[" + ",".join(map(_text, value)) + "]" if isinstance(value, list) else repr(value)


def _sorted(found: Any) -> list[Any]:
    return sorted(found, key=_text)
