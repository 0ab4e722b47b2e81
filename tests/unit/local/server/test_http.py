"""HTTP/1.1 without a socket: requests out of bytes in any pieces, and bytes that make no request."""

from __future__ import annotations

import contextlib
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynamite.local.server.http import LARGEST_BODY, Answer, Parser, ProtocolError

PLAIN = b"POST / HTTP/1.1\r\nHost: here\r\nX-Amz-Target: a.b\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = (b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
           b"3;name=value\r\nabc\r\n1\r\n\n\r\n0\r\nTrailer: ignored\r\n\r\n")
OLD = b"GET / HTTP/1.0\nConnection: keep-alive\n\n"


def parse(*pieces):
    """Feed a parser piece by piece; give all requests, and the parser."""
    parser, requests = Parser(), []
    for piece in pieces:
        parser.feed(piece)
        while (request := parser.next()) is not None:
            requests.append(request)
    return requests, parser


def test_a_request_is_read():
    """Method, target, headers in small letters, and the body."""
    (request,), parser = parse(PLAIN)
    assert (request.method, request.target, request.body, request.keep_alive) == ("POST", "/", b"hello", True)
    assert request.headers == {"host": "here", "x-amz-target": "a.b", "content-length": "5"}
    assert not parser.begun


def test_a_body_in_chunks_is_put_together():
    """Extensions of chunks and the trailer are skipped."""
    (request,), parser = parse(CHUNKED)
    assert request.body == b"abc\n"
    assert not parser.begun


def test_lines_may_end_without_a_carriage_return():
    """A recipient may take a bare line feed: RFC 9112, 2.2."""
    (request,), _ = parse(OLD)
    assert (request.method, request.keep_alive, request.old) == ("GET", True, True)


@pytest.mark.parametrize("head, keeps", [
    (b"GET / HTTP/1.1\r\n\r\n", True), (b"GET / HTTP/1.1\r\nConnection: Close\r\n\r\n", False),
    (b"GET / HTTP/1.0\r\n\r\n", False), (b"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", True),
])
def test_whether_a_connection_is_kept_is_the_clients_to_say(head, keeps):
    """HTTP/1.1 keeps it unless told otherwise, HTTP/1.0 the other way round."""
    (request,), _ = parse(head)
    assert request.keep_alive is keeps


@given(st.lists(st.sampled_from([PLAIN, CHUNKED, OLD, b"\r\n" + PLAIN]), min_size=1, max_size=4), st.data())
def test_requests_come_out_the_same_however_the_bytes_are_cut(requests, data):
    """Pipelined or not, in one piece or byte by byte."""
    stream = b"".join(requests)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    pieces = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    expected = [parse(request)[0][0] for request in requests]
    assert parse(*pieces)[0] == expected
    assert parse(*[bytes([byte]) for byte in stream])[0] == expected


@given(st.binary(max_size=300))
def test_any_bytes_make_requests_or_a_refusal(content):
    """Nothing that a client sends raises anything else."""
    with contextlib.suppress(ProtocolError):
        requests, _ = parse(content, b"\r\n\r\n")
        assert all(request.method and request.target for request in requests)


@pytest.mark.parametrize("sent, status", [
    (b"hello\r\n\r\n", HTTPStatus.BAD_REQUEST),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n\n", HTTPStatus.BAD_REQUEST),
    (b"GET / HTTP/1.1\r\nNo colon\r\n\r\n", HTTPStatus.BAD_REQUEST),
    (b"GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n", HTTPStatus.BAD_REQUEST),
    (b"GET / HTTP/1.1\r\nA : b\r\n\r\n", HTTPStatus.BAD_REQUEST),
    (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", HTTPStatus.BAD_REQUEST),
    (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", HTTPStatus.BAD_REQUEST),
    (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", HTTPStatus.BAD_REQUEST),
    (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", HTTPStatus.BAD_REQUEST),
    (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", HTTPStatus.NOT_IMPLEMENTED),
    (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", HTTPStatus.BAD_REQUEST),
    (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n", HTTPStatus.BAD_REQUEST),
    (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1" * 5000, HTTPStatus.BAD_REQUEST),
    (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n", HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (LARGEST_BODY + 1), HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (b"POST / HTTP/1.1\r\nContent-Length: %s\r\n\r\n" % (b"9" * 5000), HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (b"GET / HTTP/1.1\r\nA: " + b"x" * 70_000, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
    (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n", HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
    (b"PRI * HTTP/2.0\r\n\r\n", HTTPStatus.HTTP_VERSION_NOT_SUPPORTED),
    (b"POST / HTTP/1.1\r\nExpect: a miracle\r\n\r\n", HTTPStatus.EXPECTATION_FAILED),
])
def test_what_is_no_request_is_refused(sent, status):
    """Each refusal has the status that RFC 9110 has for it."""
    with pytest.raises(ProtocolError) as caught:
        parse(sent)
    assert caught.value.status == status


def test_a_client_that_waits_to_be_told_to_go_on_is_noticed():
    """Expect: 100-continue holds the body back."""
    requests, parser = parse(b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
    assert requests == []
    assert parser.wants_continue
    parser.feed(b"ok")
    assert parser.next().body == b"ok"
    assert not parser.wants_continue


def test_an_answer_tells_its_length_and_whether_the_connection_ends():
    """What a client needs to read the next answer on the same connection."""
    answer = Answer(HTTPStatus.OK, b"{}", (("x-amz-crc32", "2745614147"),))
    head, _, body = answer.to_bytes(keep_alive=False).partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"HTTP/1.1 200 OK"
    assert {b"Content-Length: 2", b"Connection: close", b"x-amz-crc32: 2745614147"} <= set(lines)
    assert body == b"{}"
    assert b"Connection: keep-alive" in answer.to_bytes(keep_alive=True, old=True)
    assert answer.to_bytes(keep_alive=True, without_body=True).endswith(b"\r\n\r\n")
