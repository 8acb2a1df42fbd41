"""The pages and the command line have one source for their words."""

import pytest

from bidding.verification import catalogue


@pytest.mark.parametrize(("path", "written"), catalogue.MODULES.items(), ids=["openings", "draws"])
def test_the_pages_catalogues_are_written_from_the_command_lines(path, written):
    assert path.read_text("utf-8") == written(), "run python -m bidding.verification.catalogue"
