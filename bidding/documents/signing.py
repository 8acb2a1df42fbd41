"""The centre's own signature under the papers it hands out: PAdES (ETSI EN 319 142-1, level B-B) by pyHanko.

It says that this centre's system made the PDF and that nobody has changed it since. It is no person's signature, and
the certificate is the centre's own unless an authority's was put in its place: so a reader that is to call the
signer known has to be given the certificate first. What persons signed stands in the paper, and in the log.
"""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from bidding.core.durable import write_durably

#: How long a certificate made here holds. Papers are kept for fifteen years, but each is signed when it is fetched.
LASTS = timedelta(days=5 * 365)
#: Clocks of offices are a little late.
_BACKDATED = timedelta(hours=1)
#: The name of the signature's field.
FIELD = "Centre"


class KeyUnsafe(Exception):
    """The key file is not as it must be; the message says what to do about it."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate, those that lead from it to its authority, and its private key, as PEM and parsed."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    key: bytes  # PKCS #8, DER

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in hex."""
        return self.certificate.fingerprint(SHA256()).hex()

    @property
    def is_our_own(self) -> bool:
        """Whether the centre vouches for itself: no authority has signed the certificate."""
        return self.certificate.issuer == self.certificate.subject


class PaperKey:
    """The centre's key for papers: one PEM file of mode 0600 with key and certificate, made when first needed.

    When its certificate has ended a new pair takes its place; the old certificate stays beside it, for papers that
    were signed with it.
    """

    def __init__(self, folder: Path, name: str) -> None:
        """``name`` is the centre's, and stands in the certificate."""
        self._folder = Path(folder)
        self._name = name

    @property
    def path(self) -> Path:
        """Where the pair lies."""
        return self._folder / "papers.pem"

    def pair(self, now: datetime) -> Pair:
        """The pair in force. Raises ``KeyUnsafe``."""
        if not self.path.exists():
            self._make(now, replace=False)
        found = self._read()
        return self.renew(now) if now >= found.certificate.not_valid_after_utc else found

    def renew(self, now: datetime) -> Pair:
        """Make a new pair and keep the old certificate, named by when it began."""
        if self.path.exists():
            old = self._read()
            kept = (
                self._folder
                / f"papers-{old.certificate.not_valid_before_utc:%Y%m%d}-{old.fingerprint[:8]}.crt"
            )
            write_durably(kept, old.certificate.public_bytes(serialization.Encoding.PEM))
        self._make(now, replace=True)
        return self._read()

    def sign(self, data: bytes, now: datetime) -> bytes:
        """The PDF with the centre's signature appended; what was there stays byte for byte.

        Raises ``KeyUnsafe``, and pyHanko's errors for what is no PDF.
        """
        return _sign(data, self.pair(now), self._name, now)

    def _make(self, now: datetime, *, replace: bool) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        certificate = self._certificate(key, now).public_bytes(serialization.Encoding.PEM)
        with suppress(FileExistsError):  # another worker was first: its pair is the centre's
            write_durably(self.path, pem + certificate, replace=replace)

    def _certificate(self, key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
        name = x509.Name(
            [
                x509.NameAttribute(NameOID.COMMON_NAME, self._name[:64]),
                x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "Sunlit Bidding papers"),
            ]
        )
        usage = dict.fromkeys(
            [
                "key_encipherment",
                "data_encipherment",
                "key_agreement",
                "key_cert_sign",
                "crl_sign",
                "encipher_only",
                "decipher_only",
            ],
            False,
        )
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _BACKDATED)
            .not_valid_after(now + LASTS)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(
                x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, SHA256())
        )

    def _read(self) -> Pair:
        if self.path.stat().st_mode & 0o077:
            msg = f"{self.path} can be read by others: chmod 600, and renew it (bidding paper-key --new)"
            raise KeyUnsafe(msg)
        pem = self.path.read_bytes()
        try:
            key = serialization.load_pem_private_key(pem, None)
            first, *others = x509.load_pem_x509_certificates(pem)
        except ValueError as error:
            msg = f"{self.path} does not hold a key and its certificate"
            raise KeyUnsafe(msg) from error
        if key.public_key() != first.public_key():
            msg = f"{self.path}: the first certificate is not the key's"
            raise KeyUnsafe(msg)
        der = key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return Pair(first, tuple(others), der)


def _sign(data: bytes, pair: Pair, name: str, now: datetime) -> bytes:
    # pyHanko costs 30 MB and half a second: only a process that signs pays for it.
    from asn1crypto import keys
    from asn1crypto import x509 as asn1_x509
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    class Dated(signers.PdfSigner):
        """Signs at the instant that it is told, not at the machine's."""

        def init_signing_session(self, *args: Any, **more: Any) -> Any:
            session = super().init_signing_session(*args, **more)
            session.system_time = now
            return session

    def parsed(certificate: x509.Certificate) -> asn1_x509.Certificate:
        return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))

    others = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    for certificate in pair.chain:
        others.register(parsed(certificate))
    signer = signers.SimpleSigner(
        signing_cert=parsed(pair.certificate),
        signing_key=keys.PrivateKeyInfo.load(pair.key),
        cert_registry=others,
    )
    about = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        name=name,
        reason="由中心的系统生成，签名后没有改动",
    )
    signed = io.BytesIO()
    paper = IncrementalPdfFileWriter(io.BytesIO(data))
    # pyHanko starts an event loop of its own, which a thread that runs one already does not allow.
    with ThreadPoolExecutor(1) as apart:
        apart.submit(Dated(about, signer=signer).sign_pdf, paper, output=signed).result()
    return signed.getvalue()
