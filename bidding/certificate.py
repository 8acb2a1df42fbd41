"""``bidding certificate``: HTTPS for a centre that has no public name, by a certificate authority of its own.

The authority can sign for the named hosts and for nothing else (name constraints, RFC 5280 §4.2.1.10), so whoever
installs it trusts the centre with the centre's own pages only.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import click
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from bidding.core.clock import SystemClock
from bidding.core.errors import N_, DomainError
from bidding.i18n.terminal import tell
from bidding.sealing.terminal import passphrase, passphrase_option, refusals

AUTHORITY_LASTS = timedelta(days=3652)
#: Apple refuses private certificates over 825 days, public ones may have 398 at most; a year and a month is safe.
SERVER_LASTS = timedelta(days=397)
#: Clocks of offices are a little late.
_BACKDATED = timedelta(hours=1)
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_ANY_ADDRESS = ("0.0.0.0/0", "::/0")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotAHost(DomainError):
    """Neither a domain name nor an IP address."""

    code = "certificate.not_a_host"
    text = N_("“%(host)s”不是域名，也不是 IP 地址。只写主机，不带 http://、端口和路径，例如 10.1.2.3。")


class OtherHosts(DomainError):
    """The authority in the folder was made for other hosts."""

    code = "certificate.other_hosts"
    text = N_("这个文件夹里的根证书不能给 %(hosts)s 签发。请换一个文件夹重新制作，并在每台电脑上重新安装。")


class WrongPassphrase(DomainError):
    """The authority's key does not open."""

    code = "certificate.wrong_passphrase"
    text = N_("口令不对，打不开根证书的密钥 %(file)s。")


class AuthorityEnded(DomainError):
    """The authority is too old to sign anything."""

    code = "certificate.authority_ended"
    text = N_("根证书已经过期。请换一个文件夹重新制作，并在每台电脑上重新安装。")


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def plain_host(text: str) -> str | Address:
    """A host as certificates name it: an address, or a name in lower-case ASCII. Raises ``NotAHost``."""
    plain = text.strip().rstrip(".")
    try:
        return ipaddress.ip_address(plain.strip("[]"))
    except ValueError:
        pass
    try:
        name = plain.encode("idna").decode().lower()
    except UnicodeError as error:
        raise NotAHost(host=text) from error
    labels = name.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        raise NotAHost(host=text)
    return name


def new_authority(hosts: Sequence[str | Address], now: datetime) -> Pair:
    """An authority that may sign for these hosts only."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, f"Sunlit Bidding CA for {hosts[0]}"[:64]),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Sunlit Bidding"),
        ]
    )
    certificate = (
        _builder(name, name, key, now, AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(constraints(hosts), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
    return Pair(certificate, key)


def constraints(hosts: Sequence[str | Address]) -> x509.NameConstraints:
    """Only these. A kind of name that none of them is would be free, so it is shut out whole."""
    names = [host for host in hosts if isinstance(host, str)]
    addresses = [host for host in hosts if not isinstance(host, str)]
    permitted: list[x509.GeneralName] = [x509.DNSName(name) for name in names]
    permitted += [x509.IPAddress(ipaddress.ip_network(address)) for address in addresses]
    if not names:
        permitted.append(x509.DNSName("invalid"))  # RFC 6761: a name that is never anybody's
    excluded = None if addresses else [x509.IPAddress(ipaddress.ip_network(every)) for every in _ANY_ADDRESS]
    return x509.NameConstraints(permitted, excluded)


def new_server(authority: Pair, hosts: Sequence[str | Address], now: datetime) -> Pair:
    """A certificate for the server, for a year and a month, never past its authority's end.

    Raises ``AuthorityEnded``, ``OtherHosts``.
    """
    ends = authority.certificate.not_valid_after_utc
    if now >= ends:
        raise AuthorityEnded
    if others := [str(host) for host in hosts if not may_sign(authority.certificate, host)]:
        raise OtherHosts(hosts="、".join(others))
    key = ec.generate_private_key(ec.SECP256R1())
    # No host here: OpenSSL would hold an address in this place against the constraints on names.
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Sunlit Bidding server")])
    names: list[x509.GeneralName] = [
        x509.DNSName(host) if isinstance(host, str) else x509.IPAddress(host) for host in hosts
    ]
    certificate = (
        _builder(subject, authority.certificate.subject, key, now, min(SERVER_LASTS, ends - now))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(authority.key, SHA256())
    )
    return Pair(certificate, key)


def may_sign(authority: x509.Certificate, host: str | Address) -> bool:
    """Whether the authority was made for this very host."""
    allowed = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees
    wanted = x509.DNSName(host) if isinstance(host, str) else x509.IPAddress(ipaddress.ip_network(host))
    return wanted in (allowed or ())


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + lasts)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


# Files ----------------------------------------------------------------------------------------------------------


def write(path: Path, data: bytes, mode: int) -> None:
    """Put a file in its place whole: a server that starts meanwhile reads the old one or the new one."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def key_bytes(key: ec.EllipticCurvePrivateKey, words: str | None = None) -> bytes:
    """The key as PKCS #8, which is what servers read; under a passphrase where there is one."""
    cipher = serialization.BestAvailableEncryption(words.encode()) if words else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, cipher)


def read_authority(folder: Path, words: str) -> Pair:
    """The authority in a folder. Raises ``WrongPassphrase``, ``OSError``."""
    certificate = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
    path = folder / "ca.key"
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), words.encode())
    except ValueError as error:
        raise WrongPassphrase(file=path.name) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise WrongPassphrase(file=path.name)
    return Pair(certificate, key)


@click.command()
@click.argument("hosts", metavar="HOST_OR_IP…", nargs=-1, required=True)
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="存放根证书和服务器证书的文件夹；再运行一次就用原来的根证书续签。",
)
@passphrase_option
def certificate(hosts: tuple[str, ...], out: Path, passphrase_file: Path | None) -> None:
    """Make a local certificate authority for these hosts, and a server certificate; run again to renew the latter."""
    now = SystemClock().now()
    with refusals():
        names = [plain_host(host) for host in hosts]
        out.mkdir(parents=True, exist_ok=True, mode=0o700)
    is_new = not (out / "ca.crt").exists()
    words = passphrase(N_("根证书密钥的口令"), passphrase_file, new=is_new)
    with refusals():
        if is_new:
            authority = new_authority(names, now)
            write(out / "ca.key", key_bytes(authority.key, words), 0o600)
            write(out / "ca.crt", authority.certificate.public_bytes(serialization.Encoding.PEM), 0o644)
        else:
            authority = read_authority(out, words)
        server = new_server(authority, names, now)
        write(out / "server.key", key_bytes(server.key), 0o600)
        chain = [server.certificate, authority.certificate]
        write(
            out / "server.crt",
            b"".join(each.public_bytes(serialization.Encoding.PEM) for each in chain),
            0o644,
        )
    _report(out, authority, server, is_new=is_new)


def _report(out: Path, authority: Pair, server: Pair, *, is_new: bool) -> None:
    if is_new:
        tell(N_("已制作根证书：%(file)s。请按安装说明装到每台电脑上。"), file=str(out / "ca.crt"))
    tell(
        N_("根证书指纹（SHA-256）：%(digits)s"),
        digits=authority.certificate.fingerprint(SHA256()).hex(":").upper(),
    )
    tell(
        N_("服务器证书有效到 %(day)s；到期前用同样的命令续签，电脑上不用再装。"),
        day=f"{server.certificate.not_valid_after_utc:%Y-%m-%d}",
    )
    tell(
        N_("启动：%(command)s"),
        command=f"bidding serve --host 0.0.0.0 --port 443 --certificate {out / 'server.crt'} --key {out / 'server.key'}",
    )
