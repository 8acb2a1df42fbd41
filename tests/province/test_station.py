"""The settings of the province, as the composition root reads them."""

import pytest

from bidding.province.receiver import Receiver
from bidding.web.settings import BadSetting
from bidding.wiring import station
from tests.province.conftest import PLATFORM


def test_it_is_off_until_the_platforms_code_is_set(app):
    assert not station(app).on
    app.config.update(PROVINCE_URL="https://province.example/receive")
    assert (station(app).on, station(app).receiver) == (False, None)


def test_a_code_a_file_and_an_address_make_a_station(app, tmp_path):
    profile = tmp_path / "province.json"
    profile.write_text('{"centre": {"fee": "0"}, "off": ["100"]}', "utf-8")
    app.config.update(
        PROVINCE_PLATFORM=PLATFORM, PROVINCE_PROFILE=str(profile), PROVINCE_URL="https://province.example/"
    )
    found = station(app)
    assert (found.on, found.centre.platform, found.centre.more) == (True, PLATFORM, {"fee": "0"})
    assert isinstance(found.receiver, Receiver)
    assert not found.plan.sends("100")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"PROVINCE_PLATFORM": "1" * 18}, "PROVINCE_PLATFORM"),
        ({"PROVINCE_PROFILE": "/no/such/file"}, "PROVINCE_PROFILE"),
        ({"PROVINCE_PLATFORM": PLATFORM, "PROVINCE_URL": "ftp://x"}, "PROVINCE_URL"),
        (
            {"PROVINCE_PLATFORM": PLATFORM, "PROVINCE_URL": "https://x", "PROVINCE_FORMAT": "csv"},
            "PROVINCE_FORMAT",
        ),
    ],
)
def test_what_is_wrong_is_said_at_start(app, settings, words):
    app.config.update(settings)
    with pytest.raises(BadSetting, match=words):
        station(app)
