"""Clocks that differ: a signature that is too old, or of the future, is refused; the answer has the service's time."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime

from pynamite.transport.response import Answer

__all__ = ["CLOCK_TOLERANCE", "seconds_ahead"]

CLOCK_TOLERANCE = 240.0
"""Seconds that are not worth a correction; the service lets five minutes pass."""

_REFUSALS = (
    b"InvalidSignatureException", b"SignatureDoesNotMatch", b"RequestTimeTooSkewed", b"RequestExpired",
    b"RequestInTheFuture", b"AuthFailure",
)


def seconds_ahead(refusal: Answer) -> float | None:
    """Tell how far the service's clock is ahead of this one's; None if the refusal is about something else."""
    if not any(code in refusal.body for code in _REFUSALS):
        return None
    try:
        told = parsedate_to_datetime(refusal.headers().get("date", ""))
    except (ValueError, TypeError):
        return None
    return told.timestamp() - time.time()
