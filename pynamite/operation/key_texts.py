"""Many keys of one partition: the texts of their sort keys, and dicts only for those who look at them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, overload

from pynamite.wire import Item

__all__ = ["KeyTexts", "with_plain_keys"]


class KeyTexts(Sequence[Item]):
    """Table keys in wire form, whose partition and sort keys are texts, and whose partition is the same.

    ``names`` are the two attributes, ``partition`` is the text of the first, and ``texts`` are those of the second.
    """

    __slots__ = ("names", "partition", "texts")

    def __init__(self, names: tuple[str, str], partition: str, texts: Sequence[str]) -> None:
        self.names = names
        self.partition = partition
        self.texts = texts

    @overload
    def __getitem__(self, place: int) -> Item: ...
    @overload
    def __getitem__(self, place: slice) -> KeyTexts: ...
    def __getitem__(self, place: int | slice) -> Item | KeyTexts:
        if isinstance(place, slice):
            return KeyTexts(self.names, self.partition, self.texts[place])
        first, second = self.names
        return {first: {"S": self.partition}, second: {"S": self.texts[place]}}

    def __iter__(self) -> Iterator[Item]:
        first, second = self.names
        partition = {"S": self.partition}
        return iter([{first: partition, second: {"S": text}} for text in self.texts])

    def __len__(self) -> int:
        return len(self.texts)

    def __repr__(self) -> str:
        return repr(list(self))

    def json(self, write: Callable[[Any], bytes]) -> bytes:
        """Give the JSON of all keys; ``write`` gives that of a text, and of a list of texts, without spaces."""
        if not self.texts:
            return b"[]"
        first, second = map(write, self.names)
        before = b'{%b:{"S":%b},%b:{"S":' % (first, write(self.partition), second)
        # Within a text, JSON has a backslash before each quote: these three bytes are between two texts.
        texts = write(self.texts)[1:-1].replace(b'","', b'"}},%b"' % before)
        return b"[%b%b}}]" % (before, texts)


def with_plain_keys(method: str, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give a request with a list in the place of `KeyTexts`, as boto3 wants it."""
    if method != "batch_get_item" or "RequestItems" not in request:
        return request
    tables = {
        name: {**asked, "Keys": list(asked["Keys"])} if type(asked.get("Keys")) is KeyTexts else asked
        for name, asked in request["RequestItems"].items()}
    return {**request, "RequestItems": tables}
