"""The client: what every operation is sent to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

__all__ = ["AttemptingClient", "Client", "RawClient"]


@runtime_checkable
class Client(Protocol):
    """The part of boto3's DynamoDB client that pynamite calls.

    ``boto3.client("dynamodb")`` is one; the embedded engine's client is another. Each method takes the request's
    parameters under the API's names, with AttributeValues (``{"S": "x"}``) for keys and items, and gives the answer
    as a dict; a refusal is a ``botocore.exceptions.ClientError``. The signatures are open, so that boto3's client fits
    them for those who have installed its type stubs, too.

    ``describe_time_to_live`` and ``update_time_to_live`` are called besides, where a table whose items expire is made;
    a client that cannot do that may be without them.
    """

    def batch_get_item(self, *arguments: Any, **request: Any) -> Any: ...
    def batch_write_item(self, *arguments: Any, **request: Any) -> Any: ...
    def create_table(self, *arguments: Any, **request: Any) -> Any: ...
    def delete_item(self, *arguments: Any, **request: Any) -> Any: ...
    def delete_table(self, *arguments: Any, **request: Any) -> Any: ...
    def describe_table(self, *arguments: Any, **request: Any) -> Any: ...
    def get_item(self, *arguments: Any, **request: Any) -> Any: ...
    def list_tables(self, *arguments: Any, **request: Any) -> Any: ...
    def put_item(self, *arguments: Any, **request: Any) -> Any: ...
    def query(self, *arguments: Any, **request: Any) -> Any: ...
    def scan(self, *arguments: Any, **request: Any) -> Any: ...
    def transact_get_items(self, *arguments: Any, **request: Any) -> Any: ...
    def transact_write_items(self, *arguments: Any, **request: Any) -> Any: ...
    def update_item(self, *arguments: Any, **request: Any) -> Any: ...
    def update_table(self, *arguments: Any, **request: Any) -> Any: ...


@runtime_checkable
class RawClient(Protocol):
    """A client that can give an answer as it came, to those who decode it themselves."""

    def raw(self, method: str, request: Mapping[str, Any], /) -> bytes | dict[str, Any]:
        """Do what the ``method`` does with this request, and give the answer's body, which is DynamoDB's JSON.

        Where a call has to go by the method itself, because somebody listens to it, the answer is the method's dict.
        A refusal is raised as the method raises it.
        """
        ...


@runtime_checkable
class AttemptingClient(RawClient, Protocol):
    """A client whose calls mostly need but one try, before which nothing has to be made ready for others."""

    def attempt(self, method: str, request: Mapping[str, Any], /) -> bytes | Callable[[], bytes | dict[str, Any]]:
        """Try once to do what `RawClient.raw` does, and give the answer's body.

        Where there is none yet, whatever the reason, it gives a function that goes on with the call, to its answer or
        its error.

        Such a client takes for the keys of BatchGetItem another sequence of dicts than a list, too, as well in ``raw``.
        """
        ...
