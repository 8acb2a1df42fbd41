"""What the hall shows of a sitting: to everybody, to the one who looks at it, and on paper."""

from bidding.opening.sitting.presentation.board import Board, Row, board, spoken
from bidding.opening.sitting.presentation.desk import Desk, desk, in_the_room
from bidding.opening.sitting.presentation.paper import paper, shut_bags, unsigned

__all__ = ["Board", "Desk", "Row", "board", "desk", "in_the_room", "paper", "shut_bags", "spoken", "unsigned"]
