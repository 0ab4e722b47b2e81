"""A client that gives prepared answers: what a network service would say, without one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import botocore.exceptions

from pynamite.dynamo.backoff import Backoff


class ScriptedClient:
    """Answers every call with the next of ``answers`` (an exception is raised), and keeps the requests."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.requests: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(**request: Any) -> Any:
            self.requests.append((method, request))
            answer = self.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


def refusal(code: str, **more: Any) -> botocore.exceptions.ClientError:
    """Give the client's error for one of the service's codes."""
    answer: Any = {"Error": {"Code": code, "Message": "said so"}, **more}
    return botocore.exceptions.ClientError(answer, "Anything")


def patient(waits: list[float], attempts: int = 3) -> Backoff:
    """Give a backoff that notes its waits instead of waiting, always the longest that chance allows."""
    return Backoff(attempts=attempts, first=1.0, longest=10.0, sleep=waits.append, chance=lambda: 1.0)
