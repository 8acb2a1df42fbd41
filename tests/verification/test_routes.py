"""The page that checks receipts is everybody's, and says how to do without it; so is the certificate under papers."""

import hashlib

import pytest


@pytest.mark.parametrize(
    ("language", "words"), [("zh-Hans", "核验回执和开标"), ("en", "Check receipts and openings")]
)
def test_anybody_may_check_receipts_and_openings_in_both_languages(client, language, words):
    client.set_cookie("language", language)
    page = client.get("/verify")
    assert page.status_code == 200
    assert f"<h1>{words}</h1>" in page.text
    assert "js/verify.js" in page.text


def test_without_javascript_the_page_gives_the_command(client):
    page = client.get("/verify").text
    assert "bidding verify --receipt 回执.tlog-proof --tender tender.json" in page
    assert "bidding verify opening.zip" in page
    assert 'href="/verify"' in client.get("/").text


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_anybody_learns_what_the_centres_signature_shows_and_takes_its_certificate(client, language):
    client.set_cookie("language", language)
    page = client.get("/verify/papers").text
    given = client.get("/verify/papers/certificate.cer")
    assert given.mimetype == "application/pkix-cert"
    assert hashlib.sha256(given.data).hexdigest() in page
    assert ("不是任何人的签字" if language == "zh-Hans" else "nobody's personal signature") in page
