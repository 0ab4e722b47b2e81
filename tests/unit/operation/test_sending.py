"""The event handler that keeps boto3's client from doing a thing twice, and what it leaves alone."""

from __future__ import annotations

import ssl
import zlib
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import attrs
import botocore.exceptions
import pytest

from pynamite.operation.get import get_item
from pynamite.operation.put import put_item
from pynamite.operation.resend import Resend
from pynamite.operation.sending import UNDER_WAY, Sending, needs_retry

URL = "http://127.0.0.1:1"
PUT = put_item("shop", {"PK": {"S": "1"}}, key={"PK": {"S": "1"}})
GET = get_item("shop", {"PK": {"S": "1"}})
CLOSED = botocore.exceptions.ConnectionClosedError(endpoint_url=URL)
REFUSED = botocore.exceptions.EndpointConnectionError(endpoint_url=URL)


def resent(how: Resend) -> Any:
    return attrs.evolve(PUT, resend=how)


def answer(status: int, content: bytes = b"{}", crc: int | None = None) -> Any:
    headers = {} if crc is None else {"x-amz-crc32": str(crc)}
    return SimpleNamespace(status_code=status, content=content, headers=headers), {}


@contextmanager
def sending(operation: Any):
    """Send an operation, as the driver does; gives what is known of it."""
    under_way = Sending(operation)
    before = UNDER_WAY.set(under_way)
    try:
        yield under_way
    finally:
        UNDER_WAY.reset(before)


def asked(operation: Any, *, response: Any = None, error: Exception | None = None, attempts: int = 1) -> Any:
    """Let the handler decide after a try; gives what it says, and whether it takes the try for lost."""
    with sending(operation) as under_way:
        said = needs_retry(
            operation=SimpleNamespace(name=operation.action), response=response, caught_exception=error,
            attempts=attempts, endpoint=None, request_dict={}, event_name="needs-retry.dynamodb.PutItem")
        return said, under_way.lost


@pytest.mark.parametrize("error", [
    CLOSED,
    botocore.exceptions.ReadTimeoutError(endpoint_url=URL),
    botocore.exceptions.HTTPClientError(error="?"),
    OSError("something else"),
])
@pytest.mark.parametrize(("how", "said"), [
    (Resend.NEVER, False), (Resend.SAFE, None), (Resend.COMPARE, None), (Resend.TOKEN, None)])
def test_after_a_lost_answer_what_could_be_done_twice_is_stopped(error, how, said):
    """The rest is left to botocore, which counts and waits."""
    assert asked(resent(how), error=error) == (said, True)


@pytest.mark.parametrize("status", [500, 502, 503])
def test_an_error_of_the_service_is_a_lost_answer(status):
    """It may come from behind the write."""
    assert asked(resent(Resend.NEVER), response=answer(status)) == (False, True)
    assert asked(GET, response=answer(status)) == (None, True)


@pytest.mark.parametrize("error", [
    REFUSED,
    botocore.exceptions.ConnectTimeoutError(endpoint_url=URL),
    botocore.exceptions.ProxyConnectionError(proxy_url=URL),
    botocore.exceptions.SSLError(endpoint_url=URL, error=ssl.SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] failed")),
])
def test_what_was_not_sent_may_be_tried_again(error):
    """Nobody has seen it."""
    assert asked(resent(Resend.NEVER), error=error) == (None, False)


def test_encryption_that_breaks_on_the_way_is_a_lost_answer():
    """A handshake that fails is not: the address may say what it likes."""
    broken = ssl.SSLError("[SSL] record layer failure")
    error = botocore.exceptions.SSLError(endpoint_url="https://HANDSHAKE", error=broken)
    assert asked(resent(Resend.NEVER), error=error) == (False, True)


@pytest.mark.parametrize("status", [200, 400])
def test_an_answer_is_left_to_botocore(status):
    """A refusal says that nothing was done: throttling is tried again, whatever it is."""
    assert asked(resent(Resend.NEVER), response=answer(status)) == (None, False)


def test_an_answer_that_was_cut_is_lost():
    """A part of an answer is no answer: asked for again where that is harmless, a few times; otherwise an error."""
    whole, cut = b'{"Item":{}}', b'{"Item"'
    checked = zlib.crc32(whole)
    assert asked(GET, response=answer(200, whole, checked)) == (None, False)
    said, lost = asked(GET, response=answer(200, cut, checked))
    assert 0 <= said <= 0.1 and lost
    for operation, attempts in ((resent(Resend.NEVER), 1), (GET, 4)):
        with pytest.raises(botocore.exceptions.ChecksumError):
            asked(operation, response=answer(200, cut, checked), attempts=attempts)


def test_a_refusal_that_was_cut_is_asked_for_again():
    """It says that nothing was done, and not why: so it is harmless whatever was to be done."""
    whole, cut = b'{"__type":"ValidationException"}', b'{"__type":"Vali'
    assert asked(resent(Resend.NEVER), response=answer(400, whole)) == (None, False)
    said, lost = asked(resent(Resend.NEVER), response=answer(400, cut))
    assert 0 <= said <= 0.1 and not lost
    assert asked(resent(Resend.NEVER), response=answer(400, cut), attempts=4) == (None, False)


def test_a_token_is_not_trusted_for_longer_than_it_is_valid():
    """The service forgets it after ten minutes."""
    with sending(resent(Resend.TOKEN)) as under_way:
        assert under_way.may_go_on()
        under_way.started -= 600
        assert not under_way.may_go_on()


def test_calls_of_others_are_left_alone():
    """Outside of a call of ours, and for another action within it, botocore does as it likes."""
    event: dict[str, Any] = {"response": None, "caught_exception": CLOSED, "attempts": 1}
    assert needs_retry(operation=SimpleNamespace(name="UpdateItem"), **event) is None
    with sending(resent(Resend.NEVER)) as under_way:
        assert needs_retry(operation=SimpleNamespace(name="DescribeEndpoints"), **event) is None
        assert not under_way.lost
