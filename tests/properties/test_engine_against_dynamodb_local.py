"""The embedded engine and AWS's own DynamoDB Local answer the same to the same requests, errors and their words too.

``make fuzz`` is a long run of it; ``PYNAMITE_FUZZ_EXAMPLES`` says how long. At the end it tells how many requests
it has compared.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings

from pynamite.expression import nodes
from pynamite.expression.fill import fill
from pynamite.expression.parse import parse_update
from pynamite.local.client import LocalClient
from pynamite.local.evaluate import project
from pynamite.wire import normalize_number
from tests.properties.engine_requests import KEYS, TABLE, steps
from tests.properties.engine_statements import TABLE_NAME
from tests.properties.explained_differences import explained

COMPARED: Counter[str] = Counter()

EXAMPLES = int(os.environ.get("PYNAMITE_FUZZ_EXAMPLES", "250"))


@pytest.fixture(scope="module")
def pair(dynamodb_local_url, pytestconfig):
    """A table of the same name and shape on both sides."""
    import boto3
    from botocore.config import Config

    local: Any = boto3.client("dynamodb", endpoint_url=dynamodb_local_url, config=Config(retries={"max_attempts": 0}))
    name = f"fuzz-{os.urandom(8).hex()}"
    with LocalClient() as ours:
        for client in (local, ours):
            client.create_table(TableName=name, **TABLE)
        yield name, local, ours
        local.delete_table(TableName=name)
    each = ", ".join(f"{method} {count}" for method, count in sorted(COMPARED.items()))
    pytestconfig.get_terminal_writer().line(f"\n{sum(COMPARED.values()):,} requests compared: {each}")


@given(steps)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    report_multiple_bugs=False,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
def test_the_engine_answers_as_dynamodb_local(pair, requests):
    """Whatever is asked, answers, errors and the items that are left are the same."""
    name, local, ours = pair
    for client in (local, ours):
        client.batch_write_item(RequestItems={name: [{"DeleteRequest": {"Key": key}} for key in KEYS]})
    for method, request in requests:
        COMPARED[method] += 1
        told = addressed(method, request, name)
        note(f"{method}(**{told!r})")
        if not compare(method, told, name, local, ours):
            make_equal(name, local, ours)
    everything = {"TableName": name, "ConsistentRead": True}
    assert answer(ours, "scan", everything, name) == answer(local, "scan", everything, name)


def addressed(method: str, request: dict[str, Any], name: str) -> dict[str, Any]:
    """Say which table a request is for."""
    match method:
        case "batch_get_item":
            return {"RequestItems": {name: request}}
        case "batch_write_item":
            return {"RequestItems": {name: request["Entries"]}}
        case "transact_write_items" | "transact_get_items":
            return {
                "TransactItems": [
                    {kind: {"TableName": name, **told} for kind, told in action.items()}
                    for action in request["TransactItems"]
                ]
            }
        case "execute_statement":
            return {**request, "Statement": request["Statement"].replace(TABLE_NAME, name)}
        case _:
            return {"TableName": name, **request}


def compare(method: str, request: dict[str, Any], name: str, local: Any, ours: Any) -> bool:
    """Send a request to both sides, which have to answer the same, or differ for a reason that is known.

    False says that DynamoDB Local may have written what the service refuses.
    """
    theirs, own = answer(local, method, request, name), answer(ours, method, request, name)
    if "error" in own and "error" in theirs and same_error(theirs, own):
        return True
    if own.get("error", "").startswith("Transaction request cannot include multiple operations on one item"):
        # DynamoDB Local carries some actions out before it looks for another on the same item.
        assert repeats_an_item(request)
        return False
    if method == "transact_write_items" and own.get("error", "").startswith("Key attributes must be scalars"):
        # DynamoDB Local does not look at the paths of a ConditionCheck.
        assert any("ConditionCheck" in action for action in request["TransactItems"])
        return False
    if method in {"scan", "walk_scan"} and "does not project one or more filter attributes" in own.get("error", ""):
        # DynamoDB Local filters by the table's items: no index of the service's can know what it does not hold.
        assert "Items" in theirs or "Count" in theirs
    elif "query" in method and theirs.get("error", "").endswith("does not match the range key predicate"):
        # DynamoDB Local does not go on after the upper bound of a BETWEEN, though a page may well end there.
        assert "BETWEEN" in request["KeyConditionExpression"]
        assert "error" not in own
    else:
        assert own == as_the_service(theirs, request)
    return True


def make_equal(name: str, local: Any, ours: Any) -> None:
    """Give DynamoDB Local the items that the engine has."""
    for item in local.scan(TableName=name, ConsistentRead=True)["Items"]:
        local.delete_item(TableName=name, Key={part: item[part] for part in ("PK", "SK")})
    for item in ours.scan(TableName=name)["Items"]:
        local.put_item(TableName=name, Item=item)


def repeats_an_item(request: dict[str, Any]) -> bool:
    """Tell whether two actions of a transaction are about one item."""
    told = [told for action in request["TransactItems"] for told in action.values()]
    keys = [repr([(one.get("Key") or one.get("Item")).get(name) for name in ("PK", "SK")]) for one in told]
    return len(set(keys)) < len(keys)


def as_the_service(theirs: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    """Cut UPDATED_NEW and UPDATED_OLD to what was changed, where DynamoDB Local gives the whole attribute."""
    if "Attributes" in theirs and request.get("ReturnValues") in {"UPDATED_NEW", "UPDATED_OLD"}:
        update = fill(
            parse_update(request["UpdateExpression"]),
            request.get("ExpressionAttributeNames"),
            request.get("ExpressionAttributeValues"),
        )
        actions: tuple[Any, ...] = (*update.sets, *update.removes, *update.adds, *update.deletes)
        changed = project(nodes.Projection(tuple(action.path for action in actions)), theirs["Attributes"])
        return (
            {**theirs, "Attributes": changed}
            if changed
            else {key: value for key, value in theirs.items() if key != "Attributes"}
        )
    return theirs


def same_error(theirs: dict[str, Any], own: dict[str, Any]) -> bool:
    """Tell whether two errors are the same, or differ for a reason that is known."""
    if own["code"] == "TransactionCanceledException" and "CancellationReasons" not in theirs:
        # "One or more parameter values were invalid" and the like are reasons: API Reference, TransactWriteItems.
        return any(
            reason["Code"] == "ValidationError" and same_text(theirs["error"], reason["Message"])
            for reason in own["CancellationReasons"]
        )
    if "CancellationReasons" in theirs and "CancellationReasons" not in own:
        return any(same_text(reason.get("Message", ""), own["error"]) for reason in theirs["CancellationReasons"])
    if theirs["code"] != own["code"] and own["code"] != "TransactionCanceledException" != theirs["code"]:
        # A failed condition that the service would not have come to.
        return theirs["code"] == "ConditionalCheckFailedException" and same_text(theirs["error"], own["error"])
    if own["code"] == "TransactionCanceledException":
        reasons = theirs["CancellationReasons"], own["CancellationReasons"]
        if len(reasons[0]) < len(reasons[1]):
            # DynamoDB Local cuts the list short where it finds a mistake before it tries the actions.
            return all(any(same_reason(one, other) for other in reasons[1]) for one in reasons[0] if len(one) > 1)
        return all(same_reason(one, other) for one, other in zip(*reasons, strict=True))
    return theirs.get("Item") == own.get("Item") and same_text(theirs["error"], own["error"])


def same_reason(theirs: dict[str, Any], own: dict[str, Any]) -> bool:
    """Tell whether two reasons for a cancellation are the same, or differ for a reason that is known."""
    if theirs["Code"] == own["Code"] and theirs.get("Item") != own.get("Item"):
        return False
    return same_text(theirs.get("Message", ""), own.get("Message", ""))


def same_text(theirs: str, own: str) -> bool:
    """Tell whether two messages are the same, or differ for a reason that is known."""
    return theirs == own or explained(theirs, own)


def answer(client: Any, method: str, request: dict[str, Any], name: str) -> dict[str, Any]:
    """Give an answer or an error in a form that can be compared: sets and unordered items sorted."""
    from botocore.exceptions import ClientError, ParamValidationError

    try:
        walked = method.startswith("walk_")
        told = pages(client, method, request) if walked else getattr(client, method)(**request)
    except ParamValidationError as error:
        return {"error": str(error), "code": "ParamValidationError"}
    except ClientError as error:
        told = {key: value for key, value in error.response.items() if key not in {"Error", "message", "Message"}}
        code = error.response["Error"]["Code"]
        told.update(
            error=error.response["Error"]["Message"],
            # DynamoDB Local leaves the end away (API Reference, ExecuteStatement: DuplicateItemException).
            code="DuplicateItemException" if code == "DuplicateItem" else code,
        )
    told.pop("ResponseMetadata")
    if "ReturnConsumedCapacity" not in request:
        told.pop("ConsumedCapacity", None)  # DynamoDB Local tells it unasked when nothing was there to be deleted.
    told = comparable(told)
    if method == "batch_get_item" and "Responses" in told:
        told["Responses"][name].sort(key=repr)
    if "Items" in told and (method != "query" or "IndexName" in request):
        told["Items"].sort(key=repr)  # the order of partitions, and that of equal index keys, is nobody's promise
    return told


def pages(client: Any, method: str, request: dict[str, Any]) -> dict[str, Any]:
    """Read all pages of all segments, and give them as one."""
    call = getattr(client, method.removeprefix("walk_"))
    whole: dict[str, Any] = {"Count": 0, "ScannedCount": 0, "ResponseMetadata": {}}
    for segment in range(request.get("TotalSegments", 1)):
        asked = {**request, "Segment": segment} if "TotalSegments" in request else dict(request)
        while True:
            page = call(**asked)
            whole["Count"] += page["Count"]
            whole["ScannedCount"] += page["ScannedCount"]
            if "Items" in page:
                whole.setdefault("Items", []).extend(page["Items"])
            if "LastEvaluatedKey" not in page:
                break
            asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]
    return whole


def comparable(value: Any) -> Any:
    """Sort what has no order."""
    if isinstance(value, dict):
        if len(value) == 1 and (kind := next(iter(value))) in {"SS", "NS", "BS"} and isinstance(value[kind], list):
            return {kind: sorted(map(normalize_number, value[kind]) if kind == "NS" else value[kind])}
        if set(value) == {"N"} and isinstance(value["N"], str):
            return {"N": normalize_number(value["N"])}  # DynamoDB Local leaves a nested number as it was written.
        return {key: comparable(inner) for key, inner in sorted(value.items())}
    return [comparable(inner) for inner in value] if isinstance(value, list) else value
