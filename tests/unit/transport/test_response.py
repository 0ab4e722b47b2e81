"""Answers: read whole, wherever the wire cuts them, and told from what is none."""

from __future__ import annotations

import http.client
import itertools
import socket
import threading
import zlib
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pynamite.transport.connection import Address, ClosedError, Connection
from pynamite.transport.response import UNKNOWN_LAYOUT, Answer, layout_of, plain
from tests.scripted_server import answer

BODY = b'{"Item":{"PK":{"S":"a"}}}'


class Wire:
    """Stands for a socket: gives what comes in the given pieces, then the end."""

    def __init__(self, pieces):
        self.pieces = [piece for piece in pieces if piece]
        self.sent = b""

    def sendall(self, request):
        self.sent += request

    def recv_into(self, buffer):
        if not self.pieces:
            return 0
        piece = self.pieces.pop(0)
        count = min(len(buffer), len(piece))
        buffer[:count] = piece[:count]
        if piece[count:]:
            self.pieces.insert(0, piece[count:])
        return count

    def close(self):
        pass


def connection(*pieces):
    """A connection to a wire on which these pieces come."""
    made = Connection.__new__(Connection)
    wire: Any = Wire(pieces)
    made.begin(wire)
    return made


def cut(whole, places):
    """Cut an answer at the places."""
    ends = [0, *sorted(place % (len(whole) + 1) for place in places), len(whole)]
    return [whole[start:end] for start, end in itertools.pairwise(ends)]


@given(st.lists(st.integers(0, 10_000), max_size=6), st.lists(st.integers(0, 10_000), max_size=6))
def test_an_answer_is_the_same_wherever_it_is_cut(places, more_places):
    """The first on a connection, and the next, which has the same layout."""
    first, second = answer(BODY), answer(b'{"Count":0}')
    wire = connection(*cut(first, places), *cut(second, more_places))
    assert wire.exchange(b"one").body == BODY
    assert wire.reusable
    assert wire.exchange(b"two").body == b'{"Count":0}'
    assert wire.reusable


@given(st.integers(0, 10_000), st.booleans())
def test_an_answer_that_ends_too_early_is_not_sound(place, after_another):
    """It is an error, or an answer that says that it is not whole."""
    whole = answer(BODY)
    wire = connection(*([whole] if after_another else []), whole[: place % len(whole)])
    if after_another:
        wire.exchange(b"")
    try:
        told = wire.exchange(b"")
    except (OSError, http.client.HTTPException):
        return
    assert not told.is_sound
    assert not wire.reusable


@pytest.mark.parametrize("length", [0, 1, 131_072, 131_073, 500_000])
def test_a_body_of_any_length(length):
    """What does not fit into the buffer is put together."""
    body = b"x" * length
    wire = connection(*cut(answer(body), range(0, length + 200, 70_000)), answer())
    assert wire.exchange(b"").body == body
    assert wire.exchange(b"").is_sound


def test_what_comes_behind_an_answer_is_nobodys():
    """The connection is not used again, and the answer is as good as ever."""
    for first in ([], [answer()]):
        wire = connection(*first, answer(BODY) + b"HTTP/1.1 200")
        told = [wire.exchange(b"") for _ in range(len(first) + 1)][-1]
        assert told.is_sound
        assert not wire.reusable


CHUNKED = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"Cou\r\n6\r\nnt":0}\r\n0\r\n\r\n'


@pytest.mark.parametrize("odd", [
    CHUNKED, b'HTTP/1.1 200 OK\r\n\r\n{"Count":0}', b'HTTP/1.0 200 OK\r\nContent-Length: 11\r\n\r\n{"Count":0}',
    b"HTTP/1.1 100 Continue\r\n\r\n" + answer(b'{"Count":0}'),
])
def test_odd_answers_are_read_all_the_same(odd):
    """As Python's own client reads them; the connection is not used again."""
    for places in ([], range(0, len(odd), 7), [len(odd) - 3]):
        wire = connection(*cut(odd, places))
        told = wire.exchange(b"")
        assert (told.status, told.body) == (200, b'{"Count":0}')
        assert told.is_sound and not wire.reusable


@pytest.mark.parametrize("garbage", [b"", b"HT", b"HTTP/1.1 200 OK\r\nContent-Len", b"hello?\r\n\r\n", b"\x15\x03\x01"])
def test_garbage_is_no_answer(garbage):
    """Nothing is made of it."""
    with pytest.raises((ClosedError, http.client.HTTPException, OSError)):
        connection(garbage).exchange(b"")


@pytest.mark.parametrize(("headers", "is_plain"), [
    ("Content-Length: 2", True), ("content-length:2", True), ("Content-Length: 2\r\nX: y", True),
    ("X: content-length: 2", False), ("Content-Length: 2\r\nContent-Length: 2", False), ("Content-Length: +2", False),
    ("Content-Length: 1_0", False), ("Content-Length: -2", False),
    ("Content-Length: 2\r\nContent-Encoding: gzip", False),
    ("Transfer-Encoding: chunked\r\nContent-Length: 2", False), ("", False),
])
def test_a_plain_head_tells_its_length_once(headers, is_plain):
    """Whatever could be read in two ways is left to Python's own client."""
    head = f"HTTP/1.1 200 OK\r\n{headers}\r\n".encode()
    assert (plain(head) is not None) == is_plain


@pytest.mark.parametrize(("value", "closes"), [("close", True), ("Close", True), ("keep-alive", False), (None, False)])
def test_a_head_tells_whether_the_connection_is_closed(value, closes):
    """Where it says nothing, it stays open."""
    head = answer(Connection=value).partition(b"\r\n\r\n")[0] + b"\r\n"
    told: Any = plain(head)
    assert told.closes == closes


def head_of(whole):
    return whole.partition(b"\r\n\r\n")[0] + b"\r\n"


@pytest.mark.parametrize(("other", "fits"), [
    (answer(BODY, date=0.0), True), (answer(BODY, 400), False), (answer(BODY, Connection="close"), False),
    (answer(BODY, Connection=None), False), (answer(BODY, Transfer_Encoding="chunked"), False),
    (answer(BODY, Content_Length="x"), False), (answer(BODY, x_amz_crc32=None), False),
])
def test_a_layout_fits_what_differs_in_its_values_alone(other, fits):
    """And in those only that do not change how it is read."""
    layout = layout_of(head_of(answer()))
    match: Any = layout.match(other)
    assert (match is not None) == fits
    if fits:
        assert (match["length"], match["checksum"]) == (b"25", str(zlib.crc32(BODY)).encode())


def test_without_a_checksum_there_is_no_layout():
    """What is not checked is read with more care."""
    assert layout_of(head_of(answer(x_amz_crc32=None))) is UNKNOWN_LAYOUT


@given(st.dictionaries(
    st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,9}", fullmatch=True),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=10).map(str.strip), max_size=5))
@example({"X": "a: b"})
def test_headers_are_those_of_the_head(headers):
    """Their names in small letters, as boto3 gives them."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    told = Answer(200, f"HTTP/1.1 200 OK\r\n{lines}".encode(), b"").headers()
    expected: dict[str, str] = {}
    for name, value in headers.items():
        expected[name.lower()] = f"{expected[name.lower()]}, {value}" if name.lower() in expected else value
    assert told == expected


@pytest.mark.parametrize(("told", "sound"), [
    (Answer(200, b"", b"{}"), True), (Answer(200, b"", b"{}", checksum=zlib.crc32(b"{}")), True),
    (Answer(200, b"", b"{}", checksum=1), False), (Answer(200, b"", b"{}", whole=False), False),
    (Answer(400, b"", b"{}"), False), (Answer(201, b"", b"{}"), False),
])
def test_a_sound_answer_is_whole_and_checked(told, sound):
    """Where there is a checksum."""
    assert told.is_sound == sound


@pytest.mark.parametrize("kernel", [True, False])
def test_an_answer_that_does_not_come_is_a_timeout(monkeypatch, kernel):
    """Whether the kernel sees to it or Python."""
    monkeypatch.setattr("pynamite.transport.connection._KERNEL_TIMEOUTS", kernel)
    with socket.create_server(("127.0.0.1", 0)) as server:
        waiting = Connection(Address("127.0.0.1", server.getsockname()[1], read_timeout=0.05))
        accepted, _ = server.accept()
        with accepted, pytest.raises(TimeoutError):
            waiting.exchange(b"x")
        waiting.close()


def test_an_answer_may_come_before_the_request_is_read():
    """A server that refuses a request may answer and close before it has read all of it."""
    def refuse(server: socket.socket) -> None:
        accepted, _ = server.accept()
        accepted.recv(10)
        accepted.sendall(answer(b"{}", 413))
        accepted.shutdown(socket.SHUT_WR)
        while accepted.recv(1 << 20):
            pass
        accepted.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=refuse, args=(server,))
        thread.start()
        asking = Connection(Address("127.0.0.1", server.getsockname()[1]))
        assert asking.exchange(b"x" * 5_000_000).status == 413
        asking.close()
        thread.join()
