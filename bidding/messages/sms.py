"""SMS by a gateway's HTTP interface: one request for each, shaped by settings.

The host comes from the settings and from nowhere else: places stand in the path, the query and the body only,
redirects are not followed, and no proxy of the environment is asked.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from bidding.messages.carriers import Down, Hand, Letter, NotNow, Refused, one_line
from bidding.web.settings import BadSetting

#: What a template may hold: the number, the text, and a number of the request that stays the same when it is repeated.
PLACES = ("{to}", "{text}", "{id}")
#: Answers that speak of this one letter; every other failure is the gateway's or the settings'.
_OF_THE_LETTER = (400, 422)


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway. With a ``body`` the request is a POST of that JSON, without one a GET. ``timeout`` in seconds.

    ``accepted`` is a text that a good answer holds, for gateways that say no with status 200.
    """

    url: str
    headers: str = field(default="", repr=False)
    body: str = ""
    accepted: str = ""
    timeout: float = 20

    def __post_init__(self) -> None:
        address = urlsplit(self.url)
        if address.scheme not in ("https", "http") or not address.hostname:
            raise BadSetting("SMS_URL: https://…")
        if any(place in address.netloc for place in PLACES) or "@" in address.netloc:
            raise BadSetting("SMS_URL: the host stands in the settings, not in the message")
        json_object("SMS_HEADERS", self.headers)
        if self.body:
            json_object("SMS_BODY", self.body)
        shape = self.url + self.body
        if "{to}" not in shape or "{text}" not in shape:
            raise BadSetting("SMS_URL and SMS_BODY: {to} and {text} stand in one of them")

    @contextmanager
    def open(self) -> Iterator[Hand]:
        """One client for all."""
        with httpx.Client(timeout=self.timeout, follow_redirects=False, trust_env=False) as client:
            yield lambda letter: self._hand(client, letter)

    def check(self) -> None:
        """Reach the gateway's port: more would be an SMS."""
        address = urlsplit(self.url)
        port = address.port or (443 if address.scheme == "https" else 80)
        try:
            socket.create_connection((address.hostname or "", port), self.timeout).close()
        except OSError as error:
            raise Down(one_line(str(error))) from error

    def _hand(self, client: httpx.Client, letter: Letter) -> None:
        values = {"{to}": letter.address, "{text}": one_line(letter.subject), "{id}": letter.uid}
        url = self.url
        for place, value in values.items():
            url = url.replace(place, quote(value, safe=""))
        headers = json_object("SMS_HEADERS", self.headers)
        body = _filled(json_object("SMS_BODY", self.body), values) if self.body else None
        try:
            answer = client.request("POST" if self.body else "GET", url, headers=headers, json=body)
        except httpx.HTTPError as error:
            raise Down(one_line(str(error) or type(error).__name__)) from error
        if answer.status_code in _OF_THE_LETTER:
            raise Refused(f"HTTP {answer.status_code}")
        if answer.status_code == 429:
            raise NotNow("HTTP 429")
        if not answer.is_success:
            raise Down(f"HTTP {answer.status_code}")
        if self.accepted and self.accepted not in answer.text:
            raise NotNow(one_line(answer.text)[:120])


def json_object(name: str, text: str) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError as error:
        raise BadSetting(f"{name}: JSON") from error
    if not isinstance(found, dict):
        raise BadSetting(f"{name}: a JSON object")
    return found


def _filled(shape: Any, values: Mapping[str, str]) -> Any:
    """The template with its places filled, inside its strings: a text cannot become structure."""
    if isinstance(shape, str):
        for place, value in values.items():
            shape = shape.replace(place, value)
        return shape
    if isinstance(shape, list):
        return [_filled(each, values) for each in shape]
    if isinstance(shape, dict):
        return {key: _filled(each, values) for key, each in shape.items()}
    return shape
