"""Licences and letters on their way in."""

from io import BytesIO

import pytest

from bidding.identity import papers

PDF = b"%PDF-1.7\n" + b"x" * 1000
JPEG = b"\xff\xd8\xff\xe0" + b"x" * 1000
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 1000


def keep(store, content, name="营业执照.pdf", limit=10**6):
    return papers.keep(store, BytesIO(content), name, limit=limit, field="licence")


@pytest.mark.parametrize("content", [PDF, JPEG, PNG], ids=["pdf", "jpg", "png"])
def test_a_scan_is_kept_under_its_digest(blobs, content):
    paper = keep(blobs, content)
    with blobs.open(paper.digest) as file:
        assert file.read() == content
    assert paper.name == "营业执照.pdf"


@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00", b"<html>", b" %PDF-1.7"])
def test_what_is_no_scan_is_refused_by_its_bytes_not_its_name(blobs, content):
    with pytest.raises(papers.PaperKind) as caught:
        keep(blobs, content)
    assert caught.value.field == "licence"
    assert caught.value.params["name"] == "营业执照.pdf"


def test_the_limit_itself_passes_and_one_byte_more_does_not(blobs):
    content = PDF.ljust(10**6, b"x")
    keep(blobs, content)
    with pytest.raises(papers.PaperTooLarge) as caught:
        keep(blobs, content + b"x")
    assert caught.value.params == {"name": "营业执照.pdf", "limit": 1}
    assert caught.value.status == 413


def test_a_refused_paper_leaves_nothing(blobs):
    with pytest.raises(papers.PaperTooLarge):
        keep(blobs, PDF.ljust(10**6 + 1, b"x"))
    assert list(blobs.digests()) == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\Users\\li\\执照.pdf", "执照.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("\u202egpj.exe", "gpj.exe"),
        ("", "file"),
        (None, "file"),
        ("长" * 300, "长" * 100),
    ],
)
def test_a_name_is_only_a_name(given, kept):
    assert papers.plain_name(given) == kept
