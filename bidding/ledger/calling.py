"""Calling witnesses over HTTP (C2SP tlog-witness): requests in, answers out, within a time that nobody can stretch.

Knows no database. A witness may be slow, gone or lying: it gets its seconds and no more, and what it says is only
taken down here; whether it holds is for ``service`` to judge.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bidding.core.canonical import Malformed, unb64
from bidding.ledger.note import MAX_NOTE
from bidding.ledger.rules import Trouble
from bidding.ledger.wire import ADD_CHECKPOINT, ADD_LOG, HELD

if TYPE_CHECKING:
    import httpx

#: Requests to one witness at a time.
_AT_ONCE = 8
#: Bytes of an answer that are read: a few signature lines, or a reason.
_MOST = 16 * 1024


@dataclass(frozen=True, slots=True)
class Ask:
    """One checkpoint to be cosigned: an ``add-checkpoint`` body, and the note that introduces its log."""

    origin: str
    old: int
    size: int
    body: str
    introduction: str
    #: The call that comes whether or not there is anything new.
    steady: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """What a witness said to one request: status 0 and a trouble if it said nothing."""

    ask: Ask
    status: int
    text: str = ""
    #: The note that it says it holds, unchecked.
    note: str = ""
    trouble: Trouble = Trouble.NONE


@dataclass(frozen=True, slots=True)
class Caller:
    """How witnesses are called: seconds for one step and for a whole round, and whom TLS believes."""

    step: float = 5
    round: float = 15
    authority: str = ""
    transports: Mapping[str, httpx.AsyncBaseTransport] = field(default_factory=dict)

    async def call(self, url: str, asks: Sequence[Ask]) -> list[Answered]:
        """Ask a witness for these, each log's in order and the logs side by side; an answer for every one."""
        import httpx  # 7 MB, which a worker needs only where a witness has an address

        chains: dict[str, list[Ask]] = {}
        for ask in asks:
            chains.setdefault(ask.origin, []).append(ask)
        answers: list[Answered] = []
        transport = self.transports.get(url) or httpx.AsyncHTTPTransport(
            verify=ssl.create_default_context(cafile=self.authority or None)
            if url.startswith("https:")
            else False,
            trust_env=False,
            limits=httpx.Limits(max_connections=_AT_ONCE),
        )
        client = httpx.AsyncClient(transport=transport, timeout=self.step, follow_redirects=False)
        try:
            async with asyncio.timeout(self.round):
                line = _Line(client, url)
                await asyncio.gather(*(line.chain(chain, answers) for chain in chains.values()))
        except TimeoutError:
            pass
        finally:
            await _hang_up(client)
        said = {id(answer.ask) for answer in answers}
        return answers + [Answered(ask, 0, trouble=Trouble.SLOW) for ask in asks if id(ask) not in said]


async def _hang_up(client: httpx.AsyncClient) -> None:
    """Close the connections, without waiting for a peer that does not say goodbye."""
    try:
        async with asyncio.timeout(1):
            await client.aclose()
    except TimeoutError:
        pass


class _Line:
    """The line to one witness for one round; once it is cut, nothing more is tried."""

    def __init__(self, client: httpx.AsyncClient, url: str) -> None:
        self._client = client
        self._url = url
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._cut = Trouble.NONE

    async def chain(self, asks: Sequence[Ask], answers: list[Answered]) -> None:
        """One log's requests, until one fails: the next would start from a size that was not reached."""
        import httpx

        for ask in asks:
            async with self._places:
                answer = await self._ask(ask)
            answers.append(answer)
            if answer.status != httpx.codes.OK:
                answers.extend(Answered(later, 0) for later in asks[asks.index(ask) + 1 :])
                return

    async def _ask(self, ask: Ask) -> Answered:
        import httpx

        if self._cut:
            return Answered(ask, 0, trouble=self._cut)
        try:
            answer = await self._post(ADD_CHECKPOINT, ask, ask.body)
            if answer.status == httpx.codes.NOT_FOUND and ask.introduction:
                await self._post(ADD_LOG, ask, ask.introduction)
                answer = await self._post(ADD_CHECKPOINT, ask, ask.body)
        except httpx.TimeoutException:
            self._cut = Trouble.SLOW
        except (httpx.HTTPError, httpx.InvalidURL, OSError):
            self._cut = Trouble.UNREACHABLE
        except (Malformed, ValueError):
            return Answered(ask, 0, trouble=Trouble.ODD)
        else:
            return answer
        return Answered(ask, 0, trouble=self._cut)

    async def _post(self, call: str, ask: Ask, body: str) -> Answered:
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        data = b""
        async with self._client.stream(
            "POST", f"{self._url}{call}", content=body.encode(), headers=headers
        ) as response:
            async for part in response.aiter_raw():
                data += part
                if len(data) > _MOST:
                    raise Malformed("an answer without an end")
            held = response.headers.get(HELD, "")
        if len(held) > 2 * MAX_NOTE:
            raise Malformed("a note without an end")
        return Answered(
            ask, response.status_code, data.decode(), unb64(held, "held note").decode() if held else ""
        )
