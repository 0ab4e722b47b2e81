"""boto3's transport and pynamite's, side by side: whatever goes wrong on the way, the outcome is the same."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.config import Config

from pynamite import Table, attribute, entity
from pynamite.errors import AnswerLostError, PynamiteError, UnreachableError
from pynamite.local.server import serve
from tests.fault_proxy import fault_proxy
from tests.faults import LOST, ODD, UNDONE, UNREADABLE, Fault, Script
from tests.transports import fast_client, without_moto

TRANSPORTS = ("boto3", "fast")


@entity(pk="ACCOUNT#<name>", sk="ACCOUNT")
class Account:
    name: str
    visits: int = 0
    note: str = ""


ANN = {"name": "ann"}
KEY = {"PK": {"S": "ACCOUNT#ann"}, "SK": {"S": "ACCOUNT"}}
COUNT = {"Key": KEY, "UpdateExpression": "ADD visits :one", "ExpressionAttributeValues": {":one": {"N": "1"}},
         "ReturnValues": "ALL_NEW"}


@pytest.fixture(scope="module")
def served_url():
    """The engine behind its own server."""
    with serve() as server:
        yield server.url


@pytest.fixture(scope="module", params=["served", "dynamodb_local"])
def proxy(request):
    """A proxy in front of a server; each test says what goes wrong."""
    with fault_proxy(request.getfixturevalue(f"{request.param}_url")) as running:
        yield running


# What goes wrong is the proxy's doing, whatever is behind it: the engine, which is quicker, will do.
behind_the_proxy = pytest.mark.parametrize("proxy", ["served"], indirect=True)


@pytest.fixture(scope="module")
def stores(boto3_session, proxy):
    """A table for each transport, of the same content."""
    def connected(transport: str) -> Any:
        client = boto3_session.client("dynamodb", endpoint_url=proxy.url, config=Config(read_timeout=5))
        client = fast_client(client) if transport == "fast" else without_moto(client)
        store = Table(f"transports-{transport}-{id(proxy)}", Account).connect(client)
        store.create_table()
        return store

    return {transport: connected(transport) for transport in TRANSPORTS}


def count(store):
    return store[Account].update(ANN, attribute(Account.visits).add(1)).visits


def create(store):
    return store[Account].create(Account(name="bob"))


def put(store):
    return store[Account].put(Account(name="ann", visits=7))


def read(store):
    return store[Account].get(ANN)


def read_all(store):
    return store[Account].scan().all()


def read_many(store):
    return store[Account].get_many([ANN, {"name": "bob"}])


def write_many(store):
    return store[Account].put_many([Account(name="bob"), Account(name="cy")])


def transact(store):
    with store.transaction() as tx:
        tx[Account].update(ANN, attribute(Account.visits).add(1))
        tx[Account].create(Account(name="bob"))


def refused(store):
    return store[Account].create(Account(name="ann", visits=99))


def count_by_client(store):
    return store.client.update_item(TableName=store.name, **COUNT)["Attributes"]


OPERATIONS = {
    count: "UpdateItem", create: "PutItem", put: "PutItem", read: "GetItem", read_all: "Scan",
    read_many: "BatchGetItem", write_many: "BatchWriteItem", transact: "TransactWriteItems", refused: "PutItem",
    count_by_client: "UpdateItem",
}


def outcome(store, proxy, operation, *faults: Fault) -> dict[str, Any]:
    """Do something on a fresh table while it goes wrong, and tell all that comes of it."""
    proxy.plan = Script()
    for account in store[Account].scan():
        store[Account].delete(account)
    store[Account].put(Account(name="ann", visits=1, note="n" * 500))
    proxy.forget()
    action = OPERATIONS[operation]
    proxy.plan = Script(**{action: list(faults)})
    told: Any
    try:
        told = operation(store)
    except PynamiteError as error:
        told = (type(error), type(error.__cause__), getattr(error, "code", None))
    except Exception as error:  # noqa: BLE001 - boto3 says what it says
        told = type(error).__name__, getattr(error, "response", {}).get("Error")
    left, proxy.plan = proxy.plan.left, Script()
    there = sorted(store[Account].scan(), key=lambda account: account.name)
    return {"told": told, "seen": proxy.seen[action], "forwarded": proxy.forwarded[action], "left": left,
            "there": there}


# boto3 takes half a head for an empty answer: see the test below.
WRONG = [*ODD, *LOST, *UNDONE, Fault.UNAVAILABLE, *(fault for fault in UNREADABLE if fault is not Fault.CUT_HEAD)]


@behind_the_proxy
@pytest.mark.parametrize("fault", WRONG)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.__name__)
def test_the_outcome_is_the_same_on_both(stores, proxy, operation, fault):
    """What is told, how often it was asked, and what is in the table afterwards."""
    by_boto3, by_us = (outcome(stores[transport], proxy, operation, fault) for transport in TRANSPORTS)
    assert by_us == by_boto3


@behind_the_proxy
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.__name__)
def test_half_a_head_is_no_answer(stores, proxy, operation):
    """Nothing is taken for an empty answer: it is lost, as if the connection had been closed before it."""
    cut = outcome(stores["fast"], proxy, operation, Fault.CUT_HEAD)
    assert cut == outcome(stores["boto3"], proxy, operation, Fault.DROP_RESPONSE)


@behind_the_proxy
@pytest.mark.parametrize("fault", [Fault.DROP_RESPONSE, Fault.ERROR_BEFORE, Fault.WRONG_CHECKSUM])
@pytest.mark.parametrize("operation", [read, put, count], ids=lambda operation: operation.__name__)
def test_tries_end_where_boto3_ends_them(stores, proxy, operation, fault):
    """As many as its mode allows, and the same error at the end."""
    by_boto3, by_us = (outcome(stores[transport], proxy, operation, *[fault] * 6) for transport in TRANSPORTS)
    assert by_us == by_boto3
    assert by_us["seen"] == (1 if operation is count else 4)


def test_answers_are_those_of_boto3(stores, proxy):
    """With their metadata, which tell the tries."""
    def answers(store) -> list[Any]:
        proxy.plan = Script(GetItem=[None, Fault.ERROR_BEFORE])
        store.client.put_item(TableName=store.name, Item={
            **KEY, "b": {"B": b"\0\xff"}, "bs": {"BS": [b"x", b"y"]}, "l": {"L": [{"B": b"1"}, {"NULL": True}]},
            "m": {"M": {"B": {"B": b"2"}, "n": {"N": "1"}}}, "t": {"S": "\u00e9\U0001f600"}})
        key = {"TableName": store.name, "Key": KEY}
        values = {":pk": KEY["PK"]}
        found = [
            store.client.get_item(**key), store.client.get_item(**key, ReturnConsumedCapacity="TOTAL"),
            store.client.get_item(TableName=store.name, Key={**KEY, "SK": {"S": "nothing"}}),
            store.client.query(TableName=store.name, KeyConditionExpression="PK = :pk", Limit=1,
                               ExpressionAttributeValues=values),
            store.client.scan(TableName=store.name), store.client.scan(TableName=store.name, Select="COUNT"),
            store.client.batch_get_item(RequestItems={store.name: {"Keys": [KEY]}}),
            store.client.transact_get_items(TransactItems=[
                {"Get": key}, {"Get": {**key, "Key": {**KEY, "SK": {"S": "nothing"}}}}]),
            store.client.transact_write_items(TransactItems=[{"Delete": key}]),
        ]
        for answer in found:
            metadata = answer["ResponseMetadata"]
            assert metadata.pop("RequestId") == metadata["HTTPHeaders"].pop("x-amzn-requestid")
            metadata["HTTPHeaders"] = sorted(metadata["HTTPHeaders"])
            answer.get("ConsumedCapacity", {}).pop("TableName", None)
            if "Responses" in answer and isinstance(answer["Responses"], dict):
                answer["Responses"] = list(answer["Responses"].values())
        return found

    by_boto3, by_us = (answers(stores[transport]) for transport in TRANSPORTS)
    assert by_us == by_boto3
    assert [answer["ResponseMetadata"]["RetryAttempts"] for answer in by_us] == [0, 1, 0, 0, 0, 0, 0, 0, 0]


def test_refusals_are_those_of_boto3(stores):
    """The same class, with the same message, and what the service adds."""
    def refusals(store) -> list[Any]:
        client = store.client
        store[Account].put(Account(name="ann", visits=1))
        key = {"TableName": store.name, "Key": KEY}
        failing = {"ConditionExpression": "attribute_not_exists(PK)", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        calls: list[Any] = [
            lambda: client.update_item(**{**key, **COUNT}, **failing),
            lambda: client.transact_write_items(TransactItems=[{"Delete": {**key, **failing}}]),
            lambda: client.get_item(TableName=store.name, Key={"PK": {"S": "a"}}),
            lambda: client.get_item(TableName="nobody", Key=KEY),
            lambda: client.get_item(**key, ConsistentReed=True),
            lambda: client.get_item(TableName=store.name, Key={"PK": {"S": 1}}),
            lambda: client.put_item(TableName=store.name, Item={**KEY, "at": {"S": object}}),
            lambda: client.get_item(key),
        ]
        found = []
        for call in calls:
            with pytest.raises(Exception) as error:
                call()
            raised: Any = error.value
            response = getattr(raised, "response", {})
            response.get("Item", {}).pop("_updated", None)
            found.append((type(raised).__name__, response.get("Error"), response.get("Item") and True,
                          [reason["Code"] for reason in response.get("CancellationReasons", [])],
                          None if isinstance(raised, TypeError) else str(raised)))
        return found

    by_boto3, by_us = (refusals(stores[transport]) for transport in TRANSPORTS)
    assert by_us == by_boto3
    assert [name for name, *_ in by_us] == [
        "ConditionalCheckFailedException", "TransactionCanceledException", "ClientError", "ResourceNotFoundException",
        "ParamValidationError", "ParamValidationError", "ParamValidationError", "TypeError"]


@behind_the_proxy
def test_an_answer_that_does_not_come_is_lost_for_a_write(boto3_session, stores, proxy, monkeypatch):
    """The time that one waits is that of the configuration."""
    config = Config(read_timeout=0.3, retries={"total_max_attempts": 2})
    client = fast_client(boto3_session.client("dynamodb", endpoint_url=proxy.url, config=config))
    stores["fast"][Account].put(Account(name="ann"))
    store = Table(stores["fast"].name, Account).connect(client)
    monkeypatch.setattr(proxy, "delay", 1.0)
    proxy.plan = Script(UpdateItem=[Fault.DELAY], GetItem=[Fault.DELAY] * 2)
    with pytest.raises(AnswerLostError, match="[Tt]imeout"):
        count(store)
    with pytest.raises(UnreachableError, match="[Tt]imeout"):
        read(store)
    proxy.plan = Script()
