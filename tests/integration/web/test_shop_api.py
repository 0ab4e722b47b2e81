"""The shop as a web API: what its clients see, over HTTP."""

from __future__ import annotations

import threading

import httpx2
import pytest
from fastapi.testclient import TestClient

from examples.shop_api.app import create_app
from examples.shop_api.settings import Settings
from tests.integration.web.serving import uvicorn_running


@pytest.fixture
def settings(embedded_url):
    return Settings(database=embedded_url, cursor_secret="a secret of the tests")


@pytest.fixture
def web(settings):
    """A client of the app, which is up."""
    with TestClient(create_app(settings)) as client:
        yield client


def register(web, email="ann@example.com"):
    """Register a customer; gives the path of the customer."""
    answer = web.post("/customers", json={"email": email, "name": "Ann"})
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"]


def add(web, sku="tea", on_hand=5, price="2.50"):
    """Take a product into the range; gives its ETag."""
    answer = web.post("/products", json={
        "sku": sku, "name": sku.title(), "category": "drinks", "price": price, "on_hand": on_hand})
    assert answer.status_code == 201, answer.text
    return answer.headers["ETag"]


def order(web, ann, **quantities):
    """Order something; gives the answer."""
    return web.post(f"{ann}/orders", json={"lines": [{"sku": sku, "quantity": n} for sku, n in quantities.items()]})


def on_hand(web, sku="tea"):
    return web.get(f"/products/{sku}").json()["on_hand"]


def test_a_customer_registers_and_is_found(web):
    """What was registered is there under its Location, and under its e-mail address, in any case."""
    ann = web.get(register(web)).json()
    assert (ann["email"], ann["name"]) == ("ann@example.com", "Ann")
    assert web.get("/customers", params={"email": "ANN@example.com"}).json() == ann
    assert web.get("/customers", params={"email": "bob@example.com"}).status_code == 404


def test_an_address_that_is_taken_is_a_conflict(web):
    """Nobody else registers with it, however it is written."""
    register(web)
    answer = web.post("/customers", json={"email": "Ann@Example.com", "name": "Other"})
    assert (answer.status_code, answer.json()["fields"]) == (409, ["email"])
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("path", "body"), [
    ("/customers", {"email": "no address", "name": "Ann"}),
    ("/customers", {"email": "ann@example.com", "name": "Ann", "admin": True}),
    ("/products", {"sku": "a#b", "name": "Tea", "category": "drinks", "price": "1"}),
    ("/products", {"sku": "tea", "name": "Tea", "category": "drinks", "price": "-1"}),
    ("/products", {"sku": "tea", "name": "Tea", "category": "drinks", "price": "1", "on_hand": -1}),
    ("/customers/1/orders", {"lines": []}),
    ("/customers/1/orders", {"lines": [{"sku": "tea", "quantity": 0}]}),
    ("/customers/1/orders", {"lines": [{"sku": f"tea{n}", "quantity": 1} for n in range(41)]}),
])
def test_a_body_that_does_not_fit_is_refused(web, path, body):
    """It is checked before anything is asked of the database."""
    assert web.post(path, json=body).status_code == 422


def test_a_product_is_added_once(web):
    """A SKU that is taken is a conflict, and the stock stays as it is."""
    add(web, on_hand=5)
    answer = web.post("/products", json={"sku": "tea", "name": "x", "category": "x", "price": "1", "on_hand": 0})
    assert answer.status_code == 409
    assert on_hand(web) == 5
    assert web.post("/products/tea/deliveries", json={"quantity": 7}).json() == {"on_hand": 12}
    assert web.post("/products/none/deliveries", json={"quantity": 7}).status_code == 404


def test_who_changes_a_product_names_its_version(web):
    """The second of two who read the same product is told; without a version nobody changes anything."""
    read = add(web)
    change = {"name": "Green tea", "category": "drinks", "price": "3"}
    first = web.put("/products/tea", json=change, headers={"If-Match": read})
    assert (first.status_code, first.json()["name"]) == (200, "Green tea")
    second = web.put("/products/tea", json={**change, "price": "2"}, headers={"If-Match": read})
    assert (second.status_code, second.json()["found"]) == (412, 2)
    third = web.put("/products/tea", json={**change, "price": "2"}, headers={"If-Match": first.headers["ETag"]})
    assert (third.status_code, third.json()["price"]) == (200, "2.00")
    assert web.put("/products/tea", json=change).status_code == 428
    assert web.put("/products/tea", json=change, headers={"If-Match": 'W/"3"'}).status_code == 412
    assert web.put("/products/none", json=change, headers={"If-Match": '"1"'}).status_code == 412


def test_a_sale_is_no_change_of_the_product(web):
    """Whoever edits a product is not disturbed by those who buy it."""
    read = add(web)
    assert order(web, register(web), tea=1).status_code == 201
    change = {"name": "Green tea", "category": "drinks", "price": "3"}
    assert web.put("/products/tea", json=change, headers={"If-Match": read}).status_code == 200


def test_an_order_takes_the_stock(web):
    """It has the prices of now, and the products are fewer."""
    add(web)
    add(web, "jam", price="4")
    ann = register(web)
    answer = order(web, ann, tea=2, jam=1)
    placed = answer.json()
    assert (answer.status_code, placed["status"], placed["total"]) == (201, "OPEN", "9.00")
    assert web.get(answer.headers["Location"]).json() == placed
    assert (on_hand(web), on_hand(web, "jam")) == (3, 4)


def test_what_there_is_not_enough_of_is_named(web):
    """Nothing of such an order happens: neither is it there, nor is the other product taken."""
    add(web, on_hand=1)
    add(web, "jam")
    ann = register(web)
    answer = order(web, ann, jam=1, tea=2)
    assert (answer.status_code, answer.json()["sku"], answer.json()["left"]) == (409, "tea", 1)
    assert web.get(f"{ann}/orders").json() == {"items": [], "cursor": None}
    assert on_hand(web, "jam") == 5


def test_an_order_is_for_a_customer_and_of_products_that_there_are(web):
    """What is unknown is said, and the stock stays."""
    add(web)
    assert order(web, "/customers/nobody", tea=1).status_code == 404
    answer = order(web, register(web), tea=1, gold=1)
    assert (answer.status_code, answer.json()["detail"]) == (422, "there is no product 'gold'")
    assert on_hand(web) == 5


def test_an_order_goes_its_way(web):
    """It is paid, then sent, and not the other way round; what was sent is not cancelled."""
    add(web)
    path = order(web, register(web), tea=1).headers["Location"]
    steps = [web.put(f"{path}/status", json={"status": status})
             for status in ("SENT", "PAID", "SENT", "CANCELLED", "OPEN")]
    assert [step.status_code for step in steps] == [409, 200, 200, 409, 409]
    assert steps[3].json()["detail"] == "the order is SENT"
    assert web.get(path).json()["status"] == "SENT"


def test_what_is_cancelled_goes_back(web):
    """The stock has again what the order took; it is given back once."""
    add(web)
    path = order(web, register(web), tea=4).headers["Location"]
    assert on_hand(web) == 1
    assert [web.put(f"{path}/status", json={"status": "CANCELLED"}).status_code for _ in range(2)] == [200, 409]
    assert on_hand(web) == 5


def test_a_list_comes_in_pages(web):
    """Each page says where the next one begins; the last one does not."""
    add(web, on_hand=100)
    ann = register(web)
    ids = [order(web, ann, tea=1).json()["order_id"] for _ in range(5)]
    seen, cursor = [], None
    while True:
        page = web.get(f"{ann}/orders", params={"size": 2, **({"cursor": cursor} if cursor else {})}).json()
        seen += [one["order_id"] for one in page["items"]]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert seen == ids[::-1]
    assert web.get(f"{ann}/orders", params={"size": 0}).status_code == 422


def test_a_cursor_that_was_not_given_is_refused(web, settings):
    """Neither a made-up one, nor that of another list, nor one that somebody else signed will do."""
    add(web)
    add(web, "jam")
    ann, bob = register(web), register(web, "bob@example.com")
    for who in (ann, ann, bob, bob):
        order(web, who, tea=1)
    anns = web.get(f"{ann}/orders", params={"size": 1}).json()["cursor"]
    with TestClient(create_app(Settings(settings.database, cursor_secret="a guess"))) as other:
        forged = other.get(f"{ann}/orders", params={"size": 1}).json()["cursor"]
    assert web.get(f"{ann}/orders", params={"size": 1, "cursor": anns}).status_code == 200
    for path, cursor in ((f"{ann}/orders", "nonsense"), (f"{bob}/orders", anns), (f"{ann}/orders", forged)):
        answer = web.get(path, params={"size": 1, "cursor": cursor})
        assert (answer.status_code, answer.json()["title"]) == (400, "this cursor is not one of this list")


def test_orders_are_found_by_status(web):
    """An order moves from list to list as it goes on; the oldest comes first."""
    add(web)
    ann = register(web)
    first, second = (order(web, ann, tea=1) for _ in range(2))
    web.put(f"{first.headers['Location']}/status", json={"status": "PAID"})
    in_status = {status: [one["order_id"] for one in web.get("/orders", params={"status": status}).json()["items"]]
                 for status in ("OPEN", "PAID", "SENT")}
    assert in_status == {"OPEN": [second.json()["order_id"]], "PAID": [first.json()["order_id"]], "SENT": []}
    assert web.get("/orders", params={"status": "LOST"}).status_code == 422


def test_products_are_found_by_category(web):
    """A category lists what is in it, and no orders that lie in the same index."""
    add(web)
    add(web, "jam")
    assert [one["sku"] for one in web.get("/products", params={"category": "drinks"}).json()["items"]] == ["jam", "tea"]
    assert web.get("/products", params={"category": "nothing"}).json() == {"items": [], "cursor": None}


@pytest.mark.parametrize("path", ["/customers/nobody", "/products/none", "/customers/nobody/orders/1", "/nowhere"])
def test_what_is_not_there_is_a_404(web, path):
    """No answer names a key of the table."""
    answer = web.get(path)
    assert answer.status_code == 404
    assert "#" not in answer.text


def test_an_id_that_cannot_be_one_is_refused(web):
    """An id with the separator of the keys reaches nobody else's item, one that is too long for a key is refused."""
    add(web)
    ann = register(web)
    number = order(web, ann, tea=1).json()["order_id"]
    assert web.get(f"{ann}%23ORDER%23{number}").status_code == 404
    assert web.get(f"/customers/{'x' * 3000}").status_code == 422


def test_the_shop_is_there_after_a_restart(settings):
    """The table is made once, and kept."""
    with TestClient(create_app(settings)) as web:
        ann = register(web)
    with TestClient(create_app(settings)) as web:
        assert web.get(ann).status_code == 200


def test_customers_who_buy_at_once_get_what_there_is(settings):
    """On a server with threads, ten customers want one of four: four orders, six refusals, nothing left."""
    with uvicorn_running(create_app(settings)) as address, httpx2.Client(base_url=address) as web:
        add(web, on_hand=4)
        customers = [register(web, f"{n}@example.com") for n in range(10)]
        codes = []
        buyers = [threading.Thread(target=lambda ann=ann: codes.append(order(web, ann, tea=1).status_code))
                  for ann in customers]
        for buyer in buyers:
            buyer.start()
        for buyer in buyers:
            buyer.join()
        assert sorted(codes) == [201] * 4 + [409] * 6
        assert on_hand(web) == 0
        assert len(web.get("/orders").json()["items"]) == 4


def test_the_shop_runs_on_a_server_of_dynamodb(dynamodb_local_url, table_name):
    """The same app, on DynamoDB Local: a customer, an order, a refusal, pages, a version."""
    with TestClient(create_app(Settings(dynamodb_local_url, table_name))) as web:
        etag = add(web)
        ann = register(web)
        assert [order(web, ann, tea=2).status_code for _ in range(3)] == [201, 201, 409]
        page = web.get(f"{ann}/orders", params={"size": 1}).json()
        assert web.get(f"{ann}/orders", params={"size": 1, "cursor": page["cursor"]}).json()["cursor"] is None
        assert web.get(f"{ann}/orders", params={"cursor": "x"}).status_code == 400
        assert web.post("/customers", json={"email": "ANN@example.com", "name": "x"}).status_code == 409
        change = {"name": "Green tea", "category": "drinks", "price": "3"}
        codes = [web.put("/products/tea", json=change, headers={"If-Match": etag}).status_code for _ in range(2)]
        assert codes == [200, 412]


@pytest.mark.parametrize(("environment", "database"), [
    ({}, "sqlite:///shop.db"),
    ({"SHOP_DB": "sqlite:///other.db"}, "sqlite:///other.db"),
    ({"SHOP_DB": "http://127.0.0.1:8000"}, "http://127.0.0.1:8000"),
    ({"SHOP_DB": "aws"}, None),
])
def test_the_environment_says_where_the_shop_keeps_its_things(environment, database):
    """A file unless something else is said; AWS by its name."""
    assert Settings.from_environment(environment).database == database
    named = {**environment, "SHOP_TABLE": "t", "SHOP_SECRET": "s"}
    assert Settings.from_environment(named) == Settings(database, "t", "s")
