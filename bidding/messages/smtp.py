"""E-mail by SMTP (RFC 5321, 8314, 3207): one connection for as many letters as there are."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime

from bidding.core.errors import DomainError
from bidding.messages import rules
from bidding.messages.carriers import Down, Hand, Letter, NotNow, Refused, one_line
from bidding.web.settings import BadSetting

#: A line of a mail may have so many characters (RFC 5322 2.1.1).
_LONGEST_LINE = 998


class _LinksWhole(EmailPolicy):
    """As ``email.policy.SMTP``, but a link in a header stays on its line, whole.

    The library would make encoded words of one that is longer than 78 characters, which no mail program takes for a link.
    """

    def fold(self, name: str, value: str) -> str:
        """The header as it is written."""
        line = f"{name}: {value}"
        if name == "List-Unsubscribe" and line.isascii() and len(line) <= _LONGEST_LINE:
            return line + self.linesep
        folded: str = super().fold(name, value)
        return folded

    def fold_binary(self, name: str, value: str) -> bytes:
        """The same as it goes over the line."""
        if name == "List-Unsubscribe":
            return self.fold(name, value).encode()
        return super().fold_binary(name, value)


_POLICY = _LinksWhole(linesep="\r\n")
SECURITIES = ("starttls", "tls", "plain")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Smtp:
    """A mail server that takes our letters. ``timeout`` is in seconds, for each step of the conversation."""

    host: str
    port: int
    security: str
    sender: str
    name: str
    user: str = ""
    password: str = field(default="", repr=False)
    authority: str = ""
    timeout: float = 20

    def __post_init__(self) -> None:
        if self.security not in SECURITIES:
            raise BadSetting(f"SMTP_SECURITY: one of {', '.join(SECURITIES)}")
        try:
            rules.email(self.sender)
        except DomainError as error:
            raise BadSetting("MAIL_FROM: the address that mails come from") from error
        if self.security == "plain" and self.user and self.host not in _LOOPBACK:
            raise BadSetting("SMTP_SECURITY: a password does not go over a network in plain")

    @contextmanager
    def open(self) -> Iterator[Hand]:
        """Connect, and sign in where a user is set."""
        try:
            server = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            raise Down(_said(error)) from error
        try:
            yield lambda letter: self._hand(server, letter)
        finally:
            try:
                server.quit()
            except (
                OSError,
                smtplib.SMTPException,
            ):  # what was taken is taken: a line that is gone needs no goodbye
                server.close()

    def check(self) -> None:
        """Connect and sign in, and go."""
        with self.open():
            pass

    def _connect(self) -> smtplib.SMTP:
        here = self.sender.rpartition("@")[2]
        if self.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, here, timeout=self.timeout, context=self._context()
            )
        else:
            server = smtplib.SMTP(self.host, self.port, here, timeout=self.timeout)
        try:
            if self.security == "starttls":
                server.starttls(context=self._context())
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server

    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.authority or None)

    def _hand(self, server: smtplib.SMTP, letter: Letter) -> None:
        try:
            server.send_message(self.written(letter), self.sender, [letter.address])
        except smtplib.SMTPRecipientsRefused as error:
            code, words = error.recipients[letter.address]
            raise (Refused if code >= 500 else NotNow)(f"{code} {_text(words)}") from error
        except smtplib.SMTPDataError as error:
            raise (Refused if error.smtp_code >= 500 else NotNow)(_said(error)) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Down(_said(error)) from error

    def written(self, letter: Letter) -> EmailMessage:
        """The letter as it goes over the line. Its Message-ID and date are the same at every attempt."""
        mail = EmailMessage(policy=_POLICY)
        mail["From"] = Address(one_line(self.name), addr_spec=self.sender)
        mail["To"] = Address(addr_spec=letter.address)
        mail["Subject"] = one_line(letter.subject)
        mail["Date"] = format_datetime(letter.written_at)
        mail["Message-ID"] = f"<{letter.uid}@{self.sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies, please
        if letter.stop:
            mail["List-Unsubscribe"] = (
                f"<{letter.stop}>"  # RFC 2369; and by a button of the mail program, RFC 8058
            )
            if letter.stop.startswith("https://"):
                mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        mail.set_content(letter.text, cte="base64")
        return mail


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return one_line(str(error) or type(error).__name__)


def _text(words: bytes | str) -> str:
    return one_line(words.decode("utf-8", "replace") if isinstance(words, bytes) else words)
