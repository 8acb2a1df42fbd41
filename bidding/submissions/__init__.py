"""Taking sealed bids in time, and the receipt that proves it (protocol §5)."""
