"""What the portal keeps of its own: the list of results, and the searches that people want to hear of."""
