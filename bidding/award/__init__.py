"""What was decided for each lot, and at what price."""
