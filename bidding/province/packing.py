"""A package for a platform on a network apart: a file for each message, in the order in which they are to be taken. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from io import BytesIO
from typing import Protocol
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from bidding.province.wire import written

#: The date of every file in it: the same package is always the same bytes.
_DATE = (1980, 1, 1, 0, 0, 0)


class Packed(Protocol):
    """A message with its bytes."""

    uid: str
    data_set: str
    payload: str | None


def zipped(messages: Iterable[Packed], kind: str) -> bytes:
    """``0001-501-<number>.json``, …, and ``SHA256SUMS`` by which whoever carries it can check that all of it arrived."""
    sums, made = [], BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        for place, message in enumerate(messages, 1):
            body, _ = written(message.payload or "{}", kind)
            name = f"{place:04d}-{message.data_set}-{message.uid}.{kind}"
            archive.writestr(ZipInfo(name, _DATE), body)
            sums.append(f"{sha256(body).hexdigest()}  {name}\n")
        archive.writestr(ZipInfo("SHA256SUMS", _DATE), "".join(sums))
    return made.getvalue()
