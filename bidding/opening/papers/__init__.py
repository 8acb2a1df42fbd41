"""Records besides the opening record: the supervisor's, and that of a tender that failed; scans and videos that go with them."""
