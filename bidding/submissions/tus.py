"""What tus 1.0 says in headers, read and refused. Pure (https://tus.io/protocols/resumable-upload)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from bidding.core.canonical import Malformed, identifier, unb64, unhex
from bidding.core.errors import N_, DomainError

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,checksum,expiration"
CONTENT_TYPE = "application/offset+octet-stream"
#: Upload-Checksum algorithms; sha1 because the protocol demands it of every server with the extension.
ALGORITHMS = ("sha256", "sha1")
#: More files than this no bid has (as in the package reader); also the bound of ``n``.
MAX_FILES = 20_000
_MAX_DIGITS = 15
_NUMBER = re.compile(r"0|[1-9][0-9]{0,4}")


class OtherVersion(DomainError):
    """Tus-Resumable is missing or of another version."""

    code = "upload.other_version"
    text = N_("上传程序的协议版本不对，服务器只支持 tus 1.0.0。请刷新页面后继续上传。")
    status = 412


class BadHeader(DomainError):
    """A header that cannot be read; ``params['header']`` names it."""

    code = "upload.bad_header"
    text = N_("上传请求的 %(header)s 不符合要求：%(reason)s。请刷新页面后继续上传；已收下的部分不受影响。")
    status = 400


class OtherType(DomainError):
    """A part that does not say that it is one."""

    code = "upload.other_type"
    text = N_("上传的分片类型应为 application/offset+octet-stream。请刷新页面后继续上传。")
    status = 415


class NoLength(DomainError):
    """A part whose length is not announced could not be held against any limit."""

    code = "upload.no_length"
    text = N_("上传的分片没有写明长度（Content-Length），没有收下。请换用上传页面或较新的浏览器。")
    status = 411


class WrongOffset(DomainError):
    """The part does not begin where the durable bytes end."""

    code = "upload.wrong_offset"
    text = N_(
        "续传位置不对：服务器已收下 %(offset)s 字节，发来的分片从 %(sent)s 开始。请从已收下处继续上传。"
    )
    status = 409


class ChecksumMismatch(DomainError):
    """The part is not the one whose hash was announced."""

    code = "upload.checksum_mismatch"
    text = N_("这一段在传输中损坏，校验值不符，没有收下。请重新上传这一段。")
    status = 460


@dataclass(frozen=True, slots=True)
class Place:
    """Which file of which bid is coming: the bid's uid in hex, the envelope and the number in it."""

    bid: str
    envelope: str
    n: int


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a part should hash to."""

    algorithm: str
    digest: bytes

    def new(self) -> Any:
        """A running hash of the algorithm."""
        return hashlib.new(self.algorithm, usedforsecurity=False)


def check_version(value: str | None) -> None:
    """Raises ``OtherVersion`` unless the client speaks 1.0.0."""
    if value != VERSION:
        raise OtherVersion


def parse_number(value: str | None, header: str) -> int:
    """A non-negative whole number of bytes. Raises ``BadHeader``."""
    if value is None or not value.isascii() or not value.isdigit() or len(value) > _MAX_DIGITS:
        raise BadHeader(header=header, reason="not a number of bytes")
    return int(value)


def parse_place(value: str | None) -> Place:
    """The keys ``bid``, ``envelope`` and ``n`` of Upload-Metadata; others are let pass. Raises ``BadHeader``."""
    try:
        return _place(value or "")
    except Malformed as error:
        raise BadHeader(header="Upload-Metadata", reason=str(error)) from error


def _place(value: str) -> Place:
    found: dict[str, str] = {}
    for pair in value.split(","):
        key, _, encoded = pair.strip().partition(" ")
        if key in found:
            raise Malformed(f"{key}: twice")
        found[key] = unb64(encoded, key).decode("ascii", "replace")
    for key in ("bid", "envelope", "n"):
        if key not in found:
            raise Malformed(f"{key}: missing")
    unhex(found["bid"], 16, "bid")
    identifier(found["envelope"], "envelope")
    if not _NUMBER.fullmatch(found["n"]) or int(found["n"]) >= MAX_FILES:
        raise Malformed(f"n: not a number below {MAX_FILES}")
    return Place(found["bid"], found["envelope"], int(found["n"]))


def parse_checksum(value: str | None) -> Checksum | None:
    """Upload-Checksum, ``ALGORITHM BASE64``; None where there is none. Raises ``BadHeader``."""
    if value is None:
        return None
    try:
        return _checksum(value)
    except Malformed as error:
        raise BadHeader(header="Upload-Checksum", reason=str(error)) from error


def _checksum(value: str) -> Checksum:
    algorithm, _, encoded = value.partition(" ")
    if algorithm not in ALGORITHMS:
        raise Malformed(f"not one of {', '.join(ALGORITHMS)}")
    found = Checksum(algorithm, unb64(encoded, "digest"))
    if len(found.digest) != found.new().digest_size:
        raise Malformed("digest: wrong length")
    return found
