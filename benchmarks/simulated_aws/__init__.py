"""A simulated AWS for tests under load and under faults.

As a process, which prints its URL for AWS_ENDPOINT_URL: `python -m benchmarks.simulated_aws --help`. From Python:

    with SimulatedAws(Config(accounts=1000, preset="realistic")) as aws:
        subprocess.run(["aioprowler", "scan", "--organization"], env=aws.environment)
        aws.break_with([Rule(kind="reset", service="ec2", probability=0.01)])
        print(aws.statistics()["buckets"])

Without Python: `GET /_simulated/statistics` (POST sets them back), `GET` and `POST /_simulated/faults`.
How many replies a second it gives: `python -m benchmarks.simulated_aws.load`.
"""

from benchmarks.simulated_aws.config import Config
from benchmarks.simulated_aws.faults import Rule
from benchmarks.simulated_aws.latency import Latency
from benchmarks.simulated_aws.process import SimulatedAws

__all__ = ["Config", "Latency", "Rule", "SimulatedAws"]
