"""The pool of experts and the draw that anyone can replay (protocol §7)."""
