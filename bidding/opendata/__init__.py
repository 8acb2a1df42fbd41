"""Open data: every purchase as a contracting process by OCDS 1.1.5, and tables of notices and results."""
