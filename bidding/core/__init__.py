"""What every domain stands on: clock, entropy, canonical JSON, codes, money, days. Pure."""
