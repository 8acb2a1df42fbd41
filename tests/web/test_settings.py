"""What may be set, from where, and what is refused at start."""

import threading

import pytest

from bidding import create_app
from bidding.web import settings
from bidding.web.settings import SETTINGS, BadSetting, database_url, secret


def start(tmp_path, **config):
    return create_app({"INSTANCE": str(tmp_path), **config})


@pytest.fixture(autouse=True)
def _bare(monkeypatch):
    for setting in SETTINGS:
        monkeypatch.delenv(f"BIDDING_{setting.name}", raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)


def test_a_fresh_folder_is_enough(tmp_path):
    app = start(tmp_path / "new")
    assert app.config["LOG_HOST"] == "localhost"
    assert app.config["SQLALCHEMY_DATABASE_URI"] == f"sqlite:///{tmp_path}/new/bidding.db"
    for folder in ("keys", "blobs", "sealed"):
        assert (tmp_path / "new" / folder).stat().st_mode & 0o777 == 0o700
    assert app.config["MAX_CONTENT_LENGTH"] == app.config["MAX_FORM"]


def test_later_wins(tmp_path, monkeypatch):
    (tmp_path / "settings.toml").write_text('CENTRE_NAME = "文件"\nHOTLINE = "文件"\nLOG_HOST = "file"\n')
    monkeypatch.setenv("BIDDING_HOTLINE", "环境")
    monkeypatch.setenv("BIDDING_LOG_HOST", "environment")
    app = start(tmp_path, LOG_HOST="given")
    assert (app.config["CENTRE_NAME"], app.config["HOTLINE"], app.config["LOG_HOST"]) == (
        "文件",
        "环境",
        "given",
    )


@pytest.mark.parametrize(
    "text",
    [
        "NO_SUCH = 1",
        'PROXIES = "1"',
        "PROXIES = true",
        "BEHIND_TLS = 1",
        "CENTRE_NAME = 3",
        "= nonsense",
        "INVITATION_HOURS = 25",
        "INVITATION_HOURS = 0",
        'SAVINGS_BASIS = "estimate"',
        'REGION_NAMES = "叙永县"',
        'REGION_NAMES = "51052=叙永县"',
    ],
)
def test_a_wrong_file_is_said_at_start(tmp_path, text):
    (tmp_path / "settings.toml").write_text(text)
    with pytest.raises(BadSetting):
        start(tmp_path)


@pytest.mark.parametrize(
    ("name", "value"), [("PROXIES", "one"), ("PROXIES", "-1"), ("PROXIES", "²"), ("BEHIND_TLS", "yes")]
)
def test_a_wrong_environment_is_said_at_start(tmp_path, monkeypatch, name, value):
    monkeypatch.setenv(f"BIDDING_{name}", value)
    with pytest.raises(BadSetting, match=name):
        start(tmp_path)


@pytest.mark.parametrize(("text", "value"), [("1", True), ("TRUE", True), ("0", False), ("false", False)])
def test_yes_and_no_in_the_environment(tmp_path, monkeypatch, text, value):
    monkeypatch.setenv("BIDDING_BEHIND_TLS", text)
    assert start(tmp_path).config["BEHIND_TLS"] is value


def test_tls_hardens_the_cookies(tmp_path):
    plain, tls = start(tmp_path / "a"), start(tmp_path / "b", BEHIND_TLS=True)
    assert not plain.config["SESSION_COOKIE_SECURE"]
    assert tls.config["SESSION_COOKIE_SECURE"]
    for name in ("SESSION_COOKIE_NAME", "SIGN_IN_COOKIE", "DEVICE_COOKIE"):
        assert tls.config[name] == f"__Host-{plain.config[name]}"


def test_every_spelling_of_a_database_goes_to_its_driver(tmp_path):
    assert database_url("", tmp_path) == f"sqlite:///{tmp_path}/bidding.db"
    for spelling in ("postgres://h/n", "postgresql://h/n", "postgresql+psycopg://h/n"):
        assert database_url(spelling, tmp_path) == "postgresql+psycopg://h/n"
    assert database_url("sqlite:///x.db", tmp_path) == "sqlite:///x.db"


def test_the_usual_name_of_the_database_is_understood(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/usual.db")
    assert start(tmp_path).config["SQLALCHEMY_DATABASE_URI"] == f"sqlite:///{tmp_path}/usual.db"


def test_the_session_key_is_made_once_even_if_two_start_at_once(tmp_path):
    made, barrier = [], threading.Barrier(4)

    def begin():
        barrier.wait()
        made.append(secret(tmp_path / "secret.key"))

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 1
    assert len(made[0]) == 64
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_every_setting_says_what_it_means():
    assert len({setting.name for setting in SETTINGS}) == len(SETTINGS)
    for setting in SETTINGS:
        assert setting.name.isupper()
        assert setting.meaning
    sizes = [setting.default for setting in SETTINGS if setting.name.startswith("MAX_")]
    assert [size for size in sizes if size % settings.MEGA] == []  # a page prints 2 GB, not 2.1
