"""The interface for programs: public figures as JSON, and drafts and results for agencies' own systems."""
