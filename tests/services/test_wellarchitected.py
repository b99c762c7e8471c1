from __future__ import annotations

import pytest

from aioprowler import Fail, Pass
from aioprowler.services.wellarchitected.checks import wellarchitected_workload_no_high_or_medium_risks
from aioprowler.services.wellarchitected.resources import Workload


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ({}, Pass),
        ({"UNANSWERED": 40}, Pass),
        ({"LOW": 3, "HIGH": 0, "MEDIUM": 0}, Pass),
        ({"HIGH": 1}, Fail),
        ({"MEDIUM": 2, "UNANSWERED": 1}, Fail),
    ],
)
def test_risks(counts: dict[str, int], verdict: type) -> None:
    workload = Workload(workload_id="w1", arn="arn", name="shop", risk_counts=counts)
    found = wellarchitected_workload_no_high_or_medium_risks(workload)
    assert isinstance(found, verdict)
    assert ("not answered" in found.detail) == ("UNANSWERED" in counts)
