"""A client that nobody closes."""

from __future__ import annotations

import gc

from pynamite.local.client import LocalClient


def test_a_client_that_nobody_holds_closes_its_file(tmp_path):
    """SQLite's log beside the file is gone when the last connection is closed."""
    client = LocalClient(str(tmp_path / "test.db"))
    client.create_table(
        TableName="test", KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST",
    )
    client.get_item(TableName="test", Key={"PK": {"S": "a"}})
    assert (tmp_path / "test.db-wal").exists()
    del client
    gc.collect()
    assert not (tmp_path / "test.db-wal").exists()
