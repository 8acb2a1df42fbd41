"""An opening in a hall without the server: a laptop opens, and what it found is brought in afterwards."""
