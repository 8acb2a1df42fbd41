"""The rehearsal room (演练): a world of its own in which a whole opening is practised in five minutes."""
