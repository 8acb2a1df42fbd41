"""The opening: shares, sheets, record (protocol §6)."""
