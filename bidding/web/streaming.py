"""A form whose last part is a large file, read without spooling: werkzeug's parser would write it to /tmp."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from flask import Request
from werkzeug.exceptions import BadRequest, ClientDisconnected
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData, Preamble

#: Small enough to stay in the processor's cache from the line to the file and the hash, and what each hanging upload holds.
CHUNK = 1 << 16
#: The small fields before the file (token, key, password) together.
FIELDS_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True)
class StreamedForm:
    """The fields that stood before the file, the file's bytes as they come, and the name it was given."""

    fields: dict[str, str]
    chunks: Iterator[bytes]
    filename: str = ""


def read(request: Request) -> StreamedForm:
    """Read a ``multipart/form-data`` body up to its first file, or take a raw body as the file itself.

    A raw body (``application/octet-stream``) carries its fields as headers: ``X-CSRFToken`` and
    ``Idempotency-Key``.
    """
    if request.mimetype == "application/octet-stream":
        fields = {
            "csrf_token": request.headers.get("X-CSRFToken", ""),
            "key": request.headers.get("Idempotency-Key", ""),
        }
        return StreamedForm(fields, _raw(request))
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data" or not boundary:
        raise BadRequest
    events = _events(request, MultipartDecoder(boundary.encode()))
    fields, filename = _fields(events)
    return StreamedForm(fields, _file(events), filename)


def _raw(request: Request) -> Iterator[bytes]:
    stream = request.stream  # refuses what announces more than is allowed
    if request.content_length is not None:
        yield from _of_line(request, request.content_length)
        return
    while chunk := stream.read(CHUNK):
        yield chunk


def announced(request: Request, length: int) -> Iterator[bytes]:
    """A raw body of ``length`` bytes as it comes; it just ends where the line is cut."""
    with suppress(ClientDisconnected):
        yield from _of_line(request, length)


def _of_line(request: Request, length: int) -> Iterator[bytes]:
    """``length`` bytes from the server itself: werkzeug's stream copies every piece twice more."""
    line = request.environ["wsgi.input"]
    while length:
        try:
            chunk = line.read(min(CHUNK, length))
        except (OSError, ValueError) as error:
            raise ClientDisconnected from error
        if not chunk:
            raise ClientDisconnected
        length -= len(chunk)
        yield chunk


def _events(request: Request, decoder: MultipartDecoder) -> Iterator[Event]:
    while True:
        try:
            event = decoder.next_event()
        except ValueError as error:  # a body that ends too early, or is no form at all
            raise BadRequest from error
        if isinstance(event, NeedData):
            # Of a file it keeps a few bytes; of what comes before one, everything.
            if len(decoder.buffer) > FIELDS_LIMIT:
                raise BadRequest
            chunk = request.stream.read(CHUNK)
            decoder.receive_data(chunk or None)
            continue
        yield event
        if isinstance(event, Epilogue):
            return


def _fields(events: Iterator[Event]) -> tuple[dict[str, str], str]:
    """Consume up to the header of the first file part, which names the file."""
    fields: dict[str, str] = {}
    name, size = "", 0
    for event in events:
        if isinstance(event, File):
            return fields, event.filename
        if isinstance(event, Field):
            name = event.name
            fields[name] = ""
        elif isinstance(event, Data):
            size += len(event.data)
            if size > FIELDS_LIMIT:
                raise BadRequest
            fields[name] += event.data.decode("utf-8", "replace")
        elif not isinstance(event, Preamble):
            break
    return fields, ""


def _file(events: Iterator[Event]) -> Iterator[bytes]:
    """The bytes of the one file part; what follows it is not read."""
    for event in events:
        if not isinstance(event, Data):
            return
        if event.data:
            yield bytes(event.data)
        if not event.more_data:
            return
