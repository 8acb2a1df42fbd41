"""Checking a whole ``opening.zip``: no server, no database, no key but those the panel names (protocol §6.6).

The rules are those of ``opening.record``, ``opening.batches`` and ``experts.replay``, the same that the server and
the trustees' clients apply. What is found is told check by check; where nothing sensible can follow, checking ends.
"""

from bidding.verification.verify.case import NOTHING_ASKED, Asked
from bidding.verification.verify.whole import verify

__all__ = ["NOTHING_ASKED", "Asked", "verify"]
