"""Six words of four digits."""

from bidding.ledger.words import six_words


def test_words_hang_on_everything():
    words = six_words("a.example/p/X", 5, bytes(32))
    assert len(words.split()) == 6
    assert all(len(word) == 4 and word.isdigit() for word in words.split())
    assert words == six_words("a.example/p/X", 5, bytes(32))
    others = {
        six_words("b.example/p/X", 5, bytes(32)),
        six_words("a.example/p/X", 6, bytes(32)),
        six_words("a.example/p/X", 5, b"\x01" + bytes(31)),
    }
    assert words not in others
    assert len(others) == 3
