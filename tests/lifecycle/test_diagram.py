from bidding.lifecycle.diagram import ARROWS, BOXES, HEIGHT, NUMBERS, WIDTH
from bidding.lifecycle.rules import MOVES, State


def test_the_picture_shows_every_state_once():
    assert sorted(box.state for box in BOXES) == sorted(State)


def test_the_picture_shows_every_move_of_the_table_and_no_other():
    drawn = [(badge.move, arrow.source) for arrow in ARROWS for badge in arrow.badges]
    assert sorted(drawn) == sorted((move, source) for move, step in MOVES.items() for source in step.sources)


def test_the_numbers_are_those_of_the_table_from_one_on():
    assert [NUMBERS[move] for move in MOVES] == list(range(1, len(MOVES) + 1))


def test_nothing_stands_outside_the_picture():
    for box in BOXES:
        assert 0 <= box.x <= WIDTH - box.width
        assert 0 <= box.y <= HEIGHT - box.height
