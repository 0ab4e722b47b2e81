"""The driver: errors in pynamite's words, pages, batches of which nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest

from pynamite.dynamo.backoff import AT_ONCE, Backoff
from pynamite.dynamo.matching import key_identity
from pynamite.dynamo.send import pages, send, send_about, send_batch_get, send_batch_write
from pynamite.errors import (
    AnswerLostError,
    ConditionFailedError,
    OperationError,
    TableNotFoundError,
    ThrottledError,
    TransactionCanceledError,
    UnprocessedItemsError,
)
from pynamite.expression import nodes
from pynamite.operation.batch import delete_entry, put_entry
from pynamite.operation.delete import delete_item
from pynamite.operation.get import get_item
from pynamite.operation.put import put_item
from pynamite.operation.scan import scan
from pynamite.operation.sending import UNDER_WAY
from pynamite.operation.transact import transact_write
from tests.unit.dynamo.scripted import ScriptedClient, patient, refusal


def key(n: int) -> dict[str, Any]:
    return {"PK": {"S": f"{n}"}}


GET = get_item("shop", key(1))
TRANSACTION = transact_write([delete_item("shop", key(1)), delete_item("shop", key(2))], "token")


def client(*answers: Any) -> Any:
    return ScriptedClient(*answers)


def test_an_operation_is_sent_and_its_answer_read():
    """The method is called with the request, and the operation reads the answer."""
    scripted = client({"Item": key(1)})
    assert send(scripted, GET) == key(1)
    assert scripted.requests == [("get_item", {"TableName": "shop", "Key": key(1)})]


def test_the_clients_error_stays_reachable():
    """A refusal is worded, and caused by the client's own."""
    cause = refusal("ResourceNotFoundException")
    with pytest.raises(TableNotFoundError, match="'shop'") as error:
        send(client(cause), GET)
    assert error.value.__cause__ is cause


def test_other_errors_pass_as_they_are():
    """A mistake of the program is none of the database's."""
    with pytest.raises(ZeroDivisionError):
        send(client(ZeroDivisionError()), GET)


CONFLICT = refusal(
    "TransactionCanceledException", CancellationReasons=[{"Code": "None"}, {"Code": "TransactionConflict"}])


@pytest.mark.parametrize("conflict", [CONFLICT, refusal("TransactionConflictException")])
def test_a_conflict_is_tried_again_after_growing_waits(conflict):
    """What did nothing because another transaction was at it is sent again."""
    waits: list[float] = []
    scripted = client(conflict, conflict, {})
    send(scripted, TRANSACTION, backoff=patient(waits))
    assert waits == [1.0, 2.0]
    assert [request for _, request in scripted.requests] == [TRANSACTION.request] * 3


def test_a_conflict_that_stays_is_raised():
    """The tries are counted."""
    waits: list[float] = []
    with pytest.raises(TransactionCanceledError):
        send(client(*[CONFLICT] * 9), TRANSACTION, backoff=patient(waits, attempts=Backoff().attempts))
    assert len(waits) == 8


@pytest.mark.parametrize(
    "codes", [["ConditionalCheckFailed", "None"], ["TransactionConflict", "ConditionalCheckFailed"], []])
def test_other_cancellations_are_not_tried_again(codes):
    """A failed condition would fail again, and is an answer."""
    waits: list[float] = []
    cancelled = refusal("TransactionCanceledException", CancellationReasons=[{"Code": code} for code in codes])
    with pytest.raises(TransactionCanceledError):
        send(client(cancelled), TRANSACTION, backoff=patient(waits))
    assert not waits


class LossyClient(ScriptedClient):
    """Loses an answer before each of its own, as boto3's client does that tries again."""

    def __getattr__(self, method: str) -> Any:
        answered = super().__getattr__(method)

        def call(**request: Any) -> Any:
            under_way = UNDER_WAY.get()
            assert under_way is not None
            under_way.lost = True
            return answered(**request)

        return call


ABSENT = nodes.Function("attribute_not_exists", (nodes.Path(("PK",)),))
NEW = {**key(1), "n": {"N": "1"}, "tags": {"SS": ["a", "b"]}}
CREATE = put_item("shop", NEW, key=key(1), condition=ABSENT)
OWN = refusal("ConditionalCheckFailedException", Item={**key(1), "n": {"N": "1.0"}, "tags": {"SS": ["b", "a"]}})
OTHER = refusal("ConditionalCheckFailedException", Item={**key(1), "n": {"N": "2"}})


def test_a_new_item_that_meets_itself_was_made():
    """The try whose answer was lost has put it: numbers are compared by value, sets without order."""
    lossy: Any = LossyClient(OWN)
    assert send(lossy, CREATE) == {}


def test_a_new_item_that_meets_another_is_refused():
    """And the error says what cannot be known."""
    lossy: Any = LossyClient(OTHER)
    with pytest.raises(ConditionFailedError) as error:
        send(lossy, CREATE)
    assert "a try before it got no answer" in error.value.__notes__[0]


def test_a_new_item_that_meets_its_equal_is_refused_if_nothing_was_lost():
    """Then it is somebody else's."""
    with pytest.raises(ConditionFailedError) as error:
        send(client(OWN), CREATE)
    assert not hasattr(error.value, "__notes__")


def test_a_conflict_remembers_what_was_lost_before_it(monkeypatch):
    """All tries of one operation are one; what may have been done is tried again, even by a caller who would not."""
    waits: list[float] = []
    monkeypatch.setattr("pynamite.dynamo.send.CONFLICTS", patient(waits))
    lossy: Any = LossyClient(refusal("TransactionConflictException"), OWN)
    assert send(lossy, CREATE, backoff=AT_ONCE) == {}
    assert waits == [1.0]


def test_a_throttled_try_after_a_lost_one_leaves_it_open():
    """Whether the write was done, the service did not say."""
    cause = refusal("ThrottlingException")
    lossy: Any = LossyClient(cause)
    with pytest.raises(AnswerLostError) as error:
        send(lossy, delete_item("shop", key(1)))
    assert (error.value.repeatable, error.value.code) == (True, "ThrottlingException")
    assert error.value.__cause__ is cause


def test_a_transaction_gets_a_token_that_it_keeps():
    """All tries have the same, so that a lost one is not done twice; the next sending has another."""
    waits: list[float] = []
    bare = transact_write([delete_item("shop", key(1))])
    scripted = client(refusal("TransactionInProgressException"), {}, {})
    send(scripted, bare, backoff=patient(waits))
    send(scripted, bare)
    tokens = [request["ClientRequestToken"] for _, request in scripted.requests]
    assert tokens[0] == tokens[1] != tokens[2]
    assert "ClientRequestToken" not in bare.request


def test_nothing_is_under_way_afterwards():
    """Calls of others on the same client are theirs."""
    send(client({}), GET)
    with pytest.raises(OperationError):
        send(client(refusal("ValidationException")), GET)
    assert UNDER_WAY.get() is None


class AttemptingClient(ScriptedClient):
    """Answers attempts with the next of ``answers``: bytes, or anything else as what comes of going on."""

    def attempt(self, method: str, request: Any, /) -> Any:
        """Give bytes at once, or what goes on."""
        assert UNDER_WAY.get() is None
        answer = self.answers.pop(0)
        self.requests.append(("attempt " + method, request))
        if isinstance(answer, bytes):
            return answer

        def go_on() -> Any:
            assert UNDER_WAY.get() is not None
            self.requests.append(("go on", request))
            if isinstance(answer, Exception):
                raise answer
            return answer

        return go_on

    def raw(self, method: str, request: Any, /) -> Any:
        """Do all of it."""
        assert UNDER_WAY.get() is not None
        self.requests.append(("raw " + method, request))
        return self.answers.pop(0)


class RenamingClient(AttemptingClient):
    """Does more than the client that it inherits from."""

    def raw(self, method: str, request: Any, /) -> Any:
        """Ask for another table."""
        return super().raw(method, {**request, "TableName": "other"})


def steps(scripted: Any) -> list[str]:
    return [step for step, _ in scripted.requests]


def test_an_attempt_that_succeeds_is_the_call():
    """Nothing is made ready for other tries, and nothing is under way for others to see."""
    scripted: Any = AttemptingClient(b'{"Item":{"PK":{"S":"1"}}}')
    assert send(scripted, GET) == key(1)
    assert steps(scripted) == ["attempt get_item"]


def test_an_attempt_that_does_not_succeed_is_gone_on_with():
    """It is the first try, whose answer or error counts; the tries after it are calls as ever."""
    waits: list[float] = []
    scripted: Any = AttemptingClient(refusal("TransactionConflictException"), b"{}")
    assert send(scripted, GET, backoff=patient(waits)) is None
    assert steps(scripted) == ["attempt get_item", "go on", "raw get_item"]
    assert len(waits) == 1

    refused: Any = AttemptingClient(refusal("ResourceNotFoundException"))
    with pytest.raises(TableNotFoundError):
        send(refused, GET)
    assert UNDER_WAY.get() is None


@pytest.mark.parametrize("kind", [AttemptingClient, ScriptedClient])
def test_an_operation_like_another_is_about_another_item(kind):
    """Its errors, too; and the other stays as it is."""
    scripted: Any = kind(b'{"Item":{"PK":{"S":"2"}}}' if kind is AttemptingClient else {"Item": key(2)})
    assert send_about(scripted, GET, key(2)) == key(2)
    assert scripted.requests[0][1] == {"TableName": "shop", "Key": key(2)}

    refused: Any = kind(refusal("ValidationException"))
    with pytest.raises(OperationError) as error:
        send_about(refused, GET, key(3))
    assert (error.value.key, GET.key) == ({"PK": "3"}, key(1))


def test_a_transaction_is_no_attempt():
    """Its token has to be there, and the time to run for which that is known."""
    scripted: Any = AttemptingClient(b"{}")
    send(scripted, TRANSACTION)
    assert steps(scripted) == ["raw transact_write_items"]


def test_what_inherits_from_an_attempting_client_is_asked_by_its_own_method():
    """It may do something else there."""
    scripted: Any = RenamingClient(b"{}")
    assert send(scripted, GET) is None
    assert scripted.requests == [("raw get_item", {"TableName": "other", "Key": key(1)})]


@pytest.mark.parametrize("answers", [(b"{}",), ({},)], ids=["at once", "after going on"])
def test_a_try_is_logged_once(caplog, answers):
    """However far it comes at first."""
    scripted: Any = AttemptingClient(*answers)
    with caplog.at_level("DEBUG", "pynamite"):
        send(scripted, GET)
    assert [record.getMessage().partition(" ")[0] for record in caplog.records] == ["GetItem"]


def test_waits_grow_to_a_limit_and_are_full_jitter():
    """Chance decides between nothing and the limit."""
    waits: list[float] = []
    backoff = Backoff(first=1.0, longest=5.0, sleep=waits.append, chance=lambda: 0.5)
    for attempt in range(5):
        backoff.wait(attempt)
    assert waits == [0.5, 1.0, 2.0, 2.5, 2.5]


def test_pages_are_read_to_the_last_and_only_when_asked_for():
    """Each page starts where the one before ended."""
    scripted = client(
        {"Items": [key(1)], "LastEvaluatedKey": key(1)}, {"Items": [], "LastEvaluatedKey": key(2)}, {"Items": []})
    found = pages(scripted, scan("shop"))
    assert not scripted.requests
    assert [page.items for page in found] == [[key(1)], [], []]
    assert [request.get("ExclusiveStartKey") for _, request in scripted.requests] == [None, key(1), key(2)]


class GetServer:
    """Knows every item but key 7, leaves the second half of every large request undone."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        asked = request["RequestItems"]["shop"]["Keys"]
        self.sizes.append(len(asked))
        done, left = (asked[:60], asked[60:]) if len(asked) > 60 else (asked, [])
        found = [{**one, "x": {"S": "y"}} for one in reversed(done) if one != key(7)]
        return {"Responses": {"shop": found}, "UnprocessedKeys": {"shop": {"Keys": left}} if left else {}}


def test_many_items_come_in_the_order_of_their_keys():
    """Duplicates are asked for once, what is left is asked for again, what is missing is None."""
    waits: list[float] = []
    server: Any = GetServer()
    asked = [key(n) for n in [*range(130), 3, 3]]
    got = send_batch_get(server, "shop", asked, backoff=patient(waits))
    assert got == [None if one == key(7) else {**one, "x": {"S": "y"}} for one in asked]
    assert server.sizes == [100, 70, 10, *server.sizes[3:]]
    assert sum(min(size, 60) for size in server.sizes) == 130


def test_no_keys_need_no_call():
    """An empty batch is no request."""
    scripted = client()
    assert send_batch_get(scripted, "shop", []) == []
    send_batch_write(scripted, "shop", [], key_names=["PK"])
    assert not scripted.requests


def test_a_projection_keeps_its_keys_to_itself():
    """Keys are asked for to align the items, and stripped unless they were wanted."""
    item = {"PK": {"S": "1"}, "x": {"S": "y"}}
    for paths, wanted in ((("x",), {"x": {"S": "y"}}), (("x", "PK"), item)):
        scripted = client({"Responses": {"shop": [dict(item)]}})
        projection = nodes.Projection(tuple(nodes.Path((name,)) for name in paths))
        assert send_batch_get(scripted, "shop", [key(1)], projection=projection) == [wanted]
        assert set(scripted.requests[0][1]["RequestItems"]["shop"]["ExpressionAttributeNames"].values()) == {"x", "PK"}


def test_equal_numbers_are_one_key():
    """DynamoDB normalises numbers, so that 1.0 comes back as 1."""
    assert key_identity({"n": {"N": "1.0"}}) == key_identity({"n": {"N": "1"}})
    assert key_identity({"n": {"N": "1"}}) != key_identity({"n": {"S": "1"}})
    scripted = client({"Responses": {"shop": [{"n": {"N": "1"}}]}})
    assert send_batch_get(scripted, "shop", [{"n": {"N": "1.0"}}]) == [{"n": {"N": "1"}}]


def test_of_writes_to_one_key_the_last_wins():
    """DynamoDB refuses a batch with duplicates; the order says what is meant."""
    scripted = client({})
    entries = [put_entry({**key(1), "v": {"S": "old"}}), put_entry(key(2)), delete_entry(key(1)), delete_entry(key(2)),
               put_entry({**key(2), "v": {"S": "new"}})]
    send_batch_write(scripted, "shop", entries, key_names=["PK"])
    assert scripted.requests[0][1]["RequestItems"]["shop"] == [
        delete_entry(key(1)), put_entry({**key(2), "v": {"S": "new"}})]


def test_writes_go_by_twenty_five():
    """A batch has at most 25 entries."""
    scripted = client({}, {}, {})
    send_batch_write(scripted, "shop", [put_entry(key(n)) for n in range(60)], key_names=["PK"])
    assert [len(request["RequestItems"]["shop"]) for _, request in scripted.requests] == [25, 25, 10]


def test_what_stays_undone_is_listed():
    """Nothing is lost in silence: the error has the items as plain values."""
    waits: list[float] = []
    one, two = ({"UnprocessedItems": {"shop": [put_entry(key(n)) for n in left]}} for left in ([1], [1, 25]))
    scripted = client(one, two, two, two, two)
    with pytest.raises(UnprocessedItemsError, match="2 of 26 entries") as error:
        send_batch_write(
            scripted, "shop", [put_entry(key(n)) for n in range(26)], key_names=["PK"], backoff=patient(waits))
    assert error.value.unprocessed == ({"PK": "1"}, {"PK": "25"})
    assert waits == [1.0, 2.0, 4.0, 8.0]


def test_a_throttled_batch_is_tried_again_as_a_whole():
    """A refusal because of load is like a batch that was left undone."""
    waits: list[float] = []
    throttled = refusal("ProvisionedThroughputExceededException")
    send_batch_write(client(throttled, {}), "shop", [put_entry(key(1))], key_names=["PK"], backoff=patient(waits))
    assert len(waits) == 1
    with pytest.raises(UnprocessedItemsError) as error:
        send_batch_write(
            client(*[throttled] * 4), "shop", [delete_entry(key(1))], key_names=["PK"], backoff=patient(waits))
    assert error.value.unprocessed == ({"PK": "1"},)
    assert isinstance(error.value.__cause__, ThrottledError)


def test_a_refused_batch_says_how_far_it_came():
    """Batches are no transactions: what was done before stays done."""
    scripted = client({}, refusal("ValidationException"))
    with pytest.raises(OperationError) as error:
        send_batch_write(scripted, "shop", [put_entry(key(n)) for n in range(30)], key_names=["PK"])
    assert "25 of 30 entries were done before" in error.value.__notes__


def test_a_failed_condition_is_no_conflict():
    """It is raised at once, with the old item."""
    with pytest.raises(ConditionFailedError) as error:
        send(client(refusal("ConditionalCheckFailedException", Item=key(1))), GET)
    assert error.value.item == {"PK": "1"}
