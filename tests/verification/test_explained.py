"""Every check is explained."""

from bidding.verification.explained import TO_DO, WHAT, check_of
from bidding.verification.findings import HOLDS, NOTES, REFUSED


def test_every_code_has_its_explanation_and_no_explanation_is_left_over():
    checks = {check_of(code) for code in (*HOLDS, *NOTES, *REFUSED)}
    assert checks == WHAT.keys() == TO_DO.keys()
