"""Projects, lots, the rulebook, and what is published of them."""
