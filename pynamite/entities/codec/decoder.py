"""The decoder of a class: the functions made for it, each at first use, and which of them reads what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, cached_property
from operator import attrgetter
from types import GenericAlias
from typing import Any, Literal, NamedTuple

from pynamite.dynamodb_json import from_json
from pynamite.entities.codec.dialects import DICTS, Structs
from pynamite.entities.codec.readers import Made, Wishes, make_reader
from pynamite.entities.containers import Hooks
from pynamite.entities.structs import FieldPlan
from pynamite.operation.answers import Answer, ready_attributes, ready_batch, ready_item, ready_page
from pynamite.operation.unread import Unread, UnreadItems, fast_json
from pynamite.wire import Item

__all__ = ["Decoder", "decode_marked"]


@cache
def _marks(attribute: str) -> Callable[[Any], Any]:
    """Give what finds the text of an attribute in an item's JSON; None in its place where there is no attribute."""
    dialect = Structs()
    text = dialect.type_of("S", str, nullable=False)
    kind = dialect.item_type("Marked", [(attribute, text, False)])
    decode: Callable[[Any], Any] = fast_json().json.Decoder(kind).decode
    return decode


def decode_marked(decoders: Mapping[str, Decoder], attribute: str, raws: Iterable[Any]) -> list[Any]:
    """Make the instances of items of several classes, of their JSON: by what they have in the attribute.

    Those that are marked as something else are left out.
    """
    mark, found = _marks(attribute), []
    for raw in raws:
        text = mark(raw).f0
        decoder = None if text is None else decoders.get(text.S)
        if decoder is not None:
            found.append(decoder.of_json(raw))
    return found


class _Typed(NamedTuple):
    """What decodes one item's JSON to a struct, or an array of items to structs, and what reads a struct."""

    decode: Callable[[Any], Any]
    decode_page: Callable[[Any], list[Any]]
    read: Callable[[Any], Any]


class Decoder:
    """Makes a class's instances of items, by code that is made for the class.

    What it refuses, in whatever words, is for the careful path: that knows why, or that it fits all the same. ``mark``
    is the attribute that tells whose an item is, with the text that it has in those of this class.
    """

    def __init__(
        self,
        cls: type,
        plans: Mapping[str, FieldPlan],
        find: Callable[[Any], Hooks],
        wishes: Wishes | None = None,
        mark: tuple[str, str] | None = None,
    ) -> None:
        self._cls = cls
        self._plans = plans
        self._find = find
        self._wishes = wishes or Wishes()
        self._mark = mark

    @cached_property
    def read(self) -> Callable[..., Any]:
        """The function that makes an instance of a dict of AttributeValues, and a dict of what is given by field."""
        return make_reader(self._cls, self._plans, self._find, DICTS, self._wishes).read

    @cached_property
    def _typed(self) -> _Typed | None:
        """What decodes items' JSON to structs, and makes instances of those; None where nothing can."""
        made = self._structs(str, (), required=False)
        if made is None:
            return None
        decoder = fast_json().json.Decoder
        decode_page = decoder(GenericAlias(list, (made.kind,))).decode
        return _Typed(decoder(made.kind).decode, decode_page, made.read)

    def _structs(self, mark: Any, texts: Sequence[str], *, required: bool) -> Made | None:
        """Make what reads structs that have the mark first, of a type, then further attributes of texts.

        None where nothing can. The further attributes have to be there.
        """
        if fast_json() is None or self._wishes.given:
            return None
        dialect = Structs()
        marks = [] if self._mark is None else [
            (self._mark[0], dialect.type_of("S", mark, nullable=False), required)]
        text = dialect.type_of("S", str, nullable=False)
        try:
            more = [*marks, *((name, text, True) for name in texts)]
            return make_reader(self._cls, self._plans, self._find, dialect, self._wishes, more)
        except (TypeError, ValueError):
            return None  # An attribute's name is none for a struct, or two fields would have one.

    def _own(self, texts: Sequence[str] = ()) -> Made | None:
        """Make what reads structs of items that are marked as this class's; of others there are none.

        The decoder itself looks at the mark: an answer with other items is for those who look at each of them.
        """
        return None if self._mark is None else self._structs(Literal[self._mark[1]], texts, required=True)

    @cached_property
    def _own_items(self) -> Made | None:
        return self._own()

    @cached_property
    def item_answer(self) -> Callable[[bytes], Any] | None:
        """What reads an answer of GetItem, with the item as an instance if it is marked as one; None if nothing can."""
        made = self._own_items
        return None if made is None else ready_item(made.kind, made.read)

    def living_answer(self, attribute: str, second: Callable[[], int]) -> Callable[[bytes], Any] | None:
        """Give what reads an answer of GetItem, as `item_answer` does, and gives nothing for an item that has expired.

        So has one whose ``attribute`` is not behind the ``second`` that it is by then. None where nothing can tell.
        """
        made = self._own_items
        kinds = () if made is None else fast_json().structs.fields(made.kind)
        names = [field.name for field in kinds if field.encode_name == attribute]
        if made is None or not names:
            return None
        read, due_of = made.read, attrgetter(names[0])

        def read_living(found: Any) -> Any:
            due = due_of(found)
            if due is not None and due.N is not None and int(due.N) <= second():
                return None
            return read(found)

        return ready_item(made.kind, read_living)

    @cached_property
    def changed_answer(self) -> Callable[[bytes], Any] | None:
        """What reads an answer of UpdateItem that has the whole item, as `item_answer` does."""
        made = self._own_items
        return None if made is None else ready_attributes(made.kind, made.read)

    @cached_property
    def page_answer(self) -> Callable[[bytes], Answer] | None:
        """What reads an answer of Query or Scan, with the items as instances, where all are marked as this class's."""
        made = self._own_items
        return None if made is None else ready_page(made.kind, made.each())

    def batch_answer(self, names: Sequence[str]) -> Callable[[bytes], Answer] | None:
        """Give what reads an answer of BatchGetItem: instances by the texts of these attributes.

        They are by the only text, or by the tuple of them. None where nothing can read it so.
        """
        made = self._own(names)
        if made is None:
            return None
        # The mark is the first of a struct's fields.
        return ready_batch(made.kind, made.each_by([f"w.f{number}.S" for number in range(1, len(names) + 1)]))

    def of(self, item: Item | Unread) -> Any:
        """Make an instance of an item from which everything is read."""
        if type(item) is Unread and item.untouched:
            typed = self._typed
            return typed.read(typed.decode(item.raw)) if typed is not None else self.read(item.item())
        return self.read(item)

    def of_each(self, raws: Iterable[Any] | UnreadItems) -> list[Any]:
        """Make the instances of all items that are marked as this class's, of their JSON."""
        typed = self._typed
        if self._mark is None or typed is None:
            return self._of_each_read(raws.raws if isinstance(raws, UnreadItems) else raws)
        read, text = typed.read, self._mark[1]
        structs = self._structs_of(raws, typed) if isinstance(raws, UnreadItems) else map(typed.decode, raws)
        return [read(found) for found in structs if (mark := found.f0) is not None and text == mark.S]

    def _structs_of(self, items: UnreadItems, typed: _Typed) -> Iterable[Any]:
        """Decode a page to structs: in one go, where it came in one piece."""
        return map(typed.decode, items.raws) if items.whole is None else typed.decode_page(items.whole)

    def of_json(self, raw: Any) -> Any:
        """Make an instance of an item's JSON, whosever it is marked as."""
        typed = self._typed
        return self.read(from_json(bytes(raw))) if typed is None else typed.read(typed.decode(raw))

    def _of_each_read(self, raws: Iterable[Any]) -> list[Any]:
        items = [from_json(bytes(raw)) for raw in raws]
        if self._mark is not None:
            attribute, mark = self._mark[0], {"S": self._mark[1]}
            items = [item for item in items if item.get(attribute) == mark]
        return [self.read(item) for item in items]
