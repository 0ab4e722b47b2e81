"""Why a transaction does something: for which of its operations, and by what that follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import attrs

from pynamite.errors import DefinitionError
from pynamite.operation.transact import TRANSACTION_SIZE
from pynamite.repository.writing.intents import Intent
from pynamite.repository.writing.merging import merged
from pynamite.wire import item_from_wire

__all__ = ["Why", "clash", "numbered_operations", "too_many"]

# Of a chain that is longer, the first and the last links are told.
_LONGEST_CHAIN = 6


@attrs.frozen
class Why:
    """Why an action is there: chains of what led to it, and the numbers of the operations that they begin with."""

    chains: tuple[tuple[str, ...], ...]
    origins: tuple[int, ...]

    @classmethod
    def asked(cls, intent: Intent[Any], number: int) -> Self:
        """Say that an operation was asked for."""
        return cls(((f"{intent.verb} {intent.member.definition.name}",),), (number,))

    def then(self, what: str) -> Why:
        """Say that something follows from it."""
        return Why(tuple((*chain, what) for chain in self.chains), self.origins)

    def together(self, other: Why) -> Why:
        """Say that there is another reason, too."""
        return Why(
            tuple(dict.fromkeys((*self.chains, *other.chains))), tuple(dict.fromkeys((*self.origins, *other.origins)))
        )

    @property
    def text(self) -> str:
        """All reasons in words."""
        return ", and ".join(map(_told, self.chains))


def _told(chain: Sequence[str]) -> str:
    if len(chain) > _LONGEST_CHAIN:
        chain = [*chain[:2], f"... ({len(chain) - 4} more)", *chain[-2:]]
    return ": ".join(chain)


def numbered_operations(origins: Sequence[int]) -> str:
    """Name operations by their numbers."""
    *others, last = map(str, sorted(origins))
    return f"operations {', '.join(others)} and {last}" if others else f"operation {last}"


def clash(
    there: Intent[Any], there_why: Why, intent: Intent[Any], why: Why, *, settled: bool = False
) -> DefinitionError:
    """Make the error that two actions concern the same item."""
    key = dict(sorted(item_from_wire(intent.key).items()))
    about = f"{intent.member.definition.name} with the key {key!r} in table {intent.member.table_name!r}"
    remedy = (
        "what follows from the first leads back to it: let one of the two say all of it"
        if settled and merged(there, intent) is not None
        else "an item takes part once, but for updates that do not mind each other: make them one"
    )
    told = f"{there_why.text}; {why.text}; {remedy}"
    both = there_why.together(why).origins
    if len(both) == 1:
        return DefinitionError(f"two actions of operation {both[0]} of the transaction concern {about}: {told}")
    return DefinitionError(f"{numbered_operations(both)} of the transaction concern {about}: {told}")


def too_many(whys: Sequence[Why], asked: int, guards: int) -> DefinitionError:
    """Make the error that a transaction comes to too many actions, of which the last has the last reason."""
    last = whys[-1]
    parts = [f"{asked} operation{'s' if asked > 1 else ''}"]
    if guards:
        parts.append(f"{guards} guard{'s' if guards > 1 else ''} of unique values")
    following = [why for why in whys if any(len(chain) > 1 for chain in why.chains)]
    if following:
        parts.append(f"what else follows from them (last: {following[-1].text})")
    message = f"the transaction comes to more than {TRANSACTION_SIZE} actions: {', '.join(parts)}"
    loop = next((link for link in last.chains[0] if last.chains[0].count(link) > 1), None)
    if loop is not None:
        return DefinitionError(f"{message}; {loop!r} leads to itself again and again: let it stop somewhere")
    return DefinitionError(
        f"{message}; it takes 1 to {TRANSACTION_SIZE}: split it where that is safe, or let less follow"
    )
