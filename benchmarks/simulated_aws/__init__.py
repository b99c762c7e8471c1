"""A simulated AWS for tests under load and under faults: `python -m benchmarks.simulated_aws --help`."""

from benchmarks.simulated_aws.config import Config
from benchmarks.simulated_aws.faults import Rule
from benchmarks.simulated_aws.latency import Latency
from benchmarks.simulated_aws.process import SimulatedAws

__all__ = ["Config", "Latency", "Rule", "SimulatedAws"]
