"""tuspy, a tus client nobody here wrote, against the real server; the browser's is in ``tests/journeys``."""

from __future__ import annotations

import io

import pytest
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

FILE = ("files", 1)


@pytest.fixture
def line(real, tmp_path):
    path = tmp_path / "technical.bin"
    path.write_bytes(bytes(range(256)) * 12_000)
    return real.fresh(path)


def client(line):
    cookies = "; ".join(f"{name}={value}" for name, value in line.http.cookies.items())
    return TusClient(
        f"{line.real.url}{line.creation}",
        headers={"Cookie": cookies, "X-CSRFToken": line.token, "Accept": "application/json"},
    )


def uploader(line, place, **options):
    return client(line).uploader(
        file_stream=io.BytesIO(line.files[place]),
        metadata=line.metadata(place),
        chunk_size=1_000_000,
        **options,
    )


def test_tuspy_sends_every_file_in_parts_with_and_without_checksums(line):
    for number, place in enumerate(line.files):
        sending = uploader(line, place, upload_checksum=bool(number))
        sending.upload()
        assert sending.offset == len(line.files[place])
    assert line.sign().status_code == 201


def test_tuspy_goes_on_from_what_is_durable_in_another_process(line):
    first = uploader(line, FILE)
    first.upload_chunk()
    assert first.offset == 1_000_000
    second = uploader(line, FILE, url=first.url)
    assert second.offset == 1_000_000
    second.upload()
    assert line.http.head(first.url).headers["Upload-Offset"] == str(len(line.files[FILE]))


def test_tuspy_is_told_of_a_refusal(line):
    line.files[FILE] = b"%PDF-1.7" + bytes(20_000)
    with pytest.raises(TusCommunicationError) as refused:
        uploader(line, FILE).upload()
    assert refused.value.status_code == 422
