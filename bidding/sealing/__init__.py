"""Sealing a bid, and the trustees who together can open it (protocol §2–3)."""
