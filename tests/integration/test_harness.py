"""The test harness itself: the same tests on every backend, and none of them near AWS."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time

import boto3
import botocore.exceptions
import pytest

from pynamite.client import Client

KEYS = {
    "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "PK", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


def test_every_client_keeps_an_item(client, table_name):
    """A table can be made, and an item put and got, on each backend."""
    client.create_table(TableName=table_name, **KEYS)
    client.put_item(TableName=table_name, Item={"PK": {"S": "a"}, "n": {"N": "1"}})
    assert client.get_item(TableName=table_name, Key={"PK": {"S": "a"}})["Item"] == {"PK": {"S": "a"}, "n": {"N": "1"}}


def test_every_client_speaks_the_protocol(client):
    """Each backend's client has all the methods that the library calls."""
    assert isinstance(client, Client)


def test_every_url_connects(url, table_name):
    """What the url fixture gives is what connect takes."""
    from pynamite.connect import connect

    connect(url).create_table(TableName=table_name, **KEYS)
    assert connect(url).describe_table(TableName=table_name)["Table"]["TableStatus"] == "ACTIVE"


def test_each_backend_starts_without_the_tables_of_other_tests(client, table_name):
    """No two tests get the same table name."""
    assert table_name not in client.list_tables()["TableNames"]


@pytest.mark.differs(backend="moto", reason="moto 5 takes a comma between the clauses of an update expression")
def test_a_marked_difference_has_to_fail_on_that_backend_alone(client, table_name):
    """A comma between clauses is refused, as DynamoDB refuses it; moto's mistake is marked."""
    client.create_table(TableName=table_name, **KEYS)
    with pytest.raises(Exception, match="ValidationException"):
        client.update_item(
            TableName=table_name, Key={"PK": {"S": "a"}}, UpdateExpression="SET a = :a, REMOVE b",
            ExpressionAttributeValues={":a": {"N": "1"}},
        )


def test_no_test_finds_real_credentials():
    """Whatever credentials the machine has, the tests and the programs they start see made-up ones."""
    credentials = boto3.Session().get_credentials()
    assert credentials is not None
    assert (credentials.access_key, credentials.secret_key) == ("testing", "testing")
    assert os.environ["AWS_EC2_METADATA_DISABLED"] == "true"


def test_no_test_reaches_another_machine():
    """A connection to anything but this machine is refused before it is tried."""
    with pytest.raises(botocore.exceptions.HTTPClientError, match=r"A test tried to use .*192\.0\.2\.1"):
        boto3.client("dynamodb", endpoint_url="http://192.0.2.1").list_tables()


@pytest.mark.usefixtures("dynamodb_local")
def test_the_server_ends_with_a_process_that_is_killed():
    """A test process that is killed outright leaves no server behind."""
    program = (
        "import os, signal\n"
        "from tests import dynamodb_local\n"
        "with dynamodb_local.running() as url:\n"
        "    print(url, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    port = int(killed.stdout.strip().rpartition(":")[2])
    deadline = time.monotonic() + 30
    while listens(port) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not listens(port)


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
