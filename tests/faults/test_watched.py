"""Two worlds on the served centre: what staff, a rival and the public are sent does not change when others bid.

``test_two_worlds`` compares every address and every statement in process. Here it is what leaves the real server, bytes
and headers, at one instant that stands: before any bid, after one (to the public and the agency), and after ten.
"""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.xdist_group("steered")

#: The public, the agency, supervisor, administrator, and a tenderer who has not bid.
WATCHERS = (None, "zhou", "sun", "wang", "t11")
ELSEWHERE = ("/", "/notices", "/projects", "/status", "/messages", "/log/")
#: Fresh with every answer: tokens against forged forms, and the key under which a package would be sent.
_NOISE = re.compile(
    r'(?<=name="csrf_token" value=")[^"]+|(?<=name="csrf_token" type="hidden" value=")[^"]+'
    r'|(?<=name="key" type="hidden" value=")[^"]+|(?<= data-token=")[^"]+|(?<=&#34;csrf&#34;: &#34;)[^&]+'
)
#: Where a paper ends and the centre's signature begins: that is random, in its bytes and in their number.
_SIGNED = "%%EOF"
#: The number of a refusal, to ask by.
_NUMBER = re.compile(r"\b[0-9a-z]{10}\b")
#: Sent away, whoever has bid: signing in, or another role's.
SHUT = (302, 401, 403)
#: Of the machine's own clock, and the same token once more.
_OWN = {"date", "expires", "set-cookie"}


def test_what_leaves_the_server_is_the_same_for_no_bid_one_and_ten(steered, small):
    tender = steered.another("watched")
    rules = [rule.rule for rule in steered.app.url_map.iter_rules() if "GET" in rule.methods]
    of_it = [
        rule.replace("<uid>", tender.uid)
        for rule in rules
        if re.fullmatch(r"/(notices|hall|opening|projects)/<uid>[^<]*", rule)
    ]
    assert len(of_it) > 15
    packages = [steered.line_of(tender, number, small) for number in range(1, 11)]
    with steered.standing():
        steered.stand(steered.now())
        watchers = {login: steered.visitor(login) for login in WATCHERS}
        none = {
            (login, address): told(client.get(address))
            for login, client in watchers.items()
            for address in (*ELSEWHERE, *of_it)
        }
        assert sum(status == 200 for status, *_ in none.values()) > 50
        asked = [place for place, (status, *_) in none.items() if status not in SHUT]
        few = [(login, address) for login, address in asked if login in (None, "zhou")]
        for some, places in ((packages[:1], few), (packages[1:], asked)):
            for package in some:
                assert package.send_package().status_code == 201
            now = {(login, address): told(watchers[login].get(address)) for login, address in places}
            assert [place for place in places if now[place] != none[place]] == []


def told(answer):
    """Status, headers and body of an answer, without what is fresh in each."""
    headers = {name: value for name, value in answer.headers.items() if name not in _OWN}
    body = _NOISE.sub("", answer.text)
    if headers.get("content-type") == "application/pdf":
        body, _, signature = body.partition(_SIGNED)
        if signature.strip():
            del headers["content-length"]
    if answer.status_code >= 400:
        body = _NUMBER.sub("", body)
    return answer.status_code, headers, body
