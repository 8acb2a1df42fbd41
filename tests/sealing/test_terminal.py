from __future__ import annotations

import click
import pytest

from bidding.core.canonical import Malformed
from bidding.sealing.keys import PassphraseShort
from bidding.sealing.terminal import passphrase, refusals


@pytest.mark.parametrize(
    "error", [PassphraseShort(least=12, count=1), Malformed("x"), FileNotFoundError(2, "gone", "f")]
)
def test_refusals_become_one_sentence(error):
    with pytest.raises(click.ClickException) as caught, refusals():
        raise error
    assert "\n" not in caught.value.format_message()


def test_a_passphrase_is_the_first_line_of_its_file(tmp_path):
    (tmp_path / "p").write_text("第一行的口令 abcdef\nsecond\n", "utf-8")
    assert passphrase("?", tmp_path / "p", new=True) == "第一行的口令 abcdef"
    (tmp_path / "p").write_text("", "utf-8")
    assert passphrase("?", tmp_path / "p") == ""
    with pytest.raises(click.ClickException):
        passphrase("?", tmp_path / "p", new=True)
