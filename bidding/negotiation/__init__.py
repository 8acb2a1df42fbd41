"""Rounds of a negotiation (竞争性谈判、竞争性磋商): called by two persons, sealed and opened like a tender."""
