"""Bids on paper: the bags that the window takes in before the deadline, where a tender allows them."""
