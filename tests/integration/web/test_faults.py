"""What the clients of a back end are told when its database is in trouble, by the faults of pynamite's fixtures."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from examples.helpdesk.app import create_app as create_helpdesk
from examples.helpdesk.models import table as helpdesk_table
from examples.shop_api.app import create_app as create_shop
from examples.shop_api.models import table as shop_table
from examples.shop_api.settings import Settings

TEA = {"sku": "tea", "name": "Tea", "category": "drinks", "price": "2.50", "on_hand": 5}


@pytest.fixture
def shop(pynamite_client):
    """A client of the shop, which has some tea."""
    with TestClient(create_shop(Settings(pynamite_client))) as web:
        web.post("/products", json=TEA)
        yield web


@pytest.mark.pynamite_table(shop_table)
@pytest.mark.parametrize(("fault", "action", "title"), [
    ("throttle", "UpdateItem", "too much to do: try again later"),
    ("lose_request", "UpdateItem", "the database does not answer"),
    ("lose_response", "UpdateItem", "this may have been done: look before you try again"),
])
def test_a_shop_in_trouble_says_so(shop, pynamite_faults, fault, action, title):
    """A 503, which tells what was done from what may have been done."""
    getattr(pynamite_faults, fault)(action)
    answer = shop.post("/products/tea/deliveries", json={"quantity": 1})
    assert (answer.status_code, answer.json()["title"]) == (503, title)
    assert shop.get("/products/tea").json()["on_hand"] == (6 if fault == "lose_response" else 5)


@pytest.mark.pynamite_table(shop_table)
def test_orders_that_meet_are_tried_again(shop, pynamite_faults):
    """Customers see nothing of conflicts that are over soon."""
    ann = shop.post("/customers", json={"email": "ann@example.com", "name": "Ann"}).headers["Location"]
    pynamite_faults.conflict("TransactWriteItems", times=2)
    answer = shop.post(f"{ann}/orders", json={"lines": [{"sku": "tea", "quantity": 1}]})
    assert answer.status_code == 201
    assert shop.get("/products/tea").json()["on_hand"] == 4


@pytest.mark.pynamite_table(helpdesk_table)
def test_a_helpdesk_in_trouble_says_so(pynamite_client, pynamite_faults):
    """A 503 for a query that is not answered; the next one is."""
    app = create_helpdesk({"DATABASE": pynamite_client})
    app.test_cli_runner().invoke(args=["open-desk", "acme", "Acme"])
    pynamite_faults.throttle("Query")
    answers = [app.test_client().get("/acme/tickets") for _ in range(2)]
    assert [(answer.status_code, answer.mimetype) for answer in answers] == [
        (503, "application/problem+json"), (200, "application/json")]
