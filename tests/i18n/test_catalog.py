"""The reader's language, and one English for every text."""

import pytest

from bidding.i18n import catalog, extract


@pytest.mark.parametrize(
    ("asked", "cookie", "language"),
    [
        (None, None, "zh-Hans"),
        ("zh-CN,zh;q=0.9,en;q=0.8", None, "zh-Hans"),
        ("en-GB,en;q=0.9", None, "en"),
        ("fr", None, "zh-Hans"),
        ("en", "zh-Hans", "zh-Hans"),
        (None, "en", "en"),
        ("en", "xx", "en"),
    ],
)
def test_the_readers_choice_comes_first(client, asked, cookie, language):
    if cookie:
        client.set_cookie(catalog.COOKIE, cookie)
    answer = client.get("/appearance", headers={"Accept-Language": asked} if asked else {})
    assert f'<html lang="{language}"' in answer.get_data(as_text=True)


def test_a_choice_is_kept_and_leads_back(client):
    answer = client.post("/language/en", data={"next": "/appearance"})
    assert answer.headers["Location"] == "/appearance"
    assert '<html lang="en"' in client.get("/appearance").get_data(as_text=True)
    assert client.post("/language/xx").status_code == 404
    assert client.post("/language/en", data={"next": "//evil.example"}).headers["Location"] == "/"


def test_english_has_no_holes_in_its_texts():
    for message in catalog.english():
        if message.id:
            assert message.string, message.id


def test_two_domains_that_disagree_are_told(tmp_path, request):
    home = catalog.HOME
    request.addfinalizer(lambda: setattr(catalog, "HOME", home))
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    (tmp_path / "a.po").write_text(f'{head}msgid "返回"\nmsgstr "Back"\n', "utf-8")
    (tmp_path / "b.po").write_text(f'{head}msgid "返回"\nmsgstr "Return"\n', "utf-8")
    catalog.HOME = tmp_path
    (told,) = catalog.conflicts()
    assert told.startswith("b.po: '返回'")
    assert catalog.english().get("返回").string == "Back", "the first file's stands"


def test_texts_of_code_and_templates_are_found():
    found = {text: name for name, text in extract.texts()}
    assert found["跳到正文"] == "templates/base.html"
    assert found["请填写这一项。"].startswith("bidding/")
