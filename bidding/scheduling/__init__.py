"""When time alone moves something: one tick, and claims with a lease."""
