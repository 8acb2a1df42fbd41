"""Savings, as the ratio of sums."""
