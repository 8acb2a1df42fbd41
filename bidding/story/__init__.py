"""The demonstration centre, and the whole job played through it."""
