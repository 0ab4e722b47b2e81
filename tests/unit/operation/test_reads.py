"""Query and Scan: the requests of one page, and how the page is read."""

from __future__ import annotations

from pynamite.expression import nodes
from pynamite.operation.page import ReadPage
from pynamite.operation.query import query
from pynamite.operation.scan import scan

PK = nodes.Path(("PK",))
KEY_CONDITION = nodes.Compare("=", PK, nodes.Value({"S": "a"}))
FILTER = nodes.Compare(">", nodes.Path(("total",)), nodes.Value({"N": "5"}))
START = {"PK": {"S": "a"}, "SK": {"S": "b"}}


def test_a_query_of_a_partition():
    """What is not asked for is not in the request."""
    operation = query("shop", key_condition=KEY_CONDITION)
    assert (operation.action, operation.method, operation.key) == ("Query", "query", None)
    assert operation.request == {
        "TableName": "shop", "KeyConditionExpression": "#n0 = :v0", "ExpressionAttributeNames": {"#n0": "PK"},
        "ExpressionAttributeValues": {":v0": {"S": "a"}}}


def test_a_query_with_everything():
    """Key condition, filter and projection share one numbering."""
    request = query(
        "shop", key_condition=KEY_CONDITION, index="GSI1", filter=FILTER, projection=nodes.Projection((PK,)),
        forward=False, limit=10, start=START, select="SPECIFIC_ATTRIBUTES", consistent_read=True).request
    assert request == {
        "TableName": "shop", "IndexName": "GSI1",
        "KeyConditionExpression": "#n0 = :v0", "FilterExpression": "#n1 > :v1",
        "ProjectionExpression": "#n0", "Limit": 10, "ExclusiveStartKey": START, "Select": "SPECIFIC_ATTRIBUTES",
        "ConsistentRead": True, "ScanIndexForward": False,
        "ExpressionAttributeNames": {"#n0": "PK", "#n1": "total"},
        "ExpressionAttributeValues": {":v0": {"S": "a"}, ":v1": {"N": "5"}}}


def test_a_scan_of_everything_and_of_a_segment():
    """A scan has no key condition; it may be one of several."""
    operation = scan("shop")
    assert (operation.action, operation.method, operation.request) == ("Scan", "scan", {"TableName": "shop"})
    assert scan("shop", segment=0, total_segments=4, filter=FILTER, limit=1).request == {
        "TableName": "shop", "FilterExpression": "#n0 > :v0", "Limit": 1, "Segment": 0, "TotalSegments": 4,
        "ExpressionAttributeNames": {"#n0": "total"}, "ExpressionAttributeValues": {":v0": {"N": "5"}}}


def test_a_page_is_read():
    """Items, both counts, and where the next page starts."""
    answer = {"Items": [START], "Count": 1, "ScannedCount": 7, "LastEvaluatedKey": START}
    assert query("shop", key_condition=KEY_CONDITION).read(answer) == ReadPage([START], 1, 7, START)
    assert scan("shop").read({"Count": 3, "ScannedCount": 5}) == ReadPage([], 3, 5, None)


def test_the_next_page_is_the_same_request_from_another_start():
    """Following pages changes nothing but the start."""
    first = query("shop", key_condition=KEY_CONDITION)
    assert first.with_request(ExclusiveStartKey=START).request == {**first.request, "ExclusiveStartKey": START}
