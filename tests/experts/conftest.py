from __future__ import annotations

import pytest

from tests.experts.playing import Play, fill_pool


@pytest.fixture
def further():
    def filled(centre, tender):
        fill_pool(centre.act, centre.blobs, centre.keys)
        return tender

    return {"play": ("tender", filled)}


@pytest.fixture
def play(laid, tmp_path):
    """A filled pool and a published tender: everything before somebody asks for experts."""
    return Play(*laid, tmp_path / "draws")
