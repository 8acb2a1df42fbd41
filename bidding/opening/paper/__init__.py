"""Bags in the hall: opened where everybody sees it, and typed by two persons who do not see each other's figures."""
