"""The sitting in the hall (开标会): who is there, the reading out, confirmations, objections, the signed record."""
