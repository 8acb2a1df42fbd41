"""What a public page weighs: everything that its HTML makes a browser fetch, compressed, and how many requests that is."""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

#: experience.md: a page for everybody has at most so many bytes, compressed, in so many requests.
MOST_BYTES, MOST_REQUESTS = 60_000, 10
#: The programs that check in the browser. They come with their page and not with the first press: the page promises to work
#: on with the line cut, and nobody should have to trust what comes later.
PROGRAMS = {"/static/vendor/openings.js", "/static/vendor/bidseal.js"}
#: What a module names that the browser fetches with it.
_IMPORT = re.compile(r"""^\s*(?:import|export)\s[^;'"]*?(?:from\s*)?["'](\.{0,2}/[^"']+)["']""", re.MULTILINE)


class Fetched(HTMLParser):
    """The addresses that a browser fetches for a page without being asked to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        rel = (given.get("rel") or "").split()
        if tag == "link" and {"stylesheet", "icon", "preload", "modulepreload", "manifest"} & set(rel):
            self.found.add(given["href"])
        elif tag in ("script", "img", "source", "iframe", "audio", "video", "embed") and given.get("src"):
            self.found.add(given["src"])
        elif tag in ("use", "image") and (given.get("href") or given.get("xlink:href")):
            self.found.add(given.get("href") or given["xlink:href"])


def weigh(client, path):
    """Bytes of the page and of each thing it fetches, compressed, by address."""
    page = client.get(path)
    assert page.status_code == 200
    parser = Fetched()
    parser.feed(page.text)
    weights = {path: len(gzip.compress(page.data, 6))}
    waiting = [urldefrag(urljoin(path, found))[0] for found in parser.found if not found.startswith("data:")]
    while waiting:
        url = waiting.pop()
        if url in weights or url == path:
            continue
        with client.get(url) as answer:
            assert answer.status_code == 200, url
            body = answer.get_data()
        weights[url] = len(gzip.compress(body, 6))
        if url.endswith(".js"):
            waiting += [urljoin(url, name) for name in _IMPORT.findall(body.decode())]
        elif url.endswith(".css"):
            waiting += [
                urljoin(url, name)
                for name in re.findall(r"url\(['\"]?([^)'\"#]+)", body.decode())
                if "data:" not in name
            ]
    return weights


def check(client, path):
    weights = weigh(client, path)
    told = sorted(weights.items(), key=lambda item: -item[1])
    programs = weights.keys() & PROGRAMS
    assert not programs or path == "/verify"
    assert sum(size for url, size in weights.items() if url not in programs) <= MOST_BYTES, told
    assert len(weights.keys() - programs) <= MOST_REQUESTS, told


def test_public_pages_are_light(tender, client):
    for path in (
        "/",
        "/notices",
        f"/notices/{tender.uid}",
        f"/notices/{tender.uid}/timeline",
        "/savings",
        "/verify",
    ):
        check(client, path)


def test_full_lists_and_what_stands_in_them_are_light(make, award, desk, client):
    for number in range(21):
        award(
            make(
                uid=f"p{number}",
                code=f"T-{number}",
                title=f"明川县第 {number} 号老旧小区排水管网改造工程施工",
            )
        )
        desk.published()
    for path, rows in (("/results", 20), ("/announcements", 20), ("/notices/p0/award", None)):
        check(client, path)
        assert rows is None or client.get(path).text.count('<th scope="row">') == rows, path


def test_the_scales_see_what_a_page_fetches():
    parser = Fetched()
    parser.feed(
        '<link rel="stylesheet" href="a.css"><script src="b.js"></script><svg><use href="i.svg#x"/></svg><a href="c">'
    )
    assert parser.found == {"a.css", "b.js", "i.svg#x"}
    assert _IMPORT.findall(
        'import { a } from "./x.js";\nimport "./y.js";\nexport { b } from "./z.js";\n'
    ) == [
        "./x.js",
        "./y.js",
        "./z.js",
    ]
