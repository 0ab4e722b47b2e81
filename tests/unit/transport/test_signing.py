"""Signatures: the same that botocore makes."""

from __future__ import annotations

import datetime as dt
from unittest import mock

import attrs
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from pynamite.transport.signing import Signer

VISIBLE = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)
MOMENTS = st.datetimes(dt.datetime(2001, 1, 1), dt.datetime(2100, 1, 1))


def signed_by_us(signer, moment, target, body):
    """Give the headers of a request that is signed at a moment."""
    with mock.patch("time.time", return_value=moment.replace(tzinfo=dt.UTC).timestamp()):
        head, _, sent = signer.request(target, body).partition(b"\r\n\r\n")
    assert sent == body
    lines = head.decode().split("\r\n")[1:]
    return dict(line.split(": ", 1) for line in lines)


def signed_by_botocore(credentials, moment, headers, host, body, region):
    """Give the Authorization that botocore makes of the same request."""
    names = ("Content-Type", "X-Amz-Target")
    request = AWSRequest("POST", f"https://{host}/", {name: headers[name] for name in names}, body)
    with mock.patch("botocore.auth.get_current_datetime", return_value=moment):
        SigV4Auth(credentials, "dynamodb", region).add_auth(request)
    assert request.headers["X-Amz-Date"] == headers["X-Amz-Date"]
    assert request.headers.get("X-Amz-Security-Token") == headers.get("X-Amz-Security-Token")
    return request.headers["Authorization"]


@given(
    access=VISIBLE, secret=VISIBLE, token=st.none() | VISIBLE, moments=st.lists(MOMENTS, min_size=1, max_size=3),
    bodies=st.lists(st.binary(max_size=300), min_size=1, max_size=3),
    target=st.sampled_from(["DynamoDB_20120810.GetItem", "DynamoDB_20120810.Query"]),
    host=st.sampled_from(["dynamodb.eu-central-1.amazonaws.com", "localhost:8000"]),
    region=st.sampled_from(["eu-central-1", "us-gov-west-1"]))
def test_signatures_are_those_of_botocore(access, secret, token, moments, bodies, target, host, region):
    """For any credentials, body and moment, and with what is kept from one request to the next."""
    credentials = Credentials(access, secret, token)
    signer = Signer(credentials.get_frozen_credentials, region=region, host=host, user_agent="me")
    for moment in moments:
        for body in bodies:
            headers = signed_by_us(signer, moment, target, body)
            expected = signed_by_botocore(credentials, moment.replace(microsecond=0), headers, host, body, region)
            assert headers["Authorization"] == expected
            assert headers["Content-Length"] == str(len(body))


@attrs.define
class Rotating:
    """Credentials that count how often they are asked for."""

    asked: int = 0

    def frozen(self):
        self.asked += 1
        return Credentials(f"key{self.asked}", "secret", "token").get_frozen_credentials()


def test_credentials_are_asked_for_once_a_second():
    """So those that expire are refreshed in time, and a request within the second costs nothing."""
    credentials = Rotating()
    signer = Signer(credentials.frozen, region="us-east-1", host="h", user_agent="me")
    moment = dt.datetime(2026, 5, 1, 12, 0, 0)
    for offset, expected in [(0.0, 1), (0.5, 1), (1.0, 2), (1.9, 2), (100.0, 3), (5.0, 4)]:
        headers = signed_by_us(signer, moment + dt.timedelta(seconds=offset), "T", b"")
        assert f"Credential=key{expected}/" in headers["Authorization"]
    assert credentials.asked == 4


def test_the_date_is_the_services():
    """A skew that was found out is added to this clock."""
    signer = Signer(Rotating().frozen, region="us-east-1", host="h", user_agent="me")
    signer.skew = 3600.0
    headers = signed_by_us(signer, dt.datetime(2026, 12, 31, 23, 30), "T", b"")
    assert headers["X-Amz-Date"] == "20270101T003000Z"
    assert "/20270101/us-east-1/dynamodb/aws4_request" in headers["Authorization"]


@pytest.mark.parametrize("token", ["a\r\nX-Evil: 1", "a\n", " a", "\u00e9"])
def test_what_is_no_header_is_not_sent(token):
    """A line feed in a token would begin another header."""
    signer = Signer(Credentials("key", "secret", token).get_frozen_credentials, region="r", host="h", user_agent="me")
    with pytest.raises(ValueError, match="X-Amz-Security-Token cannot be sent"):
        signer.request("T", b"")


def test_unsigned_lines_stand_in_the_head():
    """Those that change from request to request."""
    signer = Signer(Rotating().frozen, region="r", host="h", user_agent="me")
    assert b"\r\nX-Amzn-Trace-Id: Root=1\r\n\r\nbody" in signer.request("T", b"body", b"X-Amzn-Trace-Id: Root=1\r\n")
