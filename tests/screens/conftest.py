"""What the hall's machines show comes from several domains, each with its fixtures."""

from tests.award.conftest import award, confirm, make, record, today  # noqa: F401 — fixtures
from tests.tenders.conftest import keys, rulebook  # noqa: F401 — fixtures
