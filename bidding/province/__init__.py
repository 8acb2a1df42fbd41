"""What the province's public-service platform is told of: codes, data sets as a table, the outbox towards it."""
