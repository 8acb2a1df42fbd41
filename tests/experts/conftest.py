from __future__ import annotations

import pytest

from tests.experts.playing import Play, fill_pool


@pytest.fixture
def play(centre, tender, tmp_path):
    """A filled pool and a published tender: everything before somebody asks for experts."""
    fill_pool(centre.act, centre.blobs, centre.keys)
    return Play(centre, tender, tmp_path / "draws")
