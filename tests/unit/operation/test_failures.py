"""The service's refusals, and a client's own errors, in pynamite's words."""

from __future__ import annotations

from typing import Any

import botocore.exceptions
import pytest

from pynamite.errors import (
    AnswerLostError,
    ConditionFailedError,
    CredentialsError,
    OperationError,
    TableNotFoundError,
    ThrottledError,
    TransactionCanceledError,
    UnreachableError,
)
from pynamite.expression import nodes
from pynamite.operation.failures import after_lost_answer, failure
from pynamite.operation.get import get_item
from pynamite.operation.operation import Operation, read_answer
from pynamite.operation.put import put_item
from pynamite.operation.tables import delete_table
from pynamite.operation.transact import transact_write
from pynamite.operation.update import update_item

GET = get_item("shop", {"PK": {"S": "a"}, "n": {"N": "1"}})


def refusal(code: str, message: str = "said so", **more: Any) -> botocore.exceptions.ClientError:
    answer: Any = {"Error": {"Code": code, "Message": message}, **more}
    return botocore.exceptions.ClientError(answer, "GetItem")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("ConditionalCheckFailedException", ConditionFailedError),
        ("ResourceNotFoundException", TableNotFoundError),
        ("ProvisionedThroughputExceededException", ThrottledError),
        ("ThrottlingException", ThrottledError),
        ("UnrecognizedClientException", CredentialsError),
        ("AccessDeniedException", CredentialsError),
        ("ValidationException", OperationError),
    ],
)
def test_every_code_has_its_error(code, kind):
    """The error has the facts: operation, table, key, code and the whole answer."""
    error = failure(refusal(code), GET)
    assert isinstance(error, OperationError)
    assert type(error) is kind
    assert (error.operation, error.table_name, error.key, error.code) == ("GetItem", "shop", {"PK": "a", "n": 1}, code)
    assert error.response is not None
    assert error.response["Error"]["Message"] == "said so"
    assert "shop" in str(error)


def test_a_failed_condition_has_the_old_item():
    """The item is there as plain Python values, None where there was none."""
    error = failure(refusal("ConditionalCheckFailedException", Item={"n": {"N": "1"}}), GET)
    assert isinstance(error, ConditionFailedError)
    assert error.item == {"n": 1}
    bare = failure(refusal("ConditionalCheckFailedException"), GET)
    assert isinstance(bare, ConditionFailedError)
    assert bare.item is None


def test_a_cancelled_transaction_has_a_reason_for_each_operation():
    """None stands for an operation that was not at fault."""
    operation = Operation("TransactWriteItems", "transact_write_items", {"TransactItems": [{}, {}]}, read_answer)
    reasons = [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Message": "no", "Item": {"n": {"N": "1"}}}]
    error = failure(refusal("TransactionCanceledException", CancellationReasons=reasons), operation)
    assert isinstance(error, TransactionCanceledError)
    first, second = error.reasons
    assert first is None
    assert isinstance(second, ConditionFailedError)
    assert second.item == {"n": 1}
    assert "operation 1: ConditionalCheckFailed" in str(error)


@pytest.mark.parametrize(
    ("raised", "kind", "advice"),
    [
        (botocore.exceptions.NoCredentialsError(), CredentialsError, "AWS_ACCESS_KEY_ID"),
        (botocore.exceptions.NoRegionError(), CredentialsError, "AWS_DEFAULT_REGION"),
        (botocore.exceptions.EndpointConnectionError(endpoint_url="http://nowhere"), UnreachableError, "http://nowhere"),
        (botocore.exceptions.ParamValidationError(report="Key is odd"), OperationError, "Key is odd"),
    ],
)
def test_what_the_client_itself_says(raised, kind, advice):
    """A newcomer's first errors say what to set."""
    error = failure(raised, GET)
    assert type(error) is kind
    assert advice in str(error)


COUNTED = nodes.Update(adds=(nodes.Add(nodes.Path(("n",)), nodes.Value({"N": "1"})),))
COUNTER = update_item("shop", {"PK": {"S": "a"}}, COUNTED)
PUT = put_item("shop", {"PK": {"S": "a"}}, key={"PK": {"S": "a"}})
URL = "http://nowhere"
NO_ANSWER = [
    botocore.exceptions.ConnectionClosedError(endpoint_url=URL),
    botocore.exceptions.ReadTimeoutError(endpoint_url=URL),
    botocore.exceptions.HTTPClientError(error="?"),
    botocore.exceptions.ChecksumError(checksum_type="crc32", expected_checksum="1", actual_checksum="2"),
    botocore.exceptions.IncompleteReadError(actual_bytes=1, expected_bytes=2),
    refusal("InternalServerError"),
    refusal("Oops", ResponseMetadata={"HTTPStatusCode": 503}),
]


@pytest.mark.parametrize("raised", NO_ANSWER, ids=lambda raised: type(raised).__name__)
def test_a_write_without_an_answer_may_have_been_done(raised):
    """The error says so, says what to do, and is caught as unreachable; a read just has failed."""
    error = failure(raised, COUNTER)
    assert isinstance(error, AnswerLostError)
    assert (error.operation, error.table_name, error.key) == ("UpdateItem", "shop", {"PK": "a"})
    assert (error.repeatable, error.token) == (False, None)
    assert "it may have been done or not: read the item to see" in str(error)
    assert not isinstance(failure(raised, GET), AnswerLostError)


def test_a_write_that_was_not_sent_was_not_done():
    """Nobody answers at the address."""
    assert type(failure(botocore.exceptions.ConnectTimeoutError(endpoint_url=URL), COUNTER)) is UnreachableError
    assert type(failure(refusal("ValidationException"), COUNTER)) is OperationError


def test_a_lost_answer_says_what_is_harmless():
    """The same again, or the same transaction with its token, or a look at the table."""
    lost = NO_ANSWER[0]
    error = failure(lost, PUT)
    assert isinstance(error, AnswerLostError) and error.repeatable
    assert "do the same again, which is harmless" in str(error)
    error = failure(lost, transact_write([COUNTER], "t1"))
    assert isinstance(error, AnswerLostError)
    assert (error.repeatable, error.token) == (False, "t1")
    assert "within ten minutes with the same token ('t1')" in str(error)
    assert "describe the table" in str(failure(lost, delete_table("shop")))


@pytest.mark.parametrize(("code", "undecided"), [
    ("ThrottlingException", True), ("ExpiredTokenException", True), ("TransactionConflictException", True),
    ("ConditionalCheckFailedException", False), ("ValidationException", False), ("ResourceNotFoundException", False),
])
def test_a_later_refusal_may_say_nothing_of_a_lost_try(code, undecided):
    """A busy service does not tell what became of the try before; a verdict on the write would have been the same."""
    refused = failure(refusal(code), PUT)
    assert isinstance(refused, OperationError)
    error = after_lost_answer(refused, PUT)
    assert isinstance(error, AnswerLostError) is undecided
    assert error.code == code
    assert error is refused or "a try before it got no answer" in str(error)
    read = failure(refusal(code), GET)
    assert isinstance(read, OperationError)
    assert after_lost_answer(read, GET) is read


def test_other_errors_belong_to_the_caller():
    """A programming error is not dressed up as the database's."""
    assert failure(KeyError("x"), GET) is None


@pytest.mark.parametrize("operation", [GET, PUT])
def test_a_refusal_that_nobody_can_read_is_no_answer_of_the_database(operation):
    """botocore gives the status for a code where it finds none; that nothing was done is sure all the same."""
    cut = refusal("400", '{"__type":"com.amazonaws', ResponseMetadata={"HTTPStatusCode": 400})
    error = failure(cut, operation)
    assert type(error) is UnreachableError
    assert "nothing was done" in str(error) and '{"__type":"com.amazonaws' in str(error)
    assert (error.code, error.table_name) == ("400", "shop")


def test_a_refusal_that_nobody_can_read_leaves_open_what_a_try_before_it_did():
    """If that one got no answer, the write may have been done."""
    cut = failure(refusal("400", "{", ResponseMetadata={"HTTPStatusCode": 400}), PUT)
    assert isinstance(cut, UnreachableError)
    assert isinstance(after_lost_answer(cut, PUT), AnswerLostError)
