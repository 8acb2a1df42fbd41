"""Red flags: what in published facts deserves a supervisor's look. A finding never changes anything."""
