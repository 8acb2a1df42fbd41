"""Checking receipts and whole openings offline (protocol §6.6)."""
