"""A connected shop on each backend."""

from __future__ import annotations

import pytest

from tests.integration.repository.sessions import Clock, sessions_table
from tests.integration.repository.shop import User, order, shop_table


@pytest.fixture
def shop(client, table_name):
    """The shop's table, empty."""
    store = shop_table(table_name).connect(client)
    store.create_table()
    return store


@pytest.fixture
def filled(shop):
    """The shop with the users 1 and 2, and the orders o0 to o5 of each."""
    for account_id in ("1", "2"):
        shop[User].create(User(account_id=account_id, email=f"{account_id}@example.com"))
    shop[type(order(0))].put_many([order(n, account_id, total=n * 10) for account_id in "12" for n in range(6)])
    return shop


@pytest.fixture
def clock():
    """A clock that is put forward by hand."""
    return Clock()


@pytest.fixture
def sessions(client, table_name, clock):
    """The table of sessions on that clock, empty."""
    store = sessions_table(table_name).connect(client, now=clock)
    store.create_table()
    return store
