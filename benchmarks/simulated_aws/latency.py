"""How long replies take: a fixed time, or one drawn from a lognormal distribution."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping

from msgspec import Struct

_Z99 = 2.326347874
"""The 99th percentile of the standard normal distribution."""


class Latency(Struct, frozen=True, forbid_unknown_fields=True):
    """Seconds."""

    median: float = 0.0
    p99: float = 0.0
    """Not above the median: every reply takes the median."""


class Latencies:
    """Draws, the same for the same seed."""

    def __init__(self, latencies: Mapping[str, Latency], seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - not for secrets
        self._parameters = {service: _parameters(latency) for service, latency in latencies.items()}
        self._default = self._parameters.get("*")

    def draw(self, service: str) -> float:
        parameters = self._parameters.get(service, self._default)
        if parameters is None:
            return 0.0
        median, sigma = parameters
        return median * math.exp(sigma * self._random.gauss(0, 1)) if sigma else median


def _parameters(latency: Latency) -> tuple[float, float]:
    """Median, and the deviation of the logarithm."""
    if latency.p99 <= latency.median or latency.median <= 0:
        return latency.median, 0.0
    return latency.median, math.log(latency.p99 / latency.median) / _Z99
