"""The log: append-only, salted, witnessed, provable (protocol §4)."""
