"""Programs that know nothing of pynamite work on the server as on DynamoDB."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from decimal import Decimal

import pytest
from botocore.exceptions import ClientError

from pynamite import Table, entity
from tests.integration.server.programs import aws_cli, dynamodb_admin

EVERYTHING = {
    "PK": "a", "text": "é\U0001f600", "number": Decimal("1.5"), "binary": b"\x00\xff", "true": True, "none": None,
    "list": [1, "a", [b"x"]], "map": {"B": {"x": 1}}, "strings": {"a", "b"}, "numbers": {1, 2},
    "binaries": {b"x", b"y"},
}


@pytest.fixture
def aws(server, boto3_session):
    """boto3's client of the server."""
    client = boto3_session.client("dynamodb", endpoint_url=server.url)
    yield client
    client.close()


def test_boto3s_resource_keeps_every_type(server, shop, boto3_session):
    """Through the resource's own types and back."""
    table = boto3_session.resource("dynamodb", endpoint_url=server.url).Table("shop")
    table.put_item(Item=EVERYTHING)
    assert table.get_item(Key={"PK": "a"})["Item"] == EVERYTHING
    assert table.item_count == 1
    table.meta.client.close()


def test_boto3s_client_gets_its_own_errors(aws, shop):
    """The modelled class, the code, and what is there."""
    aws.put_item(TableName="shop", Item={"PK": {"S": "a"}, "b": {"B": b"\xff"}})
    with pytest.raises(aws.exceptions.ConditionalCheckFailedException) as caught:
        aws.put_item(
            TableName="shop", Item={"PK": {"S": "a"}}, ConditionExpression="attribute_not_exists(PK)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD")
    assert caught.value.response["Item"] == {"PK": {"S": "a"}, "b": {"B": b"\xff"}}
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    with pytest.raises(aws.exceptions.TransactionCanceledException) as cancelled:
        aws.transact_write_items(TransactItems=[{"Delete": {
            "TableName": "shop", "Key": {"PK": {"S": "a"}}, "ConditionExpression": "attribute_not_exists(PK)"}}])
    assert cancelled.value.response["CancellationReasons"][0]["Code"] == "ConditionalCheckFailed"
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        aws.describe_table(TableName="none")


def test_boto3s_waiters_and_paginators_work(aws, shop):
    """They ask until there is what they wait for, and until the last page."""
    aws.get_waiter("table_exists").wait(TableName="shop")
    for number in range(7):
        aws.put_item(TableName="shop", Item={"PK": {"S": str(number)}})
    pages = aws.get_paginator("scan").paginate(TableName="shop", PaginationConfig={"PageSize": 3})
    assert [page["Count"] for page in pages] == [3, 3, 1]
    aws.delete_table(TableName="shop")
    aws.get_waiter("table_not_exists").wait(TableName="shop")


def test_the_library_itself_connects_by_the_url(server):
    """A table of entities, over HTTP."""
    @entity(pk="NOTE#<note_id>", sk="NOTE")
    class Note:
        note_id: str
        text: str

    with Table("notes", Note).connect(server.url) as store:
        store.create_table()
        store[Note].create(Note(note_id="1", text="hello"))
        assert store[Note].get(note_id="1") == Note(note_id="1", text="hello")


def test_the_aws_cli_works(server, shop):
    """Put by one call, read by another."""
    def run(*arguments):
        ran = subprocess.run(
            [aws_cli(), "--endpoint-url", server.url, "dynamodb", *arguments], capture_output=True, text=True)
        assert (ran.returncode, ran.stderr) == (0, "")
        return json.loads(ran.stdout or "null")

    item = {"PK": {"S": "soap"}, "price": {"N": "2.5"}}
    run("put-item", "--table-name", "shop", "--item", json.dumps(item))
    assert shop.scan(TableName="shop")["Items"] == [item]
    assert run("scan", "--table-name", "shop")["Items"] == [item]


@contextlib.contextmanager
def web_client(server):
    """Run dynamodb-admin on the server; give its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = subprocess.Popen(
        [dynamodb_admin(), "--host", "127.0.0.1", "--port", str(port), "--dynamo-endpoint", server.url],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "NODE_NO_WARNINGS": "1"})
    try:
        deadline = time.monotonic() + 60
        while program.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        program.terminate()
        program.wait()


def test_dynamodb_admin_shows_and_changes_items(server, shop):
    """Its pages load, show a table and an item, and an item made in it is there."""
    def ask(path, method="GET", body=None):
        sent = urllib.request.Request(
            address + path, method=method, data=body and json.dumps(body).encode(),
            headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(sent, timeout=30) as answer:
            return answer.read().decode()

    shop.put_item(TableName="shop", Item={"PK": {"S": "soap"}, "price": {"N": "2.5"}, "photo": {"B": b"\xff"}})
    with web_client(server) as address:
        assert "shop" in ask("/")
        for page in ("/create-table", "/tables/shop", "/tables/shop/get", "/tables/shop/add-item", "/tables/shop/meta",
                     "/tables/shop/ttl"):
            assert ask(page)
        assert "soap" in ask("/tables/shop/items")
        assert "2.5" in ask("/tables/shop/items/soap")
        ask("/tables/shop/add-item", "PUT", {"PK": "tea", "price": 4})
        assert shop.get_item(TableName="shop", Key={"PK": {"S": "tea"}})["Item"]["price"] == {"N": "4"}
        with pytest.raises(urllib.error.HTTPError):
            ask("/tables/nothing")
