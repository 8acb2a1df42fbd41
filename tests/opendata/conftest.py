"""The stages of a tender that is played through the services."""

from tests.stage import *  # noqa: F403
