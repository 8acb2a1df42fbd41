"""资格预审: the notice before the tender, the applications, who passed, and the gate that lets only those bid (ADR 0047)."""
