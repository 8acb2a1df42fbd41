"""Questions about a published tender, and what corrects it."""
