"""Both sides are whole again when joined, and what differs is what changed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bidding.clarifications.difference import Piece, difference

_TEXT = st.text(alphabet="管材环刚度不低于，。；\n a1", max_size=60)


def joined(pieces, *, differs=None):
    return "".join(piece.text for piece in pieces if differs in (None, piece.differs))


@given(_TEXT, _TEXT)
def test_nothing_is_lost_and_what_is_alike_stands_on_both_sides(was, now):
    left, right = difference(was, now)
    assert (joined(left), joined(right)) == (was, now)
    assert joined(left, differs=False) == joined(right, differs=False)
    assert (was == now) == (not any(piece.differs for piece in (*left, *right)))


def test_only_the_clause_that_changed_differs():
    left, right = difference("工期 150 日历天，含春节。", "工期 165 日历天，含春节。")
    assert left == [Piece("工期 150 日历天，", True), Piece("含春节。", False)]
    assert right == [Piece("工期 165 日历天，", True), Piece("含春节。", False)]


def test_a_very_long_text_is_shown_whole():
    left, right = difference("甲，" * 1500, "乙，" * 1500)
    assert [len(left), len(right)] == [1, 1]
