"""The page and the command line have one source for their words."""

from bidding.verification import catalogue


def test_the_pages_catalogue_is_written_from_the_command_lines():
    assert catalogue.TARGET.read_text("utf-8") == catalogue.text(), (
        "run python -m bidding.verification.catalogue"
    )
