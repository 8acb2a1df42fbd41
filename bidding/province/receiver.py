"""The platform's HTTP interface: one message for each request, as JSON or XML. Imports an HTTP client: only where there is one.

The same message always has the same bytes and the same number, in ``Idempotency-Key`` and in its ``id``: a receiver
that knows it says so (200 with the old receipt, or 409) and takes nothing twice.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from bidding.messages.carriers import Down, NotNow, Refused, one_line
from bidding.messages.sms import json_object
from bidding.province.station import Hand
from bidding.province.wire import written
from bidding.web.settings import BadSetting

#: Answers that speak of this one message; every other failure is the receiver's or the settings'.
_OF_THE_MESSAGE = (400, 413, 422)
_KNOWN, _LATER, _SLOWLY = 409, 202, 429


@dataclass(frozen=True, slots=True)
class Receiver:
    """``headers`` is a JSON object, with the key that the platform gave; ``accepted`` a text that a good answer holds."""

    url: str
    headers: str = field(default="", repr=False)
    format: str = "json"
    accepted: str = ""
    authority: str = ""
    timeout: float = 20

    def __post_init__(self) -> None:
        address = urlsplit(self.url)
        if address.scheme not in ("https", "http") or not address.hostname or "@" in address.netloc:
            msg = "PROVINCE_URL: https://…"
            raise BadSetting(msg)
        if self.format not in ("json", "xml"):
            msg = "PROVINCE_FORMAT: json or xml"
            raise BadSetting(msg)
        json_object("PROVINCE_HEADERS", self.headers)

    @contextmanager
    def open(self) -> Iterator[Hand]:
        """One client for all; no proxy of the environment, no redirect: messages go where the settings say."""
        verify: Any = ssl.create_default_context(cafile=self.authority) if self.authority else True
        with httpx.Client(
            timeout=self.timeout, follow_redirects=False, trust_env=False, verify=verify
        ) as client:
            yield lambda uid, payload: self._hand(client, uid, payload)

    def _hand(self, client: httpx.Client, uid: str, payload: str) -> str | None:
        body, kind = written(payload, self.format)
        headers = json_object("PROVINCE_HEADERS", self.headers)
        try:
            answer = client.post(
                self.url, content=body, headers={**headers, "Content-Type": kind, "Idempotency-Key": uid}
            )
        except httpx.ReadTimeout as error:
            raise NotNow("no answer in time") from error  # it may have been taken: the same number goes again
        except httpx.HTTPError as error:
            raise Down(one_line(str(error) or type(error).__name__)) from error
        return self._read(answer)

    def _read(self, answer: httpx.Response) -> str | None:
        status, said = answer.status_code, one_line(answer.text)[:150]
        if status in _OF_THE_MESSAGE:
            raise Refused(f"HTTP {status} {said}")
        if status == _KNOWN:
            return _receipt(answer)
        if not answer.is_success:
            fault = f"HTTP {status} {said}"
            raise NotNow(fault) if status == 500 else Down(fault)
        if self.accepted and self.accepted not in answer.text:
            raise Refused(said or "an empty answer")
        return None if status == _LATER else _receipt(answer)


def _receipt(answer: httpx.Response) -> str:
    """The receipt that an answer names; else the answer itself, shortened, as the only word there is."""
    try:
        found = answer.json()
    except ValueError:
        return one_line(answer.text)[:200]
    named = found.get("receipt") if isinstance(found, dict) else None
    return one_line(str(named if named is not None else answer.text))[:200]
