"""Every error keeps its facts, is the builtin that it resembles, and is documented."""

from __future__ import annotations

import copy
import inspect
import pickle
import re
from typing import Any

import pytest

from pynamite import errors

RESEMBLES = {
    errors.DefinitionError: TypeError,
    errors.KeyValueError: ValueError,
    errors.ExpressionError: ValueError,
    errors.ItemStructureError: ValueError,
    errors.UnknownEntityError: LookupError,
    errors.OperationError: RuntimeError,
    errors.ItemNotFoundError: LookupError,
    errors.TableNotFoundError: LookupError,
    errors.UnreachableError: ConnectionError,
    errors.AnswerLostError: ConnectionError,
    errors.CredentialsError: PermissionError,
    errors.CursorError: ValueError,
    errors.TransferError: ValueError,
    errors.WorkbenchError: ValueError,
}
WARNINGS = [errors.DefinitionWarning]
ALL = [kind for kind in (getattr(errors, name) for name in errors.__all__) if kind not in WARNINGS]
OF_THE_DATABASE: dict[str, Any] = {
    "operation": "PutItem", "table_name": "shop", "key": {"PK": "a"}, "code": "Refused", "response": {"x": 1},
}
TAKEN = errors.ItemExistsError("no", item={"PK": "a"}, **OF_THE_DATABASE)
EXAMPLES = [
    errors.PynamiteError("no"),
    errors.DefinitionError(["one", "two"]),
    errors.KeyValueError("no", entity="Order", template="ORDER#<id>", field="id"),
    errors.ExpressionError("no"),
    errors.ItemError("no"),
    errors.ItemStructureError(["$.a: no", "$.b: no"], entity="Order"),
    errors.UnknownEntityError("no"),
    errors.OperationError("no", **OF_THE_DATABASE),
    errors.ItemNotFoundError("no", **OF_THE_DATABASE),
    errors.ConditionFailedError("no", item={"PK": "a"}, **OF_THE_DATABASE),
    TAKEN,
    errors.StaleVersionError("no", item={"PK": "a"}, **OF_THE_DATABASE),
    errors.UniqueViolationError("no", item={"PK": "a"}, **OF_THE_DATABASE),
    errors.TransactionCanceledError("no", reasons=[None, TAKEN], **OF_THE_DATABASE),
    errors.TableNotFoundError("no", **OF_THE_DATABASE),
    errors.ThrottledError("no", **OF_THE_DATABASE),
    errors.UnprocessedItemsError("no", unprocessed=[{"PK": "a"}], **OF_THE_DATABASE),
    errors.UnreachableError("no", **OF_THE_DATABASE),
    errors.AnswerLostError("no", repeatable=True, token="t", **OF_THE_DATABASE),
    errors.CredentialsError("no", **OF_THE_DATABASE),
    errors.CursorError("no"),
    errors.TransferError("no"),
    errors.WorkbenchError("no", file="table.json", place="$.DataModel"),
]


def facts(error):
    """Give all that an error knows, in a form that can be compared."""
    if not isinstance(error, Exception):
        return error
    kept = {name: [facts(one) for one in value] if isinstance(value, tuple) else value
            for name, value in vars(error).items()}
    return type(error), error.args, kept


def test_every_error_has_an_example_here():
    """The list above leaves no error out."""
    assert {type(error) for error in EXAMPLES} == set(ALL)


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_an_error_survives_pickling_and_copying_with_its_facts(error):
    """An error that crosses to another process tells all that it told here."""
    assert facts(pickle.loads(pickle.dumps(error))) == facts(copy.copy(error)) == facts(error)


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_every_error_is_caught_as_one_of_pynamites(error):
    """`except PynamiteError` catches each, and each has a message."""
    assert isinstance(error, errors.PynamiteError) and str(error)


@pytest.mark.parametrize("kind", RESEMBLES, ids=lambda kind: kind.__name__)
def test_an_error_is_the_builtin_that_it_resembles(kind):
    """Whoever catches the builtin catches pynamite's."""
    assert issubclass(kind, RESEMBLES[kind])


def test_every_error_lives_in_the_module_for_errors(modules):
    """No other module makes errors for its callers."""
    elsewhere = {f"{module.__name__}.{kind.__name__}" for module in modules.values() for kind in vars(module).values()
                 if inspect.isclass(kind) and issubclass(kind, errors.PynamiteError) and kind not in ALL}
    assert elsewhere == set()


@pytest.mark.parametrize("kind", [*ALL, *WARNINGS], ids=lambda kind: kind.__name__)
def test_every_error_is_documented(root, kind):
    """The reference page has a heading for each error."""
    page = (root / "docs/reference/errors.md").read_text()
    assert re.search(rf"^#+ `{kind.__name__}`", page, re.MULTILINE)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_every_documented_fact_is_one_that_the_error_keeps(root, kind):
    """The facts that the page lists for an error are its attributes."""
    page = (root / "docs/reference/errors.md").read_text()
    section = re.split(rf"^#+ `{kind.__name__}`", page, flags=re.MULTILINE)[1]
    listed = re.findall(r"^- `\.(\w+)`", re.split(r"^#", section, maxsplit=1, flags=re.MULTILINE)[0], re.MULTILINE)
    (example,) = [error for error in EXAMPLES if type(error) is kind]
    assert [name for name in listed if not hasattr(example, name)] == []


def test_the_page_documents_no_error_that_is_gone(root):
    """Every heading of the reference page is an error."""
    page = (root / "docs/reference/errors.md").read_text()
    assert set(re.findall(r"^#+ `(\w+)`", page, re.MULTILINE)) == set(errors.__all__)


def test_the_tree_in_the_docstring_is_the_tree_of_the_classes():
    """The module's docstring draws every error under its parent."""
    drawn = re.findall(r"^ {4}([│ ├└─]*)(\w+Error)", errors.__doc__ or "", re.MULTILINE)
    parents: list[str] = []
    shown: dict[str, str | None] = {}
    for indent, name in drawn:
        depth = len(indent) // 4
        parents[depth:] = [name]
        shown[name] = parents[depth - 1] if depth else None
    real = {kind.__name__: next((base.__name__ for base in kind.__bases__ if base in ALL), None) for kind in ALL}
    assert shown == real
