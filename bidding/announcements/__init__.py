"""Announcements that come before a tender or stand in its place: procurement intentions, single-source publicity."""
