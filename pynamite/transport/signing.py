"""Signature Version 4 for one place: its key is made once a day, the head of a request once a second.

What is left to do for each request are two SHA-256 and one HMAC: User Guide of IAM, "Create a signed AWS API request".
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import attrs

__all__ = ["Signer"]

_ALGORITHM = "AWS4-HMAC-SHA256"
_CONTENT_TYPE = "application/x-amz-json-1.0"

# HMAC is SHA-256 of the padded key and of SHA-256 of the padded key and the text: RFC 2104.
_BLOCK = 64
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))


@attrs.frozen
class _Head:
    """What all requests of an action have in common within a second.

    ``text`` ends where the signature follows, and ``canonical`` has taken in all of the canonical request but the
    body's hash.
    """

    text: bytes
    canonical: Any


@attrs.frozen
class _Moment:
    """A second, from its beginning to its end: its date, the halves of an HMAC that know the key, and its heads.

    ``inner`` has taken in what the text to sign begins with, too.
    """

    begin: int
    end: int
    date: str
    scope: str
    inner: Any
    outer: Any
    credentials: Any
    heads: dict[str, _Head] = attrs.Factory(dict)


class Signer:
    """Writes the heads of requests to one host, signed with the credentials that ``frozen`` gives (botocore's).

    They are asked for once a second, so that those which expire are refreshed. ``skew`` is how many seconds the
    service's clock is ahead of this one's.
    """

    def __init__(self, frozen: Callable[[], Any], *, region: str, host: str, user_agent: str,
                 service: str = "dynamodb") -> None:
        self._frozen = frozen
        self._region = region
        self._service = service
        self._host = host
        self._user_agent = user_agent
        self._moment: _Moment | None = None
        self._key: tuple[tuple[str, str], bytes] | None = None
        self.skew = 0.0

    def request(self, target: str, body: bytes, extra: bytes = b"") -> bytes:
        """Give a whole request, head and body; ``extra`` are header lines that are not signed.

        Raises:
            ValueError: a value cannot stand in a header.
        """
        now = time.time() + self.skew
        moment = self._moment
        if moment is None or not moment.begin <= now < moment.end:
            moment = self._moment = self._moment_of(int(now))
        head = moment.heads.get(target)
        if head is None:
            head = moment.heads[target] = self._head(moment, target)
        canonical = head.canonical.copy()
        canonical.update(sha256(body).hexdigest().encode())
        inner, outer = moment.inner.copy(), moment.outer.copy()
        inner.update(canonical.hexdigest().encode())
        outer.update(inner.digest())
        return b"".join((
            head.text, outer.hexdigest().encode(), b"\r\nContent-Length: %d\r\n" % len(body), extra, b"\r\n", body))

    def _moment_of(self, second: int) -> _Moment:
        credentials = self._frozen()
        date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(second))
        scope = f"{date[:8]}/{self._region}/{self._service}/aws4_request"
        key = self._key_of(credentials.secret_key, date[:8])
        inner = sha256(key.translate(_INNER))
        inner.update(f"{_ALGORITHM}\n{date}\n{scope}\n".encode())
        return _Moment(second, second + 1, date, scope, inner, sha256(key.translate(_OUTER)), credentials)

    def _key_of(self, secret: str, day: str) -> bytes:
        known = self._key
        if known is not None and known[0] == (secret, day):
            return known[1]
        key = ("AWS4" + secret).encode()
        for part in (day, self._region, self._service, "aws4_request"):
            key = hmac.digest(key, part.encode(), "sha256")
        key = key.ljust(_BLOCK, b"\0")
        self._key = ((secret, day), key)
        return key

    def _head(self, moment: _Moment, target: str) -> _Head:
        signed = {"content-type": _CONTENT_TYPE, "host": self._host, "x-amz-date": moment.date}
        if moment.credentials.token:
            signed["x-amz-security-token"] = moment.credentials.token
        signed["x-amz-target"] = target
        names = ";".join(signed)
        lines = {
            "Host": self._host, "X-Amz-Target": target, "Content-Type": _CONTENT_TYPE, "X-Amz-Date": moment.date,
            "User-Agent": self._user_agent, "Accept-Encoding": "identity",
            **({"X-Amz-Security-Token": moment.credentials.token} if moment.credentials.token else {}),
            "Authorization": f"{_ALGORITHM} Credential={moment.credentials.access_key}/{moment.scope}, "
                             f"SignedHeaders={names}, Signature=",
        }
        for name, value in lines.items():
            if not (value.isascii() and value.isprintable()) or (name != "Authorization" and value != value.strip()):
                raise ValueError(f"{name} cannot be sent: it has characters that are none of a header's")
        text = "POST / HTTP/1.1\r\n" + "\r\n".join(f"{name}: {value}" for name, value in lines.items())
        canonical = "POST\n/\n\n" + "".join(f"{name}:{value}\n" for name, value in signed.items()) + f"\n{names}\n"
        return _Head(text.encode(), sha256(canonical.encode()))
