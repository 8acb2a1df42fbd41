"""Merkle trees: roots, inclusion and consistency proofs (RFC 9162 §2.1, SHA-256, as in RFC 6962). Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

HASH_SIZE = 32
#: The root of a tree without leaves: the hash of nothing (RFC 9162 §2.1.1).
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf; the prefix keeps a leaf from passing for a node (RFC 9162 §2.1.1)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """Leaf hashes with every complete subtree above them.

    Building is one hash per leaf; a root or a proof, at the present size or an earlier one, then costs
    O(log² n) hashes, so a hundred thousand leaves are no burden.
    """

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self._levels: list[list[bytes]] = [[]]
        for leaf in leaves:
            self.append(leaf)

    def __len__(self) -> int:
        return len(self._levels[0])

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash (32 bytes) at the end."""
        if len(leaf) != HASH_SIZE:
            msg = "a leaf hash has 32 bytes"
            raise ValueError(msg)
        node, height = leaf, 0
        self._levels[0].append(node)
        while len(self._levels[height]) % 2 == 0:
            node = node_hash(self._levels[height][-2], node)
            height += 1
            if height == len(self._levels):
                self._levels.append([])
            self._levels[height].append(node)

    def leaf(self, index: int) -> bytes:
        """The leaf hash at ``index``."""
        return self._levels[0][index]

    def subtree(self, height: int, index: int) -> bytes:
        """The root of the complete subtree over the leaves [index·2^height, (index+1)·2^height)."""
        return self._levels[height][index]

    def root(self, size: int | None = None) -> bytes:
        """The root of the first ``size`` leaves (of all, by default); ``ValueError`` beyond the end."""
        size = self._size(size)
        return self._span(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """The path from leaf ``index`` up to the root of the first ``size`` leaves (RFC 9162 §2.1.3.1)."""
        size = self._size(size)
        if not 0 <= index < size:
            msg = f"leaf {index} is not in a tree of {size}"
            raise ValueError(msg)
        start, end, path = 0, size, []
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                path.append(self._span(middle, end))
                end = middle
            else:
                path.append(self._span(start, middle))
                start = middle
        return path[::-1]

    def consistency(self, old: int, size: int | None = None) -> list[bytes]:
        """The proof that the first ``old`` leaves are a prefix of the first ``size`` (RFC 9162 §2.1.4.1)."""
        size = self._size(size)
        if not 0 <= old <= size:
            msg = f"a tree of {old} is no prefix of a tree of {size}"
            raise ValueError(msg)
        if old in (0, size):
            return []
        start, end, path = 0, size, []
        while end != old:
            middle = start + _split(end - start)
            if old <= middle:
                path.append(self._span(middle, end))
                end = middle
            else:
                path.append(self._span(start, middle))
                start = middle
        if start:  # the old tree is not itself a complete subtree: its last part is needed too
            path.append(self._span(start, end))
        return path[::-1]

    def _size(self, size: int | None) -> int:
        if size is None:
            return len(self)
        if not 0 <= size <= len(self):
            msg = f"the tree has {len(self)} leaves, not {size}"
            raise ValueError(msg)
        return size

    def _span(self, start: int, end: int) -> bytes:
        """The root over leaves [start, end); start is a multiple of the largest power of two ≤ end − start."""
        parts = []
        while start < end:
            height = (end - start).bit_length() - 1
            parts.append(self._levels[height][start >> height])
            start += 1 << height
        node = parts.pop()
        while parts:
            node = node_hash(parts.pop(), node)
        return node


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes, in one pass and O(log n) memory."""
    peaks: list[tuple[int, bytes]] = []
    for leaf in leaves:
        height, node = 0, leaf
        while peaks and peaks[-1][0] == height:
            node = node_hash(peaks.pop()[1], node)
            height += 1
        peaks.append((height, node))
    if not peaks:
        return EMPTY_ROOT
    node = peaks.pop()[1]
    while peaks:
        node = node_hash(peaks.pop()[1], node)
    return node


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the leaf hash stands at ``index`` of the tree of ``size`` with that root (RFC 9162 §2.1.3.2).

    The lengths are checked first: an empty "root" equal to an empty "leaf" must not pass.
    """
    if not 0 <= index < size or any(len(part) != HASH_SIZE for part in (leaf, root, *proof)):
        return False
    number, last, node = index, size - 1, leaf
    for part in proof:
        if last == 0:
            return False
        if number & 1 or number == last:
            node = node_hash(part, node)
            number, last = _rise(number, last)
        else:
            node = node_hash(node, part)
        number, last = number >> 1, last >> 1
    return last == 0 and node == root


def verify_consistency(old: int, size: int, proof: Sequence[bytes], old_root: bytes, root: bytes) -> bool:
    """Whether the tree of ``old`` leaves is a prefix of the tree of ``size`` (RFC 9162 §2.1.4.2).

    From nothing everything follows: with ``old`` 0 the proof is empty and the old root that of the empty tree.
    """
    if old == size:
        return old >= 0 and not proof and old_root == root  # one tree, whatever its root is
    if not 0 <= old < size or any(len(part) != HASH_SIZE for part in (old_root, root, *proof)):
        return False
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    return bool(proof) and _walk(old, size, proof, old_root, root)


def _walk(old: int, size: int, proof: Sequence[bytes], old_root: bytes, root: bytes) -> bool:
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    number, last = old - 1, size - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    before = after = path[0]
    for part in path[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            before, after = node_hash(part, before), node_hash(part, after)
            number, last = _rise(number, last)
        else:
            after = node_hash(after, part)
        number, last = number >> 1, last >> 1
    return last == 0 and before == old_root and after == root


def _rise(number: int, last: int) -> tuple[int, int]:
    """Skip the levels on which the node has no sibling to its right."""
    while number and not number & 1:
        number, last = number >> 1, last >> 1
    return number, last


def _split(size: int) -> int:
    """The largest power of two smaller than ``size``."""
    return 1 << ((size - 1).bit_length() - 1)
