"""Queries and scans: order, pages, indexes, segments."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynamite.local.client import LocalClient
from tests.unit.local.shapes import key, put, refusal, schema, table

PK = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "a"}}}
OPEN = {
    "IndexName": "ByStatus",
    "KeyConditionExpression": "#s = :open",
    "ExpressionAttributeNames": {"#s": "status"},
    "ExpressionAttributeValues": {":open": {"S": "OPEN"}},
}


def pages(call, **request):
    """Follow a read to its end."""
    while True:
        page = call(**request)
        yield page
        if "LastEvaluatedKey" not in page:
            return
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def sort_keys(items):
    return [item["sk"]["S"] for item in items]


def fill(client, count=5, **attributes):
    for number in range(count):
        put(client, "a", f"{number:02}", **attributes)


@pytest.mark.parametrize(
    "condition, values, found",
    [
        ("sk = :x", ("02",), ["02"]),
        ("sk < :x", ("02",), ["00", "01"]),
        ("sk <= :x", ("02",), ["00", "01", "02"]),
        ("sk > :x", ("02",), ["03", "04"]),
        ("sk >= :x", ("02",), ["02", "03", "04"]),
        (":x < sk", ("02",), ["03", "04"]),
        ("sk BETWEEN :x AND :y", ("01", "03"), ["01", "02", "03"]),
        ("begins_with(sk, :x)", ("0",), ["00", "01", "02", "03", "04"]),
        ("begins_with(sk, :x)", ("1",), []),
    ],
)
def test_a_query_reads_a_stretch_of_sort_keys(shop, condition, values, found):
    """Each operator, in both directions."""
    fill(shop)
    put(shop, "b", "02")
    bound = {f":{name}": {"S": value} for name, value in zip("xy", values, strict=False)}
    request = {
        "TableName": "shop",
        "KeyConditionExpression": f"pk = :pk AND {condition}",
        "ExpressionAttributeValues": {":pk": {"S": "a"}, **bound},
    }
    assert sort_keys(shop.query(**request)["Items"]) == found
    assert sort_keys(shop.query(**request, ScanIndexForward=False)["Items"]) == found[::-1]


@pytest.mark.parametrize("forward", [True, False])
@pytest.mark.parametrize("limit", [1, 2, 5, 6])
def test_pages_give_everything_once(shop, forward, limit):
    """The limit counts what is read; a full page has a key to go on from, even if nothing comes after it."""
    fill(shop)
    found = list(pages(shop.query, TableName="shop", **PK, Limit=limit, ScanIndexForward=forward))
    assert sort_keys(item for page in found for item in page["Items"]) == sorted(
        ["00", "01", "02", "03", "04"], reverse=not forward
    )
    assert len(found) == 5 // limit + 1


def test_a_page_goes_on_after_an_item_that_is_gone(shop):
    """Nothing is read twice or left out when the last item of a page is deleted before the next is read."""
    for number in range(6):
        put(shop, "a", f"{number}", status={"S": "OPEN"}, total={"N": "7"})
    for request in ({"TableName": "shop", **PK, "Limit": 3}, {"TableName": "shop", **OPEN, "Limit": 3}):
        first = shop.query(**request)
        gone = first["Items"][-1]
        shop.delete_item(TableName="shop", Key={name: gone[name] for name in ("pk", "sk")})
        second = shop.query(**request, ExclusiveStartKey=first["LastEvaluatedKey"])
        assert sort_keys(first["Items"] + second["Items"]) == sorted(sort_keys(first["Items"] + second["Items"]))
        assert len(first["Items"] + second["Items"]) == 6
        shop.put_item(TableName="shop", Item=gone)


def test_a_page_ends_at_a_megabyte(shop):
    """With the item that reaches it, counted before the filter, on the table and on an index that holds keys only."""
    for number in range(8):
        put(shop, "a", f"{number}", status={"S": "OPEN"}, x={"S": "x" * 300_000})
    request = {"TableName": "shop", **PK, "FilterExpression": "attribute_not_exists(x)"}
    found = [(page["Count"], page["ScannedCount"]) for page in pages(shop.query, **request)]
    assert found == [(0, 4), (0, 4), (0, 0)]
    assert shop.scan(TableName="shop", Select="COUNT")["Count"] == 4
    assert shop.scan(TableName="shop", IndexName="Keys")["Count"] == 8


def test_many_pages_of_small_items_are_whole(shop):
    """A page of more rows than are fetched at once."""
    for number in range(0, 700, 25):
        shop.batch_write_item(
            RequestItems={
                "shop": [
                    {"PutRequest": {"Item": {**key("a", f"{number + step:04}"), "x": {"S": "x" * 2000}}}}
                    for step in range(25)
                ]
            }
        )
    found = list(pages(shop.query, TableName="shop", **PK))
    assert sort_keys(item for page in found for item in page["Items"]) == [f"{number:04}" for number in range(700)]
    assert [page["Count"] for page in found] == [522, 178]


def test_an_index_orders_by_its_own_key(shop):
    """Numbers by value; equal ones are all there, in the table's order, whatever the pages."""
    for sk, total in (("a", "10"), ("b", "9"), ("c", "-1"), ("d", "9"), ("e", "1E2")):
        put(shop, "a", sk, status={"S": "OPEN"}, total={"N": total})
    put(shop, "a", "without", total={"N": "1"})
    for limit in (1, 2, 3, 9):
        for forward, expected in ((True, "cbdae"), (False, "eadbc")):
            found = pages(shop.query, TableName="shop", **OPEN, Limit=limit, ScanIndexForward=forward)
            assert "".join(sort_keys(item for page in found for item in page["Items"])) == expected


def test_an_index_follows_its_items(shop):
    """A put, an update and a delete move, add and remove entries."""

    def found():
        return sort_keys(shop.query(TableName="shop", **OPEN)["Items"])

    put(shop, "a", "x", status={"S": "OPEN"}, total={"N": "1"})
    put(shop, "a", "y", status={"S": "CLOSED"}, total={"N": "1"})
    assert found() == ["x"]
    shop.update_item(
        TableName="shop",
        Key=key("a", "y"),
        UpdateExpression="SET #s = :open",
        ExpressionAttributeNames={"#s": "status"},
        ExpressionAttributeValues={":open": {"S": "OPEN"}},
    )
    assert found() == ["x", "y"]
    shop.update_item(
        TableName="shop", Key=key("a", "x"), UpdateExpression="REMOVE #t", ExpressionAttributeNames={"#t": "total"}
    )
    assert found() == ["y"]
    shop.delete_item(TableName="shop", Key=key("a", "y"))
    assert found() == []


def test_an_index_gives_what_it_holds(shop):
    """Keys only, or the named attributes; a local index fetches the rest when it is asked for, a global one cannot."""
    put(shop, "a", status={"S": "OPEN"}, total={"N": "1"}, note={"S": "n"}, more={"S": "o"})
    keys_only = {**OPEN, "IndexName": "Keys"}
    (item,) = shop.query(TableName="shop", **keys_only)["Items"]
    assert set(item) == {"pk", "sk", "status"}
    local = {"TableName": "shop", "IndexName": "ByTotal", **PK}
    assert set(shop.query(**local)["Items"][0]) == {"pk", "sk", "total", "note"}
    assert set(shop.query(**local, Select="ALL_ATTRIBUTES")["Items"][0]) == {
        "pk",
        "sk",
        "total",
        "note",
        "status",
        "more",
    }
    assert shop.query(**local, ProjectionExpression="more")["Items"] == [{"more": {"S": "o"}}]
    assert refusal(shop.query, TableName="shop", **keys_only, ProjectionExpression="more") == (
        "ValidationException: One or more parameter values were invalid: Global secondary index Keys "
        "does not project [more]"
    )
    assert refusal(shop.query, TableName="shop", **keys_only, FilterExpression="more = :open") == (
        "ValidationException: One or more parameter values were invalid: Secondary index Keys does "
        "not project one or more "
        "filter attributes: [more]"
    )
    assert refusal(shop.query, TableName="shop", **keys_only, Select="ALL_ATTRIBUTES") == (
        "ValidationException: One or more parameter values were invalid: Select type ALL_ATTRIBUTES "
        "is not supported for "
        "global secondary index Keys because its projection type is not ALL"
    )


@pytest.mark.parametrize("total", [1, 3, 7])
def test_segments_share_a_scan(shop, total):
    """Together they have every item once; each goes on by pages of its own."""
    for number in range(40):
        put(shop, f"p{number}", status={"S": "OPEN"})
    for index in ({}, {"IndexName": "Keys"}):
        found = [
            item["pk"]["S"]
            for segment in range(total)
            for page in pages(shop.scan, TableName="shop", Segment=segment, TotalSegments=total, Limit=3, **index)
            for item in page["Items"]
        ]
        assert sorted(found) == sorted(f"p{number}" for number in range(40))


EMPTY = ("One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty "
         "string value. Key: sk")
MISMATCH = "The provided key element does not match the schema"
START = "The provided starting key is invalid"


@pytest.mark.parametrize(
    "start, scanned, queried",
    [
        ({}, f"{START}: {MISMATCH}", START),
        ({"pk": {"S": "a"}}, f"{START}: {MISMATCH}", START),
        ({"pk": {"S": "a"}, "sk": {"N": "1"}}, f"{START}: {MISMATCH}", MISMATCH),
        ({"pk": {"S": "a"}, "x": {"S": "x"}}, f"{START}: {MISMATCH}", START),
        ({**key("a"), "x": {"S": "x"}}, f"{START}: {MISMATCH}", START),
        (key("a", ""), f"{START}: {EMPTY}", f"{START}: {EMPTY}"),
    ],
)
def test_a_start_that_is_no_key_is_refused(shop, start, scanned, queried):
    """In the words of the service, which has others for a scan than for a query."""
    assert refusal(shop.scan, TableName="shop", ExclusiveStartKey=start) == f"ValidationException: {scanned}"
    assert refusal(shop.query, TableName="shop", **PK, ExclusiveStartKey=start) == f"ValidationException: {queried}"


def test_a_start_outside_of_the_query_is_refused(shop):
    """Another partition, another stretch of sort keys, another segment."""
    assert refusal(shop.query, TableName="shop", **PK, ExclusiveStartKey=key("b")) == (
        "ValidationException: The provided starting key is outside query boundaries based on provided conditions"
    )
    assert (
        refusal(
            shop.query,
            TableName="shop",
            KeyConditionExpression="pk = :pk AND sk > :sk",
            ExclusiveStartKey=key("a", "1"),
            ExpressionAttributeValues={":pk": {"S": "a"}, ":sk": {"S": "5"}},
        )
        == "ValidationException: The provided starting key does not match the range key predicate"
    )
    answers = {
        segment: "LastEvaluatedKey"
        not in shop.scan(TableName="shop", ExclusiveStartKey=key("a"), Segment=segment, TotalSegments=2)
        for segment in (0, 1)
        if not _refused(shop, segment)
    }
    assert len(answers) == 1


def _refused(shop, segment):
    try:
        shop.scan(TableName="shop", ExclusiveStartKey=key("a"), Segment=segment, TotalSegments=2)
    except shop.exceptions.ValidationException as error:
        return "Please use ExclusiveStartKey with correct Segment" in str(error)
    return False


@pytest.mark.parametrize(
    "request_, message",
    [
        ({}, "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."),
        ({**PK, "IndexName": "Nowhere"}, "The table does not have the specified index: Nowhere"),
        ({**OPEN, "ConsistentRead": True}, "Consistent reads are not supported on global secondary indexes"),
        ({**PK, "KeyConditionExpression": "pk > :pk"}, "Query key condition not supported"),
        ({**PK, "KeyConditionExpression": "begins_with(pk, :pk)"}, "Query key condition not supported"),
        ({**PK, "KeyConditionExpression": "sk = :pk"}, "Query condition missed key schema element: pk"),
        ({**PK, "KeyConditionExpression": "pk = :pk AND x = :pk"}, "Query condition missed key schema element: sk"),
        (
            {**PK, "KeyConditionExpression": "pk = :pk OR sk = :pk"},
            "Invalid operator used in KeyConditionExpression: OR",
        ),
        (
            {**PK, "KeyConditionExpression": "pk = :pk AND sk <> :pk"},
            "Invalid operator used in KeyConditionExpression: <>",
        ),
        (
            {**PK, "KeyConditionExpression": "pk = :pk AND sk IN (:pk)"},
            "Invalid operator used in KeyConditionExpression: IN",
        ),
        (
            {**PK, "KeyConditionExpression": "pk = :pk AND contains(sk, :pk)"},
            "Invalid operator used in KeyConditionExpression: contains",
        ),
        (
            {**PK, "KeyConditionExpression": "pk = :pk AND pk = :pk"},
            "KeyConditionExpressions must only contain one condition per key",
        ),
        (
            {**PK, "KeyConditionExpression": "pk = :pk AND size(sk) = :pk"},
            "KeyConditionExpressions cannot contain nested operations",
        ),
        (
            {**PK, "ExpressionAttributeValues": {":pk": {"N": "1"}}},
            "One or more parameter values were invalid: Condition parameter type does not match schema type",
        ),
        (
            {**PK, "ExpressionAttributeValues": {":pk": {"S": ""}}},
            (
                "One or more parameter values are not valid. The AttributeValue for a key attribute "
                "cannot contain an empty string "
                "value. Key: pk"
            ),
        ),
        (
            {**PK, "FilterExpression": "sk = :pk"},
            "Filter Expression can only contain non-primary key attributes: Primary key attribute: sk",
        ),
        (
            {**PK, "Select": "COUNT", "ProjectionExpression": "x"},
            "Cannot specify the ProjectionExpression when choosing to get only the Count",
        ),
        (
            {**PK, "Select": "SPECIFIC_ATTRIBUTES"},
            "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES",
        ),
        (
            {**PK, "Select": "ALL_PROJECTED_ATTRIBUTES"},
            "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName",
        ),
        (
            {**PK, "Select": "SOME"},
            (
                "1 validation error detected: Value 'SOME' at 'select' failed to satisfy constraint: "
                "Member must satisfy enum value "
                "set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]"
            ),
        ),
    ],
)
def test_a_query_that_does_not_fit_is_refused(shop, request_, message):
    """In the words of the service."""
    assert refusal(shop.query, TableName="shop", **request_) == f"ValidationException: {message}"


@pytest.mark.parametrize(
    "request_, message",
    [
        (
            {"Segment": 0},
            (
                "The TotalSegments parameter is required but was not present in the request when Segment parameter "
                "is present"
            ),
        ),
        (
            {"TotalSegments": 2},
            (
                "The Segment parameter is required but was not present in the request when parameter "
                "TotalSegments is present"
            ),
        ),
        (
            {"Segment": 2, "TotalSegments": 2},
            (
                "The Segment parameter is zero-based and must be less than parameter "
                "TotalSegments: Segment: 2 is not less than TotalSegments: 2"
            ),
        ),
        (
            {"Segment": 0, "TotalSegments": 1_000_001},
            (
                "1 validation error detected: Value '1000001' at 'totalSegments' failed to satisfy "
                "constraint: Member must have value "
                "less than or equal to 1000000"
            ),
        ),
    ],
)
def test_a_scan_that_does_not_fit_is_refused(shop, request_, message):
    """In the words of the service."""
    assert refusal(shop.scan, TableName="shop", **request_) == f"ValidationException: {message}"


def test_a_read_tells_its_capacity(shop):
    """What an index reads is told of the index, what it fetches of the table."""
    put(shop, "a", total={"N": "1"}, other={"S": "x" * 5000})
    local = {"TableName": "shop", "IndexName": "ByTotal", **PK, "ReturnConsumedCapacity": "INDEXES"}
    assert shop.query(**local)["ConsumedCapacity"]["CapacityUnits"] == 0.5
    assert shop.query(**local, Select="ALL_ATTRIBUTES")["ConsumedCapacity"] == {
        "TableName": "shop",
        "CapacityUnits": 1.0,
        "Table": {"CapacityUnits": 0.5},
        "LocalSecondaryIndexes": {"ByTotal": {"CapacityUnits": 0.5}},
    }
    assert shop.scan(TableName="shop", ConsistentRead=True, ReturnConsumedCapacity="TOTAL")["ConsumedCapacity"] == {
        "TableName": "shop",
        "CapacityUnits": 2.0,
    }


REGIONS = {
    **table(),
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": kind}
        for name, kind in (("pk", "S"), ("sk", "S"), ("h1", "S"), ("h2", "N"), ("r1", "S"), ("r2", "N"))
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "Regions",
            "Projection": {"ProjectionType": "ALL"},
            "KeySchema": [
                {"AttributeName": name, "KeyType": kind}
                for name, kind in (("h1", "HASH"), ("h2", "HASH"), ("r1", "RANGE"), ("r2", "RANGE"))
            ],
        }
    ],
}
REGIONS.pop("LocalSecondaryIndexes")


@given(st.lists(st.tuples(st.sampled_from(("", "a", "a\x00", "ab")), st.integers(-2, 12)), max_size=8), st.data())
def test_an_index_key_may_have_several_attributes(rows, data):
    """Equal ones from the left, then a range on the last given: as if each were compared by itself."""
    with LocalClient() as client:
        client.create_table(**REGIONS)
        for number, (first, second) in enumerate(rows):
            put(
                client,
                "p",
                str(number),
                h1={"S": "x"},
                h2={"N": "1"},
                r2={"N": str(second)},
                **({"r1": {"S": first}} if first else {}),
            )
        condition, keep = data.draw(
            st.sampled_from(
                (
                    ("", lambda one, two: True),
                    (" AND r1 = :r", lambda one, two: one == "a"),
                    (" AND begins_with(r1, :r)", lambda one, two: one.startswith("a")),
                    (" AND r1 > :r", lambda one, two: one > "a"),
                    (" AND r1 = :r AND r2 >= :n", lambda one, two: one == "a" and two >= 2),
                    (" AND r1 = :r AND r2 < :n", lambda one, two: one == "a" and two < 2),
                )
            )
        )
        values = {":x": {"S": "x"}, ":one": {"N": "1"}, ":r": {"S": "a"}, ":n": {"N": "2"}}
        used = {name: value for name, value in values.items() if name in f":x :one {condition}"}
        found = client.query(
            TableName="shop",
            IndexName="Regions",
            KeyConditionExpression=f"h1 = :x AND h2 = :one{condition}",
            ExpressionAttributeValues=used,
        )["Items"]
        assert [(item["r1"]["S"], int(item["r2"]["N"])) for item in found] == sorted(
            row for row in rows if row[0] and keep(*row)
        )


def test_the_partition_of_several_attributes_is_needed_whole(engine):
    """All HASH attributes by equality; RANGE attributes from the left."""
    engine.create_table(**REGIONS)
    values = {":x": {"S": "x"}, ":one": {"N": "1"}}
    assert (
        refusal(
            engine.query,
            TableName="shop",
            IndexName="Regions",
            KeyConditionExpression="h1 = :x",
            ExpressionAttributeValues={":x": {"S": "x"}},
        )
        == "ValidationException: HASH key attributes h2 must have equality conditions specified in the query"
    )
    assert "r1" in refusal(
        engine.query,
        TableName="shop",
        IndexName="Regions",
        KeyConditionExpression="h1 = :x AND h2 = :one AND r2 = :one",
        ExpressionAttributeValues=values,
    )
    assert schema("pk", "sk")
