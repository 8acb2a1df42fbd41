"""Who may see a round of a negotiation and seal an offer in it. Calling and closing rounds is ``negotiation``'s."""
