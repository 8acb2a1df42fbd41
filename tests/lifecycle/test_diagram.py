from bidding.lifecycle.diagram import ARROWS, BOXES, HEIGHT, WIDTH
from bidding.lifecycle.rules import MOVES, State


def test_the_picture_shows_every_state_once():
    assert sorted(box.state for box in BOXES) == sorted(State)


def test_the_picture_shows_every_move_of_the_table_and_no_other():
    drawn = [(move, arrow.source) for arrow in ARROWS for move in arrow.moves]
    assert sorted(drawn) == sorted((move, source) for move, step in MOVES.items() for source in step.sources)


def test_every_move_has_its_words_somewhere():
    assert {arrow.moves[0] for arrow in ARROWS if arrow.x} >= {arrow.moves[0] for arrow in ARROWS}


def test_nothing_stands_outside_the_picture():
    for box in BOXES:
        assert 0 <= box.x <= WIDTH - box.width
        assert 0 <= box.y <= HEIGHT - box.height
