"""The centre's signature under papers, asked of pyHanko's own validator."""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pypdf
import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from bidding.documents import pdf
from bidding.documents.signing import LASTS, KeyUnsafe, PaperKey
from tests.documents import papers

NOW = papers.CLOSE


@pytest.fixture(scope="module")
def plain():
    return pdf.render("receipt", papers.receipt())


@pytest.fixture
def key(tmp_path):
    return PaperKey(tmp_path / "keys", "青禾县公共资源交易中心")


def apart(work, *args):
    """Run it in a thread of its own: the browser's loop runs in the one that other tests have used."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work, *args).result()


def validated(data, key, now=NOW):
    """What pyHanko says of the one signature, with the centre's certificate as the only one that is trusted."""
    [signature] = PdfFileReader(io.BytesIO(data)).embedded_signatures
    der = key.pair(now).certificate.public_bytes(serialization.Encoding.DER)
    trusted = ValidationContext(trust_roots=[x509.Certificate.load(der)], moment=now + timedelta(minutes=1))
    return signature, apart(validate_pdf_signature, signature, trusted)


def test_a_validator_that_knows_the_certificate_finds_the_paper_whole_and_signed_by_the_centre(key, plain):
    signature, status = validated(key.sign(plain, NOW), key)
    assert status.bottom_line
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.self_reported_timestamp == NOW
    assert "青禾县公共资源交易中心" in status.signing_cert.subject.human_friendly


def test_a_thread_with_an_event_loop_of_its_own_can_sign(key, plain):
    async def within():
        return key.sign(plain, NOW)

    assert validated(apart(asyncio.run, within()), key)[1].bottom_line


def test_a_changed_byte_breaks_it(key, plain):
    signed = bytearray(key.sign(plain, NOW))
    signed[len(plain) // 2] ^= 1
    _, status = validated(bytes(signed), key)
    assert not status.intact


def test_what_was_set_stays_byte_for_byte_and_an_archives_paper(key, plain):
    signed = key.sign(plain, NOW)
    assert signed.startswith(plain)
    reader = pypdf.PdfReader(io.BytesIO(signed))
    about = reader.xmp_metadata.stream.get_data().decode()
    assert 'pdfaid:part="2"' in about
    assert 'pdfaid:conformance="A"' in about
    [widget] = [each.get_object() for page in reader.pages for each in page.get("/Annots", ())]
    assert widget["/Rect"] == [0, 0, 0, 0]  # nothing to see: ISO 19005-2 asks no appearance of it then
    assert widget["/F"] & 4  # and is printed, as ISO 19005-2 §6.3.2 demands
    assert reader.metadata.title == f"{reader.xmp_metadata.dc_title['x-default']}"


def test_the_key_is_made_at_first_need_and_nobody_else_reads_it(key, plain):
    assert not key.path.exists()
    key.sign(plain, NOW)
    assert key.path.stat().st_mode & 0o777 == 0o600
    assert key.pair(NOW).is_our_own
    before = key.path.read_bytes()
    key.sign(plain, NOW)
    assert key.path.read_bytes() == before


def test_a_key_that_others_can_read_signs_nothing(key, plain):
    key.pair(NOW)
    key.path.chmod(0o644)
    with pytest.raises(KeyUnsafe, match="chmod 600"):
        key.sign(plain, NOW)


@pytest.mark.parametrize("text", [b"", b"-----BEGIN CERTIFICATE-----\n"], ids=["empty", "half"])
def test_a_damaged_key_file_is_named(key, text):
    key.pair(NOW)
    key.path.write_bytes(text)
    with pytest.raises(KeyUnsafe, match="does not hold"):
        key.pair(NOW)


def test_a_certificate_of_another_key_is_named(key, tmp_path):
    other = PaperKey(tmp_path / "other", "别的中心")
    other.pair(NOW)
    key.pair(NOW)
    private = key.path.read_bytes().partition(b"-----BEGIN CERTIFICATE-----")[0]
    public = (
        b"-----BEGIN CERTIFICATE-----" + other.path.read_bytes().partition(b"-----BEGIN CERTIFICATE-----")[2]
    )
    key.path.write_bytes(private + public)
    with pytest.raises(KeyUnsafe, match="is not the key's"):
        key.pair(NOW)


def test_at_its_end_a_new_pair_takes_over_and_the_old_certificate_stays(key, plain):
    old = key.pair(NOW).fingerprint
    end = NOW + LASTS
    assert key.pair(end - timedelta(seconds=1)).fingerprint == old
    _, status = validated(key.sign(plain, end), key, end)
    assert status.bottom_line
    assert key.pair(end).fingerprint != old
    [kept] = key.path.parent.glob("papers-*.crt")
    assert old[:8] in kept.name
    assert b"PRIVATE" not in kept.read_bytes()


def test_who_signs_nothing_does_not_pay_for_it():
    told = "import bidding.wiring, sys; sys.exit(any(name.startswith('pyhanko') for name in sys.modules))"
    subprocess.run([sys.executable, "-c", told], check=True)
