"""Who somebody is, for whom they act, and what they may do."""
