"""The service's refusals, and a client's own errors, in pynamite's words."""

from __future__ import annotations

from typing import Any

import botocore.exceptions
import pytest

from pynamite.errors import (
    ConditionFailedError,
    CredentialsError,
    OperationError,
    TableNotFoundError,
    ThrottledError,
    TransactionCanceledError,
    UnreachableError,
)
from pynamite.operation.failures import failure
from pynamite.operation.get import get_item
from pynamite.operation.operation import Operation, read_answer

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


def test_other_errors_belong_to_the_caller():
    """A programming error is not dressed up as the database's."""
    assert failure(KeyError("x"), GET) is None
