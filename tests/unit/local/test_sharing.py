"""Many threads on one client, several processes on one file."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from pynamite.local.client import LocalClient
from tests.unit.local.shapes import key, put, table

ADD = {"UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}


def count(client, times):
    for _ in range(times):
        client.update_item(TableName="shop", Key=key("counter"), **ADD)


def test_threads_lose_no_update(shop):
    """Updates of one item by many threads all count, while others read it."""
    stop = threading.Event()

    def watch():
        last = 0
        while not stop.is_set():
            item = shop.get_item(TableName="shop", Key=key("counter")).get("Item", {"n": {"N": "0"}})
            assert int(item["n"]["N"]) >= last
            last = int(item["n"]["N"])
        return True

    with ThreadPoolExecutor(10) as pool:
        watchers = [pool.submit(watch) for _ in range(2)]
        counters = [pool.submit(count, shop, 50) for _ in range(8)]
        for counter in counters:
            counter.result()
        stop.set()
        assert all(watcher.result() for watcher in watchers)
    assert shop.get_item(TableName="shop", Key=key("counter"))["Item"]["n"] == {"N": "400"}


def test_a_transaction_is_seen_whole_or_not_at_all(shop):
    """Two items that a transaction moves an amount between have the same sum in every TransactGetItems."""
    put(shop, "a", n={"N": "100"})
    put(shop, "b", n={"N": "100"})

    def move(amount):
        shop.transact_write_items(
            TransactItems=[
                {
                    "Update": {
                        "TableName": "shop",
                        "Key": key(pk),
                        "UpdateExpression": "ADD n :by",
                        "ExpressionAttributeValues": {":by": {"N": str(by)}},
                    }
                }
                for pk, by in (("a", amount), ("b", -amount))
            ]
        )

    def total():
        told = shop.transact_get_items(TransactItems=[{"Get": {"TableName": "shop", "Key": key(pk)}} for pk in "ab"])
        return sum(int(one["Item"]["n"]["N"]) for one in told["Responses"])

    with ThreadPoolExecutor(4) as pool:
        moves = [pool.submit(move, amount) for amount in range(60)]
        totals = [pool.submit(total) for _ in range(60)]
        assert {one.result() for one in totals} == {200}
        for one in moves:
            one.result()


PROGRAM = """
import sys
from pynamite.local.client import LocalClient
with LocalClient(sys.argv[1]) as client:
    for _ in range(100):
        client.update_item(
            TableName="shop", Key={"pk": {"S": "counter"}, "sk": {"S": "s"}}, UpdateExpression="ADD n :one",
            ExpressionAttributeValues={":one": {"N": "1"}})
"""


def test_processes_lose_no_update(path):
    """Several processes write to one file at once."""
    with LocalClient(path) as client:
        client.create_table(**table())
        started = [subprocess.Popen([sys.executable, "-c", PROGRAM, path]) for _ in range(3)]
        count(client, 50)
        assert [process.wait() for process in started] == [0, 0, 0]
        assert client.get_item(TableName="shop", Key=key("counter"))["Item"]["n"] == {"N": "350"}


def test_one_client_sees_the_tables_that_another_makes_and_deletes(path):
    """A table made, altered or deleted elsewhere is never remembered as it was."""
    with LocalClient(path) as one, LocalClient(path) as other:
        one.create_table(**table())
        put(one, "a")
        assert other.get_item(TableName="shop", Key=key("a"))["Item"] == key("a")
        one.delete_table(TableName="shop")
        with pytest.raises(other.exceptions.ResourceNotFoundException):
            other.get_item(TableName="shop", Key=key("a"))
        one.create_table(
            TableName="shop",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "N"}],
        )
        one.put_item(TableName="shop", Item={"id": {"N": "1"}})
        assert other.get_item(TableName="shop", Key={"id": {"N": "1.0"}})["Item"] == {"id": {"N": "1"}}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_client_goes_on_in_a_forked_process(path):
    """A child opens connections of its own; the parent's go on."""
    with LocalClient(path) as client:
        client.create_table(**table())
        count(client, 1)
        client.get_item(TableName="shop", Key=key("counter"))
        child = multiprocessing.get_context("fork").Process(target=count, args=(client, 5))
        child.start()
        count(client, 5)
        child.join()
        assert child.exitcode == 0
        assert client.get_item(TableName="shop", Key=key("counter"))["Item"]["n"] == {"N": "11"}
