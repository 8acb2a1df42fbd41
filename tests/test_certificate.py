"""HTTPS without a public name: what the authority can sign for, and what browsers' libraries say to it."""

import ipaddress
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from bidding.certificate import (
    AUTHORITY_LASTS,
    SERVER_LASTS,
    AuthorityEnded,
    NotAHost,
    OtherHosts,
    Pair,
    certificate,
    key_bytes,
    new_authority,
    new_server,
    plain_host,
)
from bidding.core.clock import SystemClock
from bidding.server import is_loopback, serve

NOW = SystemClock().now().replace(microsecond=0)
PASSPHRASE = "four words and a hat"
NAME, ADDRESS = "bids.example", ipaddress.ip_address("127.0.0.1")


@pytest.fixture(autouse=True)
def in_chinese(monkeypatch):
    """Whatever language the machine speaks."""
    monkeypatch.setenv("BIDDING_LANG", "zh")


@pytest.fixture
def run(tmp_path):
    """``run("10.1.2.3")``: the command, into one folder."""
    (tmp_path / "words").write_text(PASSPHRASE + "\n", "utf-8")

    def _run(*hosts, words=tmp_path / "words"):
        told = CliRunner().invoke(
            certificate, [*hosts, "--out", str(tmp_path / "out"), "--passphrase-file", str(words)]
        )
        return told.exit_code, told.output

    _run.folder = tmp_path / "out"
    return _run


def handshake(folder, host):
    """One TLS handshake of Python's ssl, which trusts the authority alone; raises what a browser would warn of."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "server.crt", folder / "server.key")
    client = ssl.create_default_context(cafile=folder / "ca.crt")
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    ours, theirs = socket.socketpair()

    def answer():
        try:
            server.wrap_socket(theirs, server_side=True).close()
        except ssl.SSLError:
            theirs.close()

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        with client.wrap_socket(ours, server_hostname=host) as secure:
            return secure.version()
    finally:
        ours.close()
        thread.join(10)


@pytest.mark.parametrize("hosts", [("10.1.2.3",), ("bids.example",), ("bids.example", "10.1.2.3", "fd00::7")])
def test_whoever_trusts_the_authority_reaches_each_host_and_no_other(run, hosts):
    assert run(*hosts)[0] == 0
    for host in hosts:
        assert handshake(run.folder, host) == "TLSv1.3"
    for other in ("other.example", "10.1.2.4"):
        with pytest.raises(ssl.SSLCertVerificationError):
            handshake(run.folder, other)


def forged(folder, host, hosts):
    """What somebody with the authority's key could make: a certificate for a host that it was not made for."""
    authority = new_authority([plain_host(each) for each in hosts], NOW)
    free = Pair(new_authority([plain_host(host)], NOW).certificate, authority.key)
    free = Pair(_renamed(free, authority), authority.key)
    made = new_server(free, [plain_host(host)], NOW)
    folder.mkdir()
    (folder / "ca.crt").write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    (folder / "server.crt").write_bytes(made.certificate.public_bytes(Encoding.PEM))
    (folder / "server.key").write_bytes(key_bytes(made.key))


def _renamed(pair, authority):
    """The free authority's permissions under the real one's name."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(authority.certificate.subject)
        .issuer_name(authority.certificate.subject)
        .public_key(authority.key.public_key())
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=1000))
    )
    for extension in pair.certificate.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    return builder.sign(authority.key, authority.certificate.signature_hash_algorithm)


@pytest.mark.parametrize(
    ("hosts", "host", "trusted"),
    [
        (("bids.example",), "bids.example", True),
        (("bids.example",), "bank.example", False),
        (("bids.example",), "10.9.9.9", False),
        (("10.1.2.3",), "bank.example", False),
        (("10.1.2.3",), "10.9.9.9", False),
        (("10.1.2.3",), "fd00::9", False),
    ],
)
def test_even_its_own_key_signs_for_nobody_else(tmp_path, hosts, host, trusted):
    """Name constraints: a stolen key of the authority cannot pretend to be somebody's bank."""
    forged(tmp_path / "forged", host, hosts)
    if trusted:
        assert handshake(tmp_path / "forged", host)
    else:
        with pytest.raises(ssl.SSLCertVerificationError, match=r"subtree|verify failed"):
            handshake(tmp_path / "forged", host)


def test_keys_are_for_their_owner_and_the_authoritys_is_under_its_passphrase(run):
    run("10.1.2.3")
    modes = {path.name: path.stat().st_mode & 0o777 for path in run.folder.iterdir()}
    assert modes == {"ca.crt": 0o644, "ca.key": 0o600, "server.crt": 0o644, "server.key": 0o600}
    assert run.folder.stat().st_mode & 0o077 == 0
    assert b"ENCRYPTED" in (run.folder / "ca.key").read_bytes()
    assert b"BEGIN PRIVATE KEY" in (run.folder / "server.key").read_bytes()


def test_running_it_again_renews_the_servers_and_keeps_the_authority(run):
    run("10.1.2.3", "bids.example")
    before = {path.name: path.read_bytes() for path in run.folder.iterdir()}
    code, told = run("10.1.2.3")
    assert code == 0
    assert "server.crt" in told
    after = {path.name: path.read_bytes() for path in run.folder.iterdir()}
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"server.crt", "server.key"}
    assert set(before) == set(after)
    assert handshake(run.folder, "10.1.2.3")


@pytest.mark.parametrize(
    ("hosts", "words", "told"),
    [
        (("10.1.2.4",), PASSPHRASE, "10.1.2.4"),
        (("sub.bids.example",), PASSPHRASE, "sub.bids.example"),
        (("10.1.2.3",), "another passphrase", "ca.key"),
    ],
    ids=["another-address", "a-name-below", "another-passphrase"],
)
def test_what_the_authority_cannot_do_is_said_and_changes_nothing(run, tmp_path, hosts, words, told):
    run("10.1.2.3", "bids.example")
    before = {path.name: path.read_bytes() for path in run.folder.iterdir()}
    (tmp_path / "other").write_text(words + "\n", "utf-8")
    code, output = run(*hosts, words=tmp_path / "other")
    assert code == 1
    assert told in output
    assert {path.name: path.read_bytes() for path in run.folder.iterdir()} == before


def test_a_short_passphrase_is_refused(run, tmp_path):
    (tmp_path / "short").write_text("short\n", "utf-8")
    assert run("10.1.2.3", words=tmp_path / "short")[0] == 1
    assert not (run.folder / "ca.key").exists()


def test_both_last_as_long_as_is_said_and_never_past_the_authority():
    authority = new_authority([NAME], NOW)
    assert authority.certificate.not_valid_after_utc == NOW + AUTHORITY_LASTS
    assert new_server(authority, [NAME], NOW).certificate.not_valid_after_utc == NOW + SERVER_LASTS
    late = NOW + AUTHORITY_LASTS - timedelta(days=3)
    assert new_server(authority, [NAME], late).certificate.not_valid_after_utc == NOW + AUTHORITY_LASTS
    with pytest.raises(AuthorityEnded):
        new_server(authority, [NAME], NOW + AUTHORITY_LASTS)
    with pytest.raises(OtherHosts):
        new_server(authority, [NAME, ADDRESS], NOW)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("10.1.2.3", ipaddress.ip_address("10.1.2.3")),
        ("[fd00::7]", ipaddress.ip_address("fd00::7")),
        ("Bids.Example.", "bids.example"),
        ("中心.example", "xn--fiqq24b.example"),
        ("localhost", "localhost"),
    ],
)
def test_a_host_is_named_as_certificates_do(typed, plain):
    assert plain_host(typed) == plain


@pytest.mark.parametrize(
    "typed", ["", "http://10.1.2.3", "10.1.2.3:443", "10.1.2.300", "a b", "*.example", "-a.example", "x" * 64]
)
def test_anything_else_is_no_host(typed):
    with pytest.raises(NotAHost):
        plain_host(typed)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_the_server_serves_https_with_it_and_its_cookies_know(run, schema, tmp_path):
    """The command itself, as a process; the client trusts the authority and nothing else."""
    run("127.0.0.1")
    home = tmp_path / "instance"
    home.mkdir()
    shutil.copy(schema / "template.db", home / "bidding.db")
    port = free_port()
    files = ["--certificate", str(run.folder / "server.crt"), "--key", str(run.folder / "server.key")]
    process = subprocess.Popen(
        [Path(sys.executable).with_name("bidding"), "serve", "--port", str(port), *files],
        env=os.environ | {"BIDDING_INSTANCE": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        trust = ssl.create_default_context(cafile=run.folder / "ca.crt")
        with httpx.Client(verify=trust, trust_env=False) as client:
            answer = _wait(lambda: client.get(f"https://127.0.0.1:{port}/sign-in"))
        assert answer.status_code == 200
        assert "__Host-sunlit-form=" in answer.headers["Set-Cookie"]
        assert answer.headers["Strict-Transport-Security"]
        assert "网页里的签封和核验" not in answer.text
        assert "数字地址" in answer.text
        with (
            httpx.Client(trust_env=False) as stranger,
            pytest.raises(httpx.ConnectError, match="CERTIFICATE"),
        ):
            stranger.get(f"https://127.0.0.1:{port}/sign-in")
    finally:
        process.terminate()
        told, _ = process.communicate(timeout=20)
    assert f"https://127.0.0.1:{port}" in told


def _wait(ask):
    for _ in range(200):
        try:
            return ask()
        except httpx.ConnectError:
            time.sleep(0.1)
    return ask()


def test_a_certificate_without_its_key_serves_nothing(run):
    run("127.0.0.1")
    told = CliRunner().invoke(serve, ["--certificate", str(run.folder / "server.crt")])
    assert told.exit_code == 2
    assert "要一起写" in told.output


@pytest.mark.parametrize(
    ("host", "mine"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("b.cn", False)],
)
def test_plain_http_is_warned_of_where_others_can_come(host, mine):
    assert is_loopback(host) is mine


@pytest.mark.parametrize(
    ("address", "secure"),
    [
        ("http://localhost:8000", True),
        ("http://127.0.0.1", True),
        ("https://10.1.2.3", True),
        ("http://10.1.2.3", False),
        ("http://bids.example", False),
    ],
)
def test_pages_on_plain_http_say_what_will_not_work(client, address, secure):
    page = client.get("/sign-in", base_url=address).text
    assert ("网页里的签封和核验、通行密钥都不能用" in page) is not secure
