"""Cases at the centre's window: accepted, examined, reviewed and closed, each step within two limits."""
