"""Writes whose answers do not come: through a proxy that drops them, and by a client that fails behind its calls."""

from __future__ import annotations

from typing import Any

import botocore.exceptions
import pytest
from botocore.config import Config
from botocore.stub import Stubber

from pynamite import Increment, Table, attribute, dynamo, entity
from pynamite.errors import (
    AnswerLostError,
    ConditionFailedError,
    ItemExistsError,
    ItemNotFoundError,
    OperationError,
    UnreachableError,
)
from tests.fault_proxy import fault_proxy
from tests.faults import LOST, UNDONE, Chance, Fault, Script
from tests.faulty_client import FaultyClient
from tests.transports import fast_client

# boto3's older and newer way to try again, and pynamite's transport, which goes by what boto3 is set to.
WAYS = [("legacy", "boto3"), ("standard", "boto3"), ("standard", "fast")]


@entity(pk="ACCOUNT#<name>", sk="ACCOUNT")
class Account:
    name: str
    visits: int = 0
    city: str | None = None
    tags: set[str] | None = None


ANN = {"name": "ann"}
DROPPED = [*LOST, Fault.DROP_REQUEST, Fault.ERROR_BEFORE]


@pytest.fixture(scope="module")
def proxy(dynamodb_local_url):
    """A proxy in front of DynamoDB Local; each test says what goes wrong."""
    with fault_proxy(dynamodb_local_url) as running:
        yield running


@pytest.fixture(params=WAYS, ids="-".join)
def direct(request, boto3_session, proxy):
    """A client in each retry mode and transport, through the proxy, in which nothing goes wrong yet."""
    proxy.plan = Script()
    mode, transport = request.param
    config = Config(retries={"mode": mode, "max_attempts": 4}, read_timeout=5)
    client = boto3_session.client("dynamodb", endpoint_url=proxy.url, config=config)
    return fast_client(client) if transport == "fast" else client


@pytest.fixture
def store(direct, table_name, proxy, boto3_session, dynamodb_local_url):
    """A table with one account, and a proxy that counts from here."""
    # It is made past the proxy, by a client that waits as long as a busy machine may take.
    made = Table(table_name, Account).connect(boto3_session.client("dynamodb", endpoint_url=dynamodb_local_url))
    made.create_table()
    made[Account].create(Account(name="ann", visits=1))
    proxy.forget()
    return Table(table_name, Account).connect(direct)


def go_wrong(proxy, *faults: Fault | None, action: str) -> None:
    proxy.plan = Script(**{action: faults})


def visits(store) -> int:
    return store[Account].require(ANN, consistent_read=True).visits


@pytest.mark.parametrize("fault", DROPPED)
def test_a_counter_is_never_counted_twice(store, proxy, fault):
    """It has counted where the database got the request, and the error says that nobody knows."""
    go_wrong(proxy, fault, action="UpdateItem")
    with pytest.raises(AnswerLostError) as error:
        store[Account].update(ANN, attribute(Account.visits).add(1))
    assert not error.value.repeatable
    assert (proxy.seen["UpdateItem"], visits(store)) == (1, 1 + proxy.forwarded["UpdateItem"])


@pytest.mark.parametrize("direct", [("adaptive", "boto3")], indirect=True)
def test_a_client_that_adapts_its_pace_counts_once(store, proxy):
    """boto3's third mode asks the same event."""
    go_wrong(proxy, Fault.THROTTLE, Fault.DROP_RESPONSE, action="UpdateItem")
    with pytest.raises(AnswerLostError):
        store[Account].update(ANN, attribute(Account.visits).add(1))
    assert (proxy.seen["UpdateItem"], visits(store)) == (2, 2)


def test_a_plain_counter_is_never_counted_twice(store, proxy):
    """The DB core goes the same way."""
    db = store.db
    go_wrong(proxy, Fault.DROP_RESPONSE, action="UpdateItem")
    with pytest.raises(AnswerLostError, match="ACCOUNT#ann"):
        db.update(["ACCOUNT#ann", "ACCOUNT"], {"visits": Increment("visits")})
    assert visits(store) == 2


@pytest.mark.parametrize("fault", [Fault.THROTTLE, Fault.CONFLICT])
def test_what_was_refused_is_tried_again(store, proxy, fault):
    """The database has said that it did nothing."""
    go_wrong(proxy, fault, fault, action="UpdateItem")
    assert store[Account].update(ANN, attribute(Account.visits).add(1)).visits == 2
    assert (proxy.seen["UpdateItem"], proxy.forwarded["UpdateItem"]) == (3, 1)


def test_what_was_not_sent_is_tried_again(store, direct, proxy):
    """Where there is not even a connection, nothing can have been done."""
    unreachable = [botocore.exceptions.EndpointConnectionError(endpoint_url=proxy.url)]

    def refuse(**_: Any) -> None:
        if unreachable:
            raise unreachable.pop()

    direct.meta.events.register("before-send.dynamodb.UpdateItem", refuse)
    assert store[Account].update(ANN, attribute(Account.visits).add(1)).visits == 2


@pytest.mark.parametrize("fault", DROPPED)
def test_a_new_item_is_made_once(store, proxy, fault):
    """The second try meets the item of the first: that is success."""
    go_wrong(proxy, fault, action="PutItem")
    bob = Account(name="bob", tags={"x", "y"})
    assert store[Account].create(bob) == bob
    assert store[Account].get(bob) == bob
    assert proxy.seen["PutItem"] == 2
    with pytest.raises(ItemExistsError):
        store[Account].create(bob)


def test_a_new_item_that_meets_another_still_fails(store, proxy):
    """What is there is not what was sent."""
    go_wrong(proxy, Fault.DROP_RESPONSE, action="PutItem")
    with pytest.raises(ItemExistsError) as error:
        store[Account].create(Account(name="ann", city="Bern"))
    assert error.value.item == Account(name="ann", visits=1)
    go_wrong(proxy, Fault.DROP_RESPONSE, action="PutItem")
    with pytest.raises(ItemExistsError):
        store.db.create(["ACCOUNT#ann", "ACCOUNT"], {"visits": 1})


@pytest.mark.parametrize("fault", DROPPED)
def test_a_transaction_happens_once(store, proxy, fault):
    """Its token tells the service that it knows it."""
    go_wrong(proxy, fault, fault, action="TransactWriteItems")
    with store.transaction() as tx:
        tx[Account].update(ANN, attribute(Account.visits).add(1))
        tx[Account].create(Account(name="bob"))
    assert (visits(store), proxy.seen["TransactWriteItems"]) == (2, 3)


def test_a_transaction_in_conflict_is_tried_again(store, proxy):
    """Others were at the same item."""
    go_wrong(proxy, *[Fault.CONFLICT] * 3, action="TransactWriteItems")
    with store.transaction() as tx:
        tx[Account].update(ANN, attribute(Account.visits).add(1))
    assert (visits(store), proxy.forwarded["TransactWriteItems"]) == (2, 1)


def test_a_move_happens_once(store, proxy):
    """It is a transaction, too."""
    go_wrong(proxy, Fault.DROP_RESPONSE, action="TransactWriteItems")
    moved = store[Account].move(ANN, {"name": "bob"})
    assert (store[Account].get(ANN), store[Account].get(name="bob")) == (None, moved)


@pytest.mark.parametrize("fault", DROPPED)
def test_what_is_as_good_twice_is_tried_again(store, proxy, fault):
    """Puts, values that are set, elements of sets, deletions, batches."""
    accounts = store[Account]
    proxy.plan = Script(PutItem=[fault], UpdateItem=[fault], DeleteItem=[fault], BatchWriteItem=[fault])
    accounts.put(Account(name="bob"))
    assert accounts.update(ANN, {"city": "Bern"}, attribute(Account.tags).add({"vip"})).city == "Bern"
    proxy.plan.add("UpdateItem", fault)
    assert accounts.update({"name": "cy"}, {"city": "Bern"}, upsert=True) == Account(name="cy", city="Bern")
    accounts.delete(ANN)
    accounts.put_many([Account(name="dan")])
    assert {account.name for account in accounts.scan()} == {"bob", "cy", "dan"}
    assert not proxy.plan.left


@pytest.mark.parametrize("fault", [Fault.DROP_RESPONSE, Fault.ERROR_AFTER])
def test_a_condition_that_the_write_itself_falsifies_is_not_tried_again(store, proxy, fault):
    """The second try would be refused, because the first was done."""
    accounts = store[Account]
    proxy.plan = Script(UpdateItem=[fault], DeleteItem=[fault])
    with pytest.raises(AnswerLostError):
        accounts.update(ANN, {"visits": 5}, where=attribute(Account.visits) == 1)
    assert visits(store) == 5
    with pytest.raises(AnswerLostError):
        accounts.delete(ANN, must_exist=True)
    with pytest.raises(ItemNotFoundError):
        accounts.delete(ANN, must_exist=True)


@pytest.mark.parametrize("fault", DROPPED)
def test_a_read_is_tried_again(store, proxy, fault):
    """Of a cut answer, too, which boto3's newer modes take for an empty one."""
    proxy.plan = Script(GetItem=[fault], Query=[fault], Scan=[fault], BatchGetItem=[fault])
    ann = Account(name="ann", visits=1)
    accounts = store[Account]
    assert accounts.get(ANN) == ann
    assert accounts.partition(ANN) == [ann]
    assert accounts.scan().all() == [ann]
    assert accounts.get_many([ANN]) == [ann]
    assert not proxy.plan.left


def test_a_read_that_never_succeeds_is_no_lost_write(store, proxy):
    """The error tells what every other one tells."""
    go_wrong(proxy, *[Fault.DROP_RESPONSE] * 6, action="GetItem")
    with pytest.raises(UnreachableError) as error:
        store[Account].get(ANN)
    assert not isinstance(error.value, AnswerLostError)


def test_calls_of_ones_own_are_tried_again_as_ever(store, direct, proxy):
    """On the same client: boto3 counts twice, as it does without pynamite."""
    go_wrong(proxy, Fault.DROP_RESPONSE, action="UpdateItem")
    direct.update_item(
        TableName=store.name, Key={"PK": {"S": "ACCOUNT#ann"}, "SK": {"S": "ACCOUNT"}},
        UpdateExpression="ADD visits :one", ExpressionAttributeValues={":one": {"N": "1"}})
    assert visits(store) == 3


def test_a_client_is_watched_once(direct):
    """However often it is handed in."""
    from pynamite.connect import connect

    def handlers() -> int:
        return len(direct.meta.events._emitter._handlers.prefix_search("needs-retry.dynamodb.PutItem"))

    connect(direct)
    before = handlers()
    assert connect(direct) is direct
    assert handlers() == before


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_each_order_is_counted_once(store, proxy, seed):
    """A day of bad luck: transactions with their own token are run again until they are done."""
    proxy.plan = Chance(seed, probability=0.4, faults=[*LOST, *UNDONE])
    for number in range(15):
        for _ in range(10):
            try:
                with store.transaction(token=f"{store.name[-32:]}-{number}") as tx:
                    tx[Account].update(ANN, attribute(Account.visits).add(1))
                    tx[Account].create(Account(name=f"order {number}"))
            except UnreachableError:
                continue
            break
    happened = proxy.plan.happened
    proxy.plan = Script()
    assert visits(store) == 16
    assert sum(happened.values()) > 3


@pytest.fixture
def faulty(embedded, table_name):
    """The embedded engine, behind a client that fails as it is told; and what it fails with."""
    client: Any = FaultyClient(embedded)
    store = Table(table_name, Account).connect(client)
    store.create_table()
    store[Account].create(Account(name="ann", visits=1))
    return store


@pytest.mark.parametrize("fault", LOST)
def test_a_client_without_events_tells_by_its_error_alone(faulty, fault):
    """Nothing is tried again: what was called is known to be sent."""
    faulty.client.plan = Script(UpdateItem=[fault, fault], PutItem=[fault])
    with pytest.raises(AnswerLostError) as error:
        faulty[Account].update(ANN, attribute(Account.visits).add(1))
    assert not error.value.repeatable
    with pytest.raises(AnswerLostError) as error:
        faulty[Account].update(ANN, {"city": "Bern"})
    assert error.value.repeatable
    with pytest.raises(AnswerLostError) as error:
        faulty[Account].create(Account(name="bob"))
    assert error.value.repeatable
    assert visits(faulty) == 2
    assert faulty[Account].get(name="bob") is not None


def test_a_client_that_could_not_send_has_done_nothing(faulty):
    """And the error is not the one for lost answers."""
    faulty.client.plan = Script(UpdateItem=[Fault.DROP_REQUEST])
    with pytest.raises(UnreachableError) as error:
        faulty[Account].update(ANN, attribute(Account.visits).add(1))
    assert not isinstance(error.value, AnswerLostError)
    assert visits(faulty) == 1


@pytest.mark.parametrize("again", [True, False])
def test_a_lost_transaction_is_run_again_with_its_token(faulty, again):
    """The error has it, whoever chose it."""
    faulty.client.plan = Script(TransactWriteItems=[Fault.DROP_RESPONSE if again else Fault.CUT_RESPONSE])

    def count(token: str | None) -> None:
        with faulty.transaction(token=token) as tx:
            tx[Account].update(ANN, attribute(Account.visits).add(1))

    with pytest.raises(AnswerLostError) as error:
        count(None)
    if again:
        count(error.value.token)
    assert visits(faulty) == 2


def test_a_failed_condition_behind_a_lost_answer_is_lost_with_it(faulty):
    """Nobody knows what the answer would have been."""
    faulty.client.plan = Script(UpdateItem=[Fault.DROP_RESPONSE])
    with pytest.raises(AnswerLostError):
        faulty[Account].update(ANN, {"city": "Bern"}, where=attribute(Account.visits) == 7)
    with pytest.raises(ConditionFailedError):
        faulty[Account].update(ANN, {"city": "Bern"}, where=attribute(Account.visits) == 7)


def test_a_stubbed_client_goes_on_working(boto3_session):
    """botocore's Stubber answers in the service's place; its errors are read like the service's."""
    client = boto3_session.client("dynamodb")
    db = dynamo.DB("shop", client)
    with Stubber(client) as stubber:
        stubber.add_response("update_item", {"Attributes": {"n": {"N": "1"}}})
        stubber.add_client_error("update_item", "InternalServerError", http_status_code=500)
        stubber.add_client_error("update_item", "ValidationException")
        assert db.update("a.b", {"n": Increment("n")}) == {"n": 1}
        with pytest.raises(AnswerLostError):
            db.update("a.b", {"n": Increment("n")})
        with pytest.raises(OperationError) as error:
            db.update("a.b", {"n": Increment("n")})
        assert error.value.code == "ValidationException"


def test_plans_are_the_same_for_the_same_seed():
    """What a random plan has found can be looked for again."""
    def drawn(seed: int) -> list[Fault | None]:
        plan = Chance(seed, probability=0.5, actions=["PutItem"], most=2)
        return [plan.next(action) for _ in range(50) for action in ("PutItem", "GetItem")]

    first = drawn(1)
    assert first == drawn(1) != drawn(2)
    assert set(first[1::2]) == {None}
    puts = first[::2]
    assert all(None in puts[start : start + 3] for start in range(len(puts) - 2))


def test_a_late_answer_is_lost_for_who_does_not_wait(boto3_session, proxy, table_name):
    """A time-out says nothing about the write."""
    config = Config(retries={"mode": "standard"}, read_timeout=0.2)
    dynamo.create_table(table_name, boto3_session.client("dynamodb", endpoint_url=proxy.url))
    db = dynamo.DB(table_name, boto3_session.client("dynamodb", endpoint_url=proxy.url, config=config))
    go_wrong(proxy, Fault.DELAY, action="UpdateItem")
    with pytest.raises(AnswerLostError, match="[Tt]imeout"):
        db.update("a.b", {"n": Increment("n")})
