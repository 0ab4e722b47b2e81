"""Every error is raised by what it is for, and says which entity, which item and which request it is about."""

from __future__ import annotations

import io
import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import boto3
import botocore.exceptions
import pytest

import pynamite
from pynamite import Store, Table, attribute, entity, errors, evolve, field, path
from pynamite.dynamo.backoff import Backoff
from pynamite.errors import (
    AnswerLostError,
    ConditionFailedError,
    CredentialsError,
    CursorError,
    DefinitionError,
    ExpressionError,
    ItemError,
    ItemExistsError,
    ItemNotFoundError,
    ItemStructureError,
    KeyValueError,
    OperationError,
    PynamiteError,
    StaleVersionError,
    TableNotFoundError,
    ThrottledError,
    TransactionCanceledError,
    TransferError,
    UniqueViolationError,
    UnknownEntityError,
    UnprocessedItemsError,
    UnreachableError,
    WorkbenchError,
)
from pynamite.transfer import import_items
from pynamite.workbench import read_model
from tests.faults import Fault, Script
from tests.faulty_client import FaultyClient


@entity(pk="USER#<account_id>", sk="PROFILE")
class User:
    account_id: str
    visits: int = 0
    rest: dict[str, Any] = field(factory=dict, rest=True)


@entity(pk="USER#<account_id>", sk="LOGIN")
class Login:
    account_id: str
    email: str = field(unique=True)


@entity(pk="DOC#<doc_id>", sk="DOC")
class Doc:
    doc_id: str
    title: str = ""
    version: int = field(default=0, version=True)


@attrs.define
class Header:
    account_id: str


TABLE = Table("people", User, Login, Doc)
ANN = User(account_id="ann")
KEY = {"account_id": "ann"}
ITEM_KEY = {"PK": "USER#ann", "SK": "PROFILE"}


class Always(Script):
    """A plan by which nothing goes well."""

    def __init__(self, fault: Fault, *actions: str) -> None:
        super().__init__()
        self.fault = fault
        self.actions = actions

    def next(self, action: str) -> Fault | None:
        return self.fault if not self.actions or action in self.actions else None


@pytest.fixture(autouse=True)
def no_waits(monkeypatch):
    """Try again at once."""
    monkeypatch.setattr(Backoff, "wait", lambda backoff, attempt: None)


@pytest.fixture
def store(embedded):
    """The table with Ann in it."""
    store = TABLE.connect(embedded)
    store.create_table()
    store[User].create(ANN)
    store[Login].create(Login(account_id="ann", email="ann@x"))
    store[Doc].create(Doc(doc_id="1"))
    return store


def failing(store: Store, fault: Fault, *actions: str) -> Store:
    """Give the store on a client that fails each request of these actions, or every request."""
    client: Any = FaultyClient(store.client, Always(fault, *actions))
    return TABLE.connect(client)


def stale(store: Store) -> None:
    """Save a document that somebody else has changed meanwhile."""
    old = store[Doc].require(doc_id="1")
    store[Doc].update({"doc_id": "1"}, {"title": "theirs"})
    store[Doc].save(evolve(old, title="mine"), since=old)


def together(store: Store) -> None:
    """Create what is there already, with something else that is fine."""
    with store.transaction() as tx:
        tx[Doc].create(Doc(doc_id="2"))
        tx[User].create(ANN)


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def somebody_at_a_closed_port(store: Store) -> None:
    TABLE.connect(f"http://127.0.0.1:{closed_port()}")[User].get(KEY)


def nobody(store: Store) -> None:
    """Ask AWS without saying who asks."""
    client: Any = boto3.Session().client("dynamodb", region_name="us-east-1")
    TABLE.connect(client)[User].get(KEY)


@attrs.frozen
class Case:
    """How an error comes about, and what it has to say."""

    kind: type[OperationError]
    act: Callable[[Store], Any]
    operation: str
    code: str | None
    entity: str | None = "User"
    key: dict[str, str] | None = attrs.field(factory=lambda: ITEM_KEY)
    cause: type[Exception] | None = botocore.exceptions.ClientError
    more: dict[str, Any] = attrs.field(factory=dict)


FAILED = "ConditionalCheckFailedException"
CASES = [
    Case(
        OperationError,
        lambda store: store[User].update(KEY, path("home.zip").set("1")),
        "UpdateItem",
        "ValidationException",
    ),
    Case(
        ItemNotFoundError,
        lambda store: store[User].update({"account_id": "bob"}, {"visits": 1}),
        "UpdateItem",
        FAILED,
        key={"PK": "USER#bob", "SK": "PROFILE"},
    ),
    Case(
        ItemNotFoundError,
        lambda store: store[User].require(account_id="bob"),
        "GetItem",
        None,
        key={"PK": "USER#bob", "SK": "PROFILE"},
        cause=None,
    ),
    Case(
        ConditionFailedError,
        lambda store: store[User].update(KEY, {"visits": 1}, where=attribute(User.visits) > 5),
        "UpdateItem",
        FAILED,
        more={"item": ANN},
    ),
    Case(ItemExistsError, lambda store: store[User].create(ANN), "PutItem", FAILED, more={"item": ANN}),
    Case(
        StaleVersionError,
        stale,
        "UpdateItem",
        FAILED,
        "Doc",
        {"PK": "DOC#1", "SK": "DOC"},
        more={"expected": 1, "found": 2, "item": Doc(doc_id="1", title="theirs", version=2)},
    ),
    Case(
        UniqueViolationError,
        lambda store: store[Login].create(Login(account_id="bob", email="ann@x")),
        "TransactWriteItems",
        "ConditionalCheckFailed",
        "Login",
        {"PK": "USER#bob", "SK": "LOGIN"},
        more={"fields": ("email",), "owner": {"PK": "USER#ann", "SK": "LOGIN"}},
    ),
    Case(TransactionCanceledError, together, "TransactWriteItems", "TransactionCanceledException", None, None),
    Case(
        TableNotFoundError,
        lambda store: TABLE.connect(store.client, name="nowhere")[User].get(KEY),
        "GetItem",
        "ResourceNotFoundException",
    ),
    Case(
        ThrottledError,
        lambda store: failing(store, Fault.THROTTLE)[User].get(KEY),
        "GetItem",
        "ProvisionedThroughputExceededException",
    ),
    Case(
        UnprocessedItemsError,
        lambda store: failing(store, Fault.THROTTLE)[User].put_many([ANN]),
        "BatchWriteItem",
        None,
        key=None,
        cause=ThrottledError,
        more={"unprocessed": (ANN,)},
    ),
    Case(
        UnreachableError,
        somebody_at_a_closed_port,
        "GetItem",
        None,
        cause=botocore.exceptions.EndpointConnectionError,
    ),
    Case(
        AnswerLostError,
        lambda store: failing(store, Fault.DROP_RESPONSE)[User].update(KEY, attribute(User.visits).add(1)),
        "UpdateItem",
        None,
        cause=botocore.exceptions.ConnectionClosedError,
        more={"repeatable": False, "token": None},
    ),
    Case(CredentialsError, nobody, "GetItem", None, cause=botocore.exceptions.NoCredentialsError),
]


def named(case: Case) -> str:
    return case.kind.__name__


@pytest.fixture
def without_credentials(monkeypatch):
    """Let boto3 find no credentials, and try nothing twice."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")


@pytest.mark.parametrize("case", CASES, ids=named)
@pytest.mark.usefixtures("without_credentials")
def test_a_refusal_says_what_it_is_about(store, case):
    """Its entity, its item, its request and what the service said of it."""
    with pytest.raises(case.kind) as raised:
        case.act(store)
    error = raised.value
    assert type(error) is case.kind
    assert (error.entity, error.key, error.operation, error.code) == (case.entity, case.key, case.operation, case.code)
    assert error.table_name == ("nowhere" if case.kind is TableNotFoundError else "people")
    assert isinstance(error.__cause__, case.cause or type(None))
    assert (error.response is not None) == (case.code is not None)
    assert {name: getattr(error, name) for name in case.more} == case.more


def test_each_reason_of_a_cancelled_transaction_says_what_it_is_about(store):
    """The transaction is of several items; each reason is of one."""
    with pytest.raises(TransactionCanceledError) as raised:
        together(store)
    nothing, reason = raised.value.reasons
    assert nothing is None
    assert (type(reason), reason.entity, reason.key, reason.table_name, reason.code) == (
        ItemExistsError, "User", ITEM_KEY, "people", "ConditionalCheckFailed")
    assert isinstance(reason.__cause__, botocore.exceptions.ClientError)


ONE_ITEM: dict[str, Callable[[Store], Any]] = {
    "get": lambda store: store[User].get(KEY),
    "require": lambda store: store[User].require(KEY),
    "view": lambda store: store[User].view(Header).get(KEY),
    "create": lambda store: store[User].create(User(account_id="ann", visits=1)),
    "put": lambda store: store[User].put(ANN),
    "update": lambda store: store[User].update(KEY, {"visits": 2}),
    "save": lambda store: store[User].save(evolve(ANN, visits=3), since=ANN),
    "move": lambda store: store[User].move(KEY, {"account_id": "bob"}),
    "delete": lambda store: store[User].delete(KEY),
}
MANY_ITEMS: dict[str, Callable[[Store], Any]] = {
    "get_many": lambda store: store[User].get_many([KEY]),
    "put_many": lambda store: store[User].put_many([ANN]),
    "delete_many": lambda store: store[User].delete_many([KEY]),
    "query": lambda store: store[User].query(KEY).all(),
    "partition": lambda store: store[User].partition(KEY),
    "count": lambda store: store[User].count(KEY),
    "scan": lambda store: store[User].scan().first(),
    "page": lambda store: store[User].scan().page(1),
}


@pytest.mark.parametrize("verb", [*ONE_ITEM, *MANY_ITEMS])
def test_whatever_fails_on_the_way_says_what_it_was_for(store, verb):
    """The client knows the request alone, and pynamite whose it was."""
    act = {**ONE_ITEM, **MANY_ITEMS}[verb]
    with pytest.raises((ThrottledError, UnprocessedItemsError)) as raised:
        act(failing(store, Fault.THROTTLE))
    error = raised.value
    assert (error.entity, error.table_name) == ("User", "people")
    assert error.key == (ITEM_KEY if verb in ONE_ITEM else None)


@pytest.mark.parametrize("action", ["GetItem", "TransactWriteItems"])
def test_a_unit_of_work_is_about_the_item_that_was_asked_for(store, action):
    """Its guards and all that follows are its own affair, whichever of its requests fails."""
    with pytest.raises(ThrottledError) as raised:
        failing(store, Fault.THROTTLE, action)[Login].update(KEY, {"email": "new@x"})
    assert (raised.value.operation, raised.value.entity) == (action, "Login")
    assert raised.value.key == {"PK": "USER#ann", "SK": "LOGIN"}


def test_a_read_of_a_unique_value_says_whose_it_was(store):
    """The first request is for the guard."""
    with pytest.raises(ThrottledError) as raised:
        failing(store, Fault.THROTTLE)[Login].get_unique(email="ann@x")
    assert raised.value.entity == "Login"


@pytest.mark.parametrize("act", [
    lambda store: store[User].update(KEY, {"visits": 1}),
    lambda store: store[Login].create(Login(account_id="bob", email="bob@x")),
    lambda store: store[Login].update(KEY, {"email": "bob@x"}),
    lambda store: store[User].update(KEY, attribute(User.visits).add(1), reread=True),
])
def test_a_conflict_that_stays_is_told_after_all_waiting(store, act):
    """With the item, and what to do."""
    with pytest.raises(OperationError, match="try again later") as raised:
        act(failing(store, Fault.CONFLICT, "UpdateItem", "TransactWriteItems"))
    assert raised.value.entity in {"User", "Login"} and raised.value.key is not None


def structure(store: Store) -> Any:
    store.db.put("USER#bad.PROFILE", {"_type": "User", "visits": "many"})
    return store[User].get(account_id="bad")


OTHERS: dict[type[PynamiteError], tuple[Callable[[Store], Any], dict[str, Any]]] = {
    DefinitionError: (lambda store: store[User].query("GSI9", KEY).all(), {}),
    KeyValueError: (lambda store: store[User].get(account_id=""), {"entity": "User", "field": "account_id"}),
    ExpressionError: (lambda store: store[User].update(KEY, path("a..b").set(1)), {}),
    ItemStructureError: (structure, {"entity": "User"}),
    UnknownEntityError: (lambda store: store[Header], {}),
    CursorError: (lambda store: store[User].scan().page(1, "nonsense"), {}),
    TransferError: (lambda store: import_items(store, io.BytesIO(b""), format="none"), {}),
    WorkbenchError: (lambda store: read_model({"ModelName": 5, "DataModel": []}), {"place": "$.ModelName"}),
}
ROOTS = {PynamiteError, ItemError}
"""What nothing but their subclasses is raised as."""


@pytest.mark.parametrize("kind", OTHERS, ids=lambda kind: kind.__name__)
def test_an_error_before_anything_is_sent(store, kind):
    """It says what is wrong with what was given, or with what was found."""
    act, facts = OTHERS[kind]
    with pytest.raises(kind) as raised:
        act(store)
    assert type(raised.value) is kind
    assert {name: getattr(raised.value, name) for name in facts} == facts


def test_no_error_is_left_out():
    """Each class of errors.py is raised above, by real means."""
    all_kinds = {getattr(errors, name) for name in errors.__all__ if issubclass(getattr(errors, name), PynamiteError)}
    assert {case.kind for case in CASES} | set(OTHERS) | ROOTS == all_kinds


def test_what_is_not_raised_is_raised_nowhere():
    """Else the lists above are out of date."""
    sources = {path.name: path.read_text() for path in Path(pynamite.__file__).parent.rglob("*.py")}
    for kind in ROOTS:
        raising = {name for name, text in sources.items() if re.search(rf"(raise|return) {kind.__name__}\(", text)}
        assert raising == set()
