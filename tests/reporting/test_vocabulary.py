"""The words of old ledgers."""

import pytest

from bidding.documents.sheets import narrow
from bidding.reporting import vocabulary as v


@pytest.mark.parametrize("table", [v.HEADERS, v.CATEGORIES, v.WAYS, v.STANDINGS])
def test_no_word_means_two_things_and_every_word_can_be_met(table):
    words = [word for group in table.values() for word in group]
    assert len(words) == len(set(words))
    assert all(word == narrow(word) for word in words)


def test_every_needed_column_has_headers():
    assert v.NEEDED.keys() <= v.HEADERS.keys()
