"""Clients that are slow, broken, many or unusual: each is answered or cut, and none keeps the others waiting."""

from __future__ import annotations

import json
import socket
import threading
import time

import pytest

from pynamite.local.server import connection, loop, serve
from tests.integration.server.conftest import Wire, message

LIST = message("ListTables", {})
LARGEST = 16 * 1024 * 1024


def chunked(target, body, size):
    """Write a request whose body comes in chunks."""
    head, _, content = message(target, body, Content_Length=None, Transfer_Encoding="chunked").partition(b"\r\n\r\n")
    chunks = [content[start : start + size] for start in range(0, len(content), size)]
    return head + b"\r\n\r\n" + b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


def test_a_connection_is_kept(wire):
    """Many requests, one after the other."""
    for _ in range(20):
        wire.send(LIST)
        assert wire.read()[0] == 200


def test_a_connection_that_rested_goes_on(wire):
    """A worker stays for a moment only; whoever comes later is served as well."""
    for _ in range(3):
        wire.send(LIST)
        assert wire.read()[0] == 200
        time.sleep(3 * connection.LINGER_SECONDS)


def test_requests_in_advance_are_answered_in_order(wire, shop):
    """Pipelining: all are sent before the first answer is read."""
    for number in range(30):
        shop.put_item(TableName="shop", Item={"PK": {"S": str(number)}})
    keys = [{"PK": {"S": str(number)}} for number in range(30)]
    wire.send(b"".join(message("GetItem", {"TableName": "shop", "Key": key}) for key in keys))
    assert [json.loads(wire.read()[2])["Item"] for _ in keys] == keys


def test_a_request_may_come_byte_by_byte(wire):
    """However slowly, as long as it comes."""
    for byte in LIST:
        wire.send(bytes([byte]))
    assert wire.read()[0] == 200


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_a_body_may_come_in_chunks(wire, shop, size):
    """Of any size."""
    wire.send(chunked("PutItem", {"TableName": "shop", "Item": {"PK": {"S": "é" * 50}}}, size))
    assert wire.read()[0::2] == (200, b"{}")
    assert shop.scan(TableName="shop")["Items"] == [{"PK": {"S": "é" * 50}}]


def test_a_client_that_asks_whether_to_go_on_is_told(wire):
    """Expect: 100-continue gets its answer before the body is there."""
    head, body = message("ListTables", {}, Expect="100-continue").split(b"\r\n\r\n")
    wire.send(head + b"\r\n\r\n")
    assert wire.read_head()[0] == 100
    wire.send(body)
    assert wire.read()[0] == 200


def test_http_1_0_ends_after_an_answer(server):
    """Unless it asks to be kept, and then it is told so."""
    wire = Wire(server)
    wire.send(message("ListTables", {}, version="1.0", Connection="keep-alive"))
    assert wire.read()[1]["connection"] == "keep-alive"
    wire.send(message("ListTables", {}, version="1.0"))
    assert wire.read()[1]["connection"] == "close"
    assert wire.at_end()
    wire.close()


def test_connection_close_is_kept_to(wire):
    """The last answer says so, too; what was sent after it is not answered."""
    wire.send(message("ListTables", {}, Connection="close") + LIST)
    assert wire.read()[1]["connection"] == "close"
    assert wire.at_end()


def test_a_client_that_has_said_all_is_answered(wire):
    """It may close its side before it reads."""
    wire.send(LIST)
    wire.socket.shutdown(socket.SHUT_WR)
    assert wire.read()[0] == 200
    assert wire.at_end()


@pytest.mark.parametrize("sent", [
    b"hello\r\n\r\n", b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + b"\n\n", b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
    b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
])
def test_what_is_no_request_is_told_so_and_cut(wire, sent):
    """Plain HTTP, TLS or noise."""
    wire.send(sent)
    status, headers, _ = wire.read()
    assert (status, headers["connection"]) == (400, "close")
    assert wire.at_end()


def test_the_largest_body_is_read(wire):
    """16 MB are a request, which is then refused for what is in it."""
    wire.send(message("ListTables", b" " * LARGEST))
    assert wire.read()[0] == 400


@pytest.mark.parametrize("how", ["length", "chunks"])
def test_a_larger_body_is_refused_and_read_to_the_end(wire, how):
    """A client that sends all before it reads gets to know why."""
    body = b" " * (LARGEST + 1)
    wire.send(message("ListTables", body) if how == "length" else chunked("ListTables", body, 1_000_000))
    status, headers, _ = wire.read()
    assert (status, headers["connection"]) == (413, "close")
    assert wire.at_end()


def test_a_client_that_goes_away_does_no_harm(server):
    """In the middle of a request, or before its answer."""
    for part in (LIST[:10], LIST[:-1], LIST):
        gone = Wire(server)
        gone.send(part)
        gone.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        gone.close()
    wire = Wire(server)
    wire.send(LIST)
    assert wire.read()[0] == 200
    wire.close()


def test_slow_clients_keep_nobody_waiting(server):
    """More unfinished requests than there are workers, and one that is finished."""
    slow = [Wire(server) for _ in range(loop.WORKERS * 3)]
    for wire in slow:
        wire.send(LIST[:-1])
    quick = Wire(server)
    started = time.monotonic()
    quick.send(LIST)
    assert quick.read()[0] == 200
    assert time.monotonic() - started < 5
    for wire in slow:
        wire.send(LIST[-1:])
        assert wire.read()[0] == 200
    for wire in (*slow, quick):
        wire.close()


def test_clients_that_do_not_read_keep_nobody_waiting(server, shop):
    """Their answers wait for them, and are whole when they come back."""
    for number in range(4):
        shop.put_item(TableName="shop", Item={"PK": {"S": str(number)}, "text": {"S": "x" * 300_000}})
    scan = message("Scan", {"TableName": "shop"})
    deaf = [Wire(server) for _ in range(loop.WORKERS + 4)]
    for wire in deaf:
        wire.send(scan * 2)
    quick = Wire(server)
    quick.send(LIST)
    assert quick.read()[0] == 200
    for wire in deaf:
        assert {json.loads(wire.read()[2])["Count"] for _ in range(2)} == {4}
    for wire in (*deaf, quick):
        wire.close()


def test_more_connections_than_workers_all_get_their_turn(server, shop):
    """Hot connections share the workers."""
    answered = []

    def work():
        wire = Wire(server)
        for _ in range(10):
            wire.send(LIST)
            answered.append(wire.read()[0])
        wire.close()

    threads = [threading.Thread(target=work) for _ in range(loop.WORKERS * 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answered == [200] * (10 * len(threads))


def test_more_connections_than_there_is_room_for_wait(server, monkeypatch):
    """They are accepted when others end."""
    monkeypatch.setattr(loop, "MOST_CONNECTIONS", 4)
    first = [Wire(server) for _ in range(4)]
    for wire in first:
        wire.send(LIST)
        assert wire.read()[0] == 200
    late = Wire(server)
    late.send(LIST)
    late.socket.settimeout(0.3)
    with pytest.raises(TimeoutError):
        late.read()
    late.socket.settimeout(20)
    for wire in first:
        wire.close()
    assert late.read()[0] == 200
    late.close()


def test_a_request_that_does_not_come_to_an_end_is_cut(server, monkeypatch):
    """With the status that says so; a connection without a request is closed in silence."""
    monkeypatch.setitem(connection._LIMITS, "receiving", 0.05)
    monkeypatch.setitem(connection._LIMITS, "idle", 0.05)
    unfinished, idle = Wire(server), Wire(server)
    unfinished.send(LIST[:-1])
    assert unfinished.read()[0] == 408
    assert unfinished.at_end()
    assert idle.at_end()
    unfinished.close()
    idle.close()


def test_a_request_under_way_is_answered_when_the_server_stops(server, monkeypatch):
    """Closing waits for it, and says that the connection ends."""
    begun, let_go = threading.Event(), threading.Event()
    answer = server._loop._answer

    def slow(request):
        begun.set()
        let_go.wait(10)
        return answer(request)

    monkeypatch.setattr(server._loop, "_answer", slow)
    wire, idle = Wire(server), Wire(server)
    wire.send(LIST)
    begun.wait(10)
    closing = threading.Thread(target=server.close)
    closing.start()
    assert idle.at_end()
    assert closing.is_alive()
    let_go.set()
    status, headers, _ = wire.read()
    assert (status, headers["connection"]) == (200, "close")
    closing.join()
    with pytest.raises(ConnectionRefusedError):
        Wire(server)
    wire.close()
    idle.close()


def test_a_request_that_is_half_here_may_end_when_the_server_stops(server):
    """It has begun, so it is waited for."""
    wire = Wire(server)
    wire.send(LIST[:-1])
    time.sleep(0.1)
    closing = threading.Thread(target=server.close)
    closing.start()
    time.sleep(0.1)
    wire.send(LIST[-1:])
    assert wire.read()[0] == 200
    closing.join()
    wire.close()


def test_stopping_does_not_wait_for_ever(monkeypatch):
    """A request that never ends is cut after the grace."""
    from pynamite.local.server import serving

    monkeypatch.setattr(serving, "GRACE_SECONDS", 0.2)
    with serve() as server:
        wire = Wire(server)
        wire.send(LIST[:-1])
        time.sleep(0.1)
    assert wire.at_end()
    wire.close()
