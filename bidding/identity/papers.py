"""Licences and authorisation letters on their way in: looked at by their first bytes, limited, kept under their digest."""

from __future__ import annotations

from typing import IO, ClassVar

from bidding.core.errors import N_, Invalid
from bidding.identity.service import Paper
from bidding.storage import BlobStore

_PIECE = 256 * 1024
#: What a scan or a photo begins with.
_KINDS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


class PaperTooLarge(Invalid):
    """More bytes than a scan needs."""

    code = "identity.paper_large"
    text = N_("“%(name)s”超过了 %(limit)s MB 的上限。请降低扫描分辨率，或只扫描需要的页，再上传。")
    status: ClassVar[int] = 413


class PaperKind(Invalid):
    """Neither PDF nor a picture."""

    code = "identity.paper_kind"
    text = N_("“%(name)s”不是 PDF、JPG 或 PNG 文件。请把原件扫描或拍照后上传。")


def media_type(head: bytes) -> str | None:
    """What the first bytes say the file is; a name may lie."""
    return next((kind for start, kind in _KINDS.items() if head.startswith(start)), None)


def keep(store: BlobStore, stream: IO[bytes], filename: str | None, *, limit: int, field: str) -> Paper:
    """Make an uploaded paper durable. Raises ``PaperTooLarge``, ``PaperKind`` for ``field``, ``StorageFull``."""
    name = plain_name(filename)
    piece = stream.read(_PIECE)
    if media_type(piece[:8]) is None:
        raise PaperKind(name=name, field=field)
    staged = store.stage()
    try:
        while piece and staged.size <= limit:
            staged.write(piece)
            piece = stream.read(_PIECE)
    except BaseException:
        staged.discard()
        raise
    if staged.size > limit:
        staged.discard()
        raise PaperTooLarge(name=name, limit=limit // 10**6, field=field)
    return Paper(staged.keep(), name)


def plain_name(filename: str | None) -> str:
    """The last part of what the browser called the file, printable and at most 100 characters."""
    last = (filename or "").replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(sign for sign in last if sign.isprintable()).strip()[-100:] or "file"
