"""The words that DynamoDB keeps for itself."""

from __future__ import annotations

import pytest

from pynamite.expression.reserved import RESERVED_WORDS, is_reserved


def test_the_list_is_complete():
    """AWS lists 573 words, in upper case, from ABORT to ZONE."""
    assert len(RESERVED_WORDS) == 573
    assert {"ABORT", "ZONE", "NAME", "STATUS", "SIZE", "TTL", "FLATTERN"} <= RESERVED_WORDS
    assert all(word.isupper() for word in RESERVED_WORDS)


@pytest.mark.parametrize("word", ["name", "Name", "NAME", "status", "count", "data", "timestamp"])
def test_a_word_is_reserved_in_any_case(word):
    """The list is not case-sensitive."""
    assert is_reserved(word)


@pytest.mark.parametrize("word", ["email", "names_of", "PK", "SK", "_type", "statuses"])
def test_other_words_are_free(word):
    """Words that only look like one of them are free."""
    assert not is_reserved(word)
