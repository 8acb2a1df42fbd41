"""Letters over a real SMTP conversation, with a server that nobody here wrote."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bidding.core.clock import SystemClock
from bidding.messages.carriers import Down, Letter, NotNow, Refused
from bidding.messages.smtp import Smtp
from bidding.web.settings import BadSetting
from tests.post import MailServer

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)


def letter(**changed):
    given = {
        "uid": "abc",
        "address": "li@example.com",
        "subject": "关于“管网改造”的新消息",
        "text": "收下了。\n.\n再见\n",
        "written_at": AT,
    }
    return Letter(**given | changed)


def smtp(port, **changed):
    given = {
        "host": "127.0.0.1",
        "port": port,
        "security": "plain",
        "sender": "notices@centre.example",
        "name": "明川县交易中心",
        "timeout": 5,
    }
    return Smtp(**given | changed)


@pytest.fixture(scope="module")
def server():
    made = MailServer().up()
    yield made
    made.down()


def test_a_letter_arrives_as_it_was_written(server):
    with smtp(server.port).open() as hand:
        hand(letter())
    mail = server.mails[-1]
    assert mail["Subject"] == "关于“管网改造”的新消息"
    assert mail["From"].addresses[0].display_name == "明川县交易中心"
    assert mail["Message-ID"] == "<abc@centre.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == AT
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().replace("\r\n", "\n") == "收下了。\n.\n再见\n"


def test_one_line_serves_many_and_every_attempt_is_the_same_letter(server):
    before = len(server.mails)
    with smtp(server.port).open() as hand:
        for _ in range(3):
            hand(letter())
    assert len(set(map(str, server.mails[before:]))) == len({str(server.mails[before])}) == 1


def test_a_subject_cannot_begin_another_header(server):
    with smtp(server.port, name="中心\r\nBcc: all@example.com").open() as hand:
        hand(letter(subject="标题\r\nBcc: rival@example.com\n\n第二\u202e行"))
    mail = server.mails[-1]
    assert "Bcc" not in mail
    assert mail["Subject"] == "标题 Bcc: rival@example.com 第二 行"


def test_a_refused_recipient_is_that_letters_fault_alone(server):
    server.refuse = {"gone@example.com": "550 no such box", "full@example.com": "452 box full"}
    with smtp(server.port).open() as hand:
        with pytest.raises(Refused, match="550 no such box"):
            hand(letter(address="gone@example.com"))
        with pytest.raises(NotNow, match="452 box full"):
            hand(letter(address="full@example.com"))
        before = len(server.mails)
        hand(letter())
    assert len(server.mails) == before + 1


def test_where_nobody_listens_the_channel_is_down():
    server = MailServer()
    with pytest.raises(Down), smtp(server.port).open():
        raise AssertionError("never reached")
    with pytest.raises(Down):
        smtp(server.port).check()


def test_a_server_without_encryption_gets_no_letter_where_encryption_is_asked(server):
    before = len(server.mails)
    with pytest.raises(Down), smtp(server.port, security="starttls").open() as hand:
        hand(letter())
    assert len(server.mails) == before


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """(certificate, key) for 127.0.0.1, its own authority."""
    home = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    today = SystemClock().now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = home / "cert.pem", home / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


def test_over_starttls_only_a_server_with_the_right_certificate_gets_it(certificate):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    server = MailServer(tls_context=context, require_starttls=True).up()
    try:
        with smtp(server.port, security="starttls", authority=str(certificate[0])).open() as hand:
            hand(letter())
        assert len(server.mails) == 1
        with pytest.raises(Down), smtp(server.port, security="starttls").open():
            raise AssertionError("the system's authorities do not know it")
    finally:
        server.down()


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"security": "ssl"}, "SMTP_SECURITY"),
        ({"sender": ""}, "MAIL_FROM"),
        ({"sender": "a@b.example\r\nBcc: c@d.example"}, "MAIL_FROM"),
        ({"host": "mail.example", "user": "u", "password": "p"}, "SMTP_SECURITY"),
    ],
)
def test_settings_that_cannot_work_are_told_at_start(changed, named):
    with pytest.raises(BadSetting, match=named):
        smtp(25, **changed)


def test_a_password_is_in_no_log(server):
    assert "geheim" not in repr(smtp(server.port, user="u", password="geheim"))


def test_a_letter_of_a_list_can_be_stopped_by_the_mail_programs_own_button(server):
    """RFC 8058 wants HTTPS; without it there is the link alone."""
    with smtp(server.port).open() as hand:
        for stop in ("https://bids.example/searches/a/stop/b", "http://10.0.0.7/searches/a/stop/b", ""):
            hand(letter(stop=stop))
    pressed, linked, plain = server.mails[-3:]
    assert pressed["List-Unsubscribe"] == "<https://bids.example/searches/a/stop/b>"
    assert pressed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert linked["List-Unsubscribe"] == "<http://10.0.0.7/searches/a/stop/b>"
    assert linked["List-Unsubscribe-Post"] is plain["List-Unsubscribe"] is None


def test_a_link_of_real_length_goes_over_the_line_whole():
    stop = f"https://bids.mingchuan.example/searches/{'a' * 24}/stop/{'b' * 40}"
    lines = smtp(25).written(letter(stop=stop)).as_bytes().split(b"\r\n")
    assert f"List-Unsubscribe: <{stop}>".encode() in lines
