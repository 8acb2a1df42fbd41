"""Which events this process has checked already: an opening reads the whole log anew at each of its steps.

Only what depends on nothing but the text and the panel is remembered (form, manifest, signature), under the hash of
both: of another text, or in another process, everything is asked again. What may stand where is asked each time.
"""

from __future__ import annotations

from bidding.core.canonical import lp, sha

#: Digests that are kept, some six megabytes; more than a centre's openings of a day. At one more all are forgotten.
MOST = 1 << 16


class Known:
    """Events that were found good, by the hash of their text and of the panel they were judged by."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._seen: set[bytes] = set()

    @staticmethod
    def name(panel_hash: bytes, text: str) -> bytes:
        """What an event is remembered by; ``panel_hash`` is empty for the panel itself."""
        return sha(lp(panel_hash, text))

    def __contains__(self, name: bytes) -> bool:
        return name in self._seen

    def add(self, name: bytes) -> None:
        """Remember an event; it was checked whole."""
        if len(self._seen) >= self._most:
            self._seen = set()
        self._seen.add(name)
