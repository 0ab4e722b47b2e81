"""Pages of statements, and statements as a client of the embedded engine sends them."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from pynamite.local.client import LocalClient
from tests.unit.local.shapes import put, refusal, table


@pytest.fixture
def filled(shop):
    """A client whose table `shop` has 12 items in three partitions."""
    for pk in "abc":
        for sk in range(4):
            put(shop, pk, f"{sk}", status={"S": "OPEN" if sk % 2 else "SHUT"}, total={"N": f"{sk}"}, note={"S": pk})
    return shop


def pages(client, statement, limit, parameters=()):
    """Read all pages of a statement."""
    request = {"Statement": statement, "Limit": limit}
    if parameters:
        request["Parameters"] = list(parameters)
    found = []
    while True:
        answer = client.execute_statement(**request)
        assert len(answer["Items"]) <= limit
        found += answer["Items"]
        if "NextToken" not in answer:
            return found
        request["NextToken"] = answer["NextToken"]


STATEMENTS = (
    "SELECT * FROM shop",
    "SELECT sk FROM shop WHERE pk = 'a'",
    "SELECT * FROM shop WHERE pk IN ['c', 'a', 'b'] AND sk > '0' AND sk <= '2'",
    "SELECT * FROM shop WHERE pk IN ['c', 'a', 'b'] ORDER BY pk DESC, sk DESC",
    "SELECT * FROM shop WHERE total > 1",
    'SELECT * FROM "shop"."ByStatus" WHERE status = \'OPEN\' ORDER BY total DESC',
    'SELECT note FROM "shop"."ByTotal" WHERE pk = \'b\' AND total BETWEEN 1 AND 2',
    'SELECT * FROM "shop"."Keys"',
)


@pytest.mark.parametrize("statement", STATEMENTS)
@pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
def test_pages_of_any_size_give_the_same(filled, statement, limit):
    """Whatever the limit, all pages together are what one page gives."""
    whole = filled.execute_statement(Statement=statement)["Items"]
    assert whole and pages(filled, statement, limit) == whole


def test_a_page_ends_at_a_megabyte_across_partitions(filled):
    """The pages of several partitions share it."""
    for pk in "abc":
        for sk in "0123":
            put(filled, pk, sk, note={"S": "x" * 200_000})
    statement = "SELECT * FROM shop WHERE pk IN ['a', 'b', 'c']"
    first = filled.execute_statement(Statement=statement)
    assert 5 <= len(first["Items"]) <= 9 and "NextToken" in first
    assert len(pages(filled, statement, 100)) == 12


def test_a_token_is_for_one_statement(filled):
    """Another statement, or other parameters, do not go on from there."""
    token = filled.execute_statement(Statement="SELECT * FROM shop WHERE pk = ?", Parameters=[{"S": "a"}], Limit=1)
    again = {"Statement": "SELECT * FROM shop WHERE pk = ?", "NextToken": token["NextToken"]}
    assert len(filled.execute_statement(**again, Parameters=[{"S": "a"}])["Items"]) == 3
    refused = "ValidationException: Invalid NextToken"
    assert refusal(filled.execute_statement, **again, Parameters=[{"S": "b"}]) == refused
    for damaged in ("e30=", token["NextToken"][:-8], "W10="):
        assert refusal(filled.execute_statement, **{**again, "NextToken": damaged}, Parameters=[{"S": "a"}]) == refused


def test_a_statement_may_name_its_table_by_arn(filled):
    """As anywhere else in the API."""
    arn = filled.describe_table(TableName="shop")["Table"]["TableArn"]
    assert len(filled.execute_statement(Statement=f"SELECT * FROM \"{arn}\" WHERE pk = 'a'")["Items"]) == 4


def test_statements_write_streams_and_indexes(engine):
    """They go the way of every other write."""
    engine.create_table(**table(StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}))
    engine.execute_statement(Statement="INSERT INTO shop VALUE {'pk': 'a', 'sk': '1', 'status': 'OPEN', 'total': 5}")
    assert engine.scan(TableName="shop", IndexName="ByStatus")["Count"] == 1
    streams = engine.streams()
    (stream,) = streams.list_streams()["Streams"]
    shards = streams.describe_stream(StreamArn=stream["StreamArn"])["StreamDescription"]["Shards"]
    place = streams.get_shard_iterator(
        StreamArn=stream["StreamArn"], ShardId=shards[0]["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )
    assert len(streams.get_records(ShardIterator=place["ShardIterator"])["Records"]) == 1


def test_a_statement_that_is_too_long_is_refused(shop):
    """At most 8192 characters."""
    statement = "SELECT * FROM shop WHERE pk = '" + "x" * 8192 + "'"
    assert "Member must have length less than or equal to 8192" in refusal(shop.execute_statement, Statement=statement)


def test_more_than_25_statements_are_no_batch(shop):
    """As the API says."""
    statements = [{"Statement": f"SELECT * FROM shop WHERE pk = '{n}' AND sk = 's'"} for n in range(26)]
    assert "less than or equal to 25" in refusal(shop.batch_execute_statement, Statements=statements)
    assert "less than or equal to 100" in refusal(shop.execute_transaction, TransactStatements=statements * 4)


def test_exists_has_no_place_in_a_batch(shop):
    """It is the check of a transaction."""
    told = shop.batch_execute_statement(
        Statements=[{"Statement": "EXISTS(SELECT * FROM shop WHERE pk = 'a' AND sk = 's' AND total = 1)"}]
    )
    assert told["Responses"][0]["Error"]["Message"] == (
        "EXISTS can only be used in ExecuteTransaction write requests."
    )


@given(st.text(alphabet="SELECTFROMWHERabc012'\"[]{}<>=?,.*()-+ \n", max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_answered(text):
    """What does not read is refused; nothing else happens."""
    with LocalClient() as client, pytest.raises(ClientError) as caught:
        client.execute_statement(Statement=text or " ")
    assert caught.value.response["Error"]["Code"] in {"ValidationException", "ResourceNotFoundException"}


@pytest.mark.parametrize("nested", ["(" * 4000, "[" * 4000, "NOT " * 1900])
def test_a_statement_that_is_too_deep_is_refused(shop, nested):
    """It does not read; the interpreter's own limit is nobody's business."""
    assert "Statement wasn't well formed" in refusal(
        shop.execute_statement, Statement=f"SELECT * FROM shop WHERE pk = {nested}" if nested[0] == "[" else
        f"SELECT * FROM shop WHERE {nested}"
    )
