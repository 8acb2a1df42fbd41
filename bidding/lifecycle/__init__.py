"""What people decide about a tender after its publication: suspension, resumption, termination, failure, re-tender."""
