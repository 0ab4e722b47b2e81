"""The helpdesk: what the people of several companies see, over HTTP."""

from __future__ import annotations

import threading

import httpx2
import pytest

from examples.helpdesk.app import create_app
from tests.integration.web.serving import wsgi_running


def made(database, table="helpdesk"):
    """Make an app with a table, and the desks of two companies."""
    app = create_app({"DATABASE": database, "TABLE": table})
    run = app.test_cli_runner().invoke
    for arguments in (["create-table"], ["open-desk", "acme", "Acme"], ["open-desk", "emca", "Emca"]):
        assert run(args=arguments).exit_code == 0
    return app


@pytest.fixture
def app(embedded_url):
    app = made(embedded_url)
    yield app
    app.extensions["helpdesk"].close()


@pytest.fixture
def web(app):
    """Flask's client of the app."""
    return app.test_client()


def ask(web, tenant="acme", **more):
    """Open a ticket; gives its path."""
    answer = web.post(f"/{tenant}/tickets", json={"subject": "Help", "author": "ann", "text": "It hums.", **more})
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"]


def numbers_of(web, what):
    """List the numbers of acme's tickets that a list has."""
    return [one["number"] for one in web.get(f"/acme/{what}").json or ()]


def test_tickets_are_numbered_desk_by_desk(web):
    """Each company counts its own."""
    assert [ask(web), ask(web), ask(web, "emca")] == ["/acme/tickets/1", "/acme/tickets/2", "/emca/tickets/1"]


def test_no_company_sees_anothers_tickets(web):
    """Not by number, not in a list, not by a tag."""
    ask(web, tags=["noise"])
    assert web.get("/emca/tickets/1").status_code == 404
    assert web.get("/emca/tickets").json == web.get("/emca/tags/noise").json == []
    assert web.get("/emca/").json["open"] == 0
    assert web.patch("/emca/tickets/1", json={"status": "CLOSED"}).status_code == 404
    assert web.get("/acme/tickets/1").json["status"] == "OPEN"


def test_a_company_without_a_desk_has_no_tickets(web):
    """A desk is opened by whoever runs the program, not by a request."""
    answer = web.post("/new/tickets", json={"subject": "x", "author": "x", "text": "x"})
    assert (answer.status_code, answer.json["title"]) == (404, "there is no such desk")
    assert web.get("/New!/tickets").status_code == 404


def test_a_ticket_tells_its_story(web):
    """What was said and what happened, in order; the comments are counted."""
    path = ask(web)
    web.post(f"{path}/comments", json={"author": "bob", "text": "Is it the fan?"})
    web.patch(path, json={"assignee": "bob"})
    web.post(f"{path}/comments", json={"author": "ann", "text": "Yes."})
    web.patch(path, json={"status": "CLOSED", "assignee": None})
    ticket = web.get(path).json
    assert (ticket["comments"], ticket["status"], ticket["assignee"]) == (2, "CLOSED", None)
    told = [(entry["kind"], entry["text"]) for entry in ticket["entries"]]
    assert told[:3] == [("comment", "Is it the fan?"), ("event", "assigned to bob"), ("comment", "Yes.")]
    assert sorted(told[3:]) == [("event", "assigned to nobody"), ("event", "closed")]
    assert ticket["updated"] > ticket["created"]


def test_a_desk_counts_its_open_tickets(web):
    """Opening, closing and opening again are counted; a change of something else is not."""
    first, _ = ask(web), ask(web)
    counts = [web.get("/acme/").json["open"]]
    for change in ({"status": "CLOSED"}, {"status": "CLOSED"}, {"assignee": "bob"}, {"status": "OPEN"}):
        assert web.patch(first, json=change).status_code == 200
        counts.append(web.get("/acme/").json["open"])
    assert counts == [2, 1, 1, 1, 2]


def test_a_closed_ticket_takes_no_comments(web):
    """That is a conflict, and nothing is counted; where there is no ticket, that is said."""
    path = ask(web)
    web.patch(path, json={"status": "CLOSED"})
    said = {"author": "ann", "text": "One more thing"}
    answer = web.post(f"{path}/comments", json=said)
    assert (answer.status_code, answer.json["title"]) == (409, "ticket 1 is closed: open it first")
    assert [entry["kind"] for entry in web.get(path).json["entries"]] == ["event"]
    assert web.post("/acme/tickets/9/comments", json=said).status_code == 404


def test_a_comment_is_taken_back_once(web):
    """The count goes with it; a second time there is nothing to take back."""
    path = ask(web)
    entry_id = web.post(f"{path}/comments", json={"author": "ann", "text": "oops"}).json["entry_id"]
    assert [web.delete(f"{path}/comments/{entry_id}").status_code for _ in range(2)] == [204, 404]
    assert web.get(path).json["comments"] == 0


def test_tickets_are_found_by_status_and_by_tag(web):
    """Both follow the ticket."""
    first, second = ask(web, tags=["noise", "fan"]), ask(web, tags=["noise"])
    web.patch(first, json={"status": "CLOSED", "tags": ["fan"], "subject": "Hum"})
    numbers = {status: numbers_of(web, f"tickets?status={status}")
               for status in ("OPEN", "CLOSED")}
    assert numbers == {"OPEN": [2], "CLOSED": [1]}
    assert numbers_of(web, "tags/noise") == [2]
    assert web.get("/acme/tags/fan").json == [{"tag": "fan", "number": 1, "subject": "Hum"}]
    assert web.get(second).json["tags"] == ["noise"]


@pytest.mark.parametrize(("method", "path", "body"), [
    ("POST", "/acme/tickets", {"subject": "x", "author": "x"}),
    ("POST", "/acme/tickets", {"subject": "x", "author": "x", "text": 5}),
    ("POST", "/acme/tickets", {"subject": "", "author": "x", "text": "x"}),
    ("POST", "/acme/tickets", {"subject": "x", "author": "x", "text": "x", "tags": "noise"}),
    ("POST", "/acme/tickets", {"subject": "x", "author": "x", "text": "x", "tags": [""]}),
    ("POST", "/acme/tickets", {"subject": "x", "author": "x", "text": "x", "number": 7}),
    ("POST", "/acme/tickets", ["subject"]),
    ("PATCH", "/acme/tickets/1", {"status": "LOST"}),
    ("PATCH", "/acme/tickets/1", {"status": None}),
    ("PATCH", "/acme/tickets/1", {"comments": 7}),
    ("POST", "/acme/tickets/1/comments", {"author": "x", "text": None}),
    ("GET", "/acme/tickets?status=LOST", None),
])
def test_what_does_not_fit_is_refused(web, method, path, body):
    """Nothing of it is stored."""
    ask(web)
    before = web.get("/acme/tickets/1").json
    answer = web.open(path, method=method, json=body)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert web.get("/acme/tickets/1").json == before


def test_what_is_no_json_is_refused(web):
    """Errors of HTTP have the same form."""
    answer = web.post("/acme/tickets", data="{", content_type="application/json")
    assert (answer.status_code, answer.json["title"]) == (400, "Bad Request")


def test_without_a_table_it_is_said_what_to_do(embedded_url):
    """A program that was not set up yet answers so."""
    answer = create_app({"DATABASE": embedded_url}).test_client().get("/acme/")
    assert (answer.status_code, answer.json["title"]) == (503, "run `flask create-table` first")


def test_a_desk_is_opened_once(app):
    """The command may be given again: a desk that is there keeps its name and its numbers."""
    run = app.test_cli_runner().invoke
    told = [run(args=["open-desk", "new", name]).output for name in ("New", "Other")]
    assert told == ["desk new is open\n", "desk new was there already\n"]
    assert app.test_client().get("/new/").json["name"] == "New"


def test_people_who_ask_at_once_get_numbers_of_their_own(app):
    """On a server with threads, ten tickets have ten numbers, and the desk has counted them."""
    with wsgi_running(app) as address, httpx2.Client(base_url=address) as web:
        paths = []
        people = [threading.Thread(target=lambda: paths.append(ask(web))) for _ in range(10)]
        for one in people:
            one.start()
        for one in people:
            one.join()
        assert sorted(int(path.rpartition("/")[2]) for path in paths) == list(range(1, 11))
        assert web.get("/acme/").json()["open"] == 10


def test_the_helpdesk_runs_on_a_server_of_dynamodb(dynamodb_local_url, table_name):
    """The same app, on DynamoDB Local: numbers, comments, tags, a closed ticket, another company."""
    web = made(dynamodb_local_url, table_name).test_client()
    path = ask(web, tags=["noise"])
    for code in (201, 409):
        assert web.post(f"{path}/comments", json={"author": "ann", "text": "x"}).status_code == code
        web.patch(path, json={"status": "CLOSED"})
    assert [entry["kind"] for entry in web.get(path).json["entries"]] == ["comment", "event"]
    assert numbers_of(web, "tags/noise") == [1]
    assert (web.get("/acme/").json["open"], web.get("/emca/").json["open"]) == (0, 0)
    assert web.get("/emca/tickets/1").status_code == 404
