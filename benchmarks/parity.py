"""The verdicts of Prowler and of aioprowler about the same simulated AWS, side by side.

Exit code 1 stands for a difference that `parity_exceptions.toml` does not explain, an entry of that file that explains
nothing, or a check that only Prowler has.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import anyio
import msgspec
import yaml
from moto.moto_api._internal import mock_random
from msgspec import Struct

from aioprowler import ScanOptions
from aioprowler.accounts.credentials import CredentialSource
from aioprowler.catalog import load as load_catalog
from aioprowler.cli.demo import variables
from aioprowler.demo import EmbeddedAws
from aioprowler.demo.seed import REGIONS, seed
from aioprowler.demo.seed.clients import Clients
from aioprowler.scanning import scan
from benchmarks.parity_comparison import Globs, Pair, Report, Verdict, load, one_sided, pair_up, report
from benchmarks.parity_moto import moto_supplemented
from benchmarks.parity_seeds import STATES
from benchmarks.parity_seeds.states import FOUNDATION, State

EXCEPTIONS: Final = Path(__file__).with_name("parity_exceptions.toml")
FACTS: Final = Path(__file__).parents[1] / "tests/facts/checks.csv"
RUNNER: Final = Path(__file__).with_name("parity_prowler.py")
PROCESSES: Final = os.cpu_count() or 1

_FOREIGN: Final = ("AWS_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
"""Beginnings of variables that would lead a scan somewhere else than to the simulated AWS."""


class Place(Struct, frozen=True):
    """One account to scan."""

    state: str
    account_id: str
    role_arn: str
    services: tuple[str, ...] = FOUNDATION
    external_id: str | None = None
    scan_unused_services: bool = False
    config: dict[str, Any] = {}
    labels: dict[str, str] = {}
    """Resource id -> the name that a user gave it."""


def check_ids(services: Collection[str] | None = None) -> list[str]:
    """All checks of these services, or of those that aioprowler has, as they are agreed upon."""
    services = {check.service for check in load_catalog()} if services is None else services
    with FACTS.open(newline="") as file:
        return [row["id"] for row in csv.DictReader(file) if row["service"] in services]


# --- The simulated AWS ---


def fill(aws: EmbeddedAws, chosen: Sequence[str]) -> list[Place]:
    """Make the chosen states and tell where they are."""
    places = []
    if "demo" in chosen:
        mock_random.seed(0)  # the same ids every time, so that findings can be kept
        places += _demo(aws)
    with Clients(aws.endpoint_url, account_id="") as root:
        for state in STATES:
            if state.name in chosen:
                places.append(_fill(root, state))
    return places


def _fill(root: Clients, state: State) -> Place:
    role = f"arn:aws:iam::{state.account_id}:role/parity"
    with root.assume(role, state.account_id) as clients:
        mock_random.seed(int(state.account_id))
        state.seed(clients)
        return Place(
            state.name,
            state.account_id,
            role,
            state.services,
            scan_unused_services=state.scan_unused_services,
            config=dict(state.config),
            labels=_labels(clients),
        )


def _demo(aws: EmbeddedAws) -> list[Place]:
    organization = seed(aws.endpoint_url)
    with Clients(aws.endpoint_url, account_id="") as root:
        return [
            Place(
                "demo",
                each.id,
                each.role_arn,
                external_id=each.external_id,
                labels=_labels(root.assume(each.role_arn, each.id)),
            )
            for each in organization.accounts
        ]


def _labels(clients: Clients) -> dict[str, str]:
    labels: dict[str, str] = {}
    with clients:
        for region in REGIONS:
            ec2 = clients("ec2", region)
            groups = ec2.describe_security_groups()["SecurityGroups"]
            labels |= {group["GroupId"]: group["GroupName"] for group in groups}
            tags = ec2.describe_tags(Filters=[{"Name": "key", "Values": ["Name"]}])["Tags"]
            labels |= {tag["ResourceId"]: tag["Value"] for tag in tags}
            kms = clients("kms", region)
            for key in kms.list_keys()["Keys"]:
                labels[key["KeyId"]] = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["Description"]
    return labels


# --- The two scanners ---


def scan_with_aioprowler(places: Sequence[Place], folder: Path) -> None:
    """Write what aioprowler says of each place."""
    for place in places:
        verdicts = anyio.run(_verdicts, place)
        (folder / f"{place.account_id}.json").write_bytes(msgspec.json.encode(verdicts))


async def _verdicts(place: Place) -> list[Verdict]:
    options = ScanOptions(
        services=place.services,
        regions=REGIONS,
        credentials=[CredentialSource(role_arn=place.role_arn, external_id=place.external_id)],
        config=place.config,
        now=datetime.datetime.now(datetime.UTC),
        scan_unused_services=place.scan_unused_services,
        api_budget=1,
    )
    return [
        Verdict(each.check_id, each.resource_arn, each.resource_id, each.region, each.status, each.status_detail)
        async for each in scan(options)
    ]


def scan_with_prowler(places: Sequence[Place], folder: Path, environment: Path) -> None:
    """Write what Prowler says of each place. Raises subprocess.CalledProcessError."""

    def run(place: Place) -> None:
        # By service, Prowler leaves out all checks of the category of threat detection.
        command: list[str | Path] = [environment / "bin/python", RUNNER, "aws", "--checks", *check_ids(place.services)]
        command += ["--region", *REGIONS, "--role", place.role_arn, "--output-formats", "csv"]
        command += ["--output-directory", folder, "--output-filename", place.account_id]
        command += ["--ignore-exit-code-3", "--no-banner", "--no-color", "--log-level", "ERROR"]
        command += ["--external-id", place.external_id] if place.external_id else []
        command += ["--scan-unused-services"] if place.scan_unused_services else []
        if place.config:
            config = folder / f"{place.account_id}.yaml"
            config.write_text(yaml.safe_dump({"aws": place.config}))
            command += ["--config-file", config]
        (folder / f"{place.account_id}.csv").unlink(missing_ok=True)
        with (folder / f"{place.account_id}.log").open("w") as log:
            subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)

    with ThreadPoolExecutor(PROCESSES) as pool:
        list(pool.map(run, places))


def read_ours(folder: Path, place: Place) -> list[Verdict]:
    return msgspec.json.decode((folder / f"{place.account_id}.json").read_bytes(), type=list[Verdict])


def read_theirs(folder: Path, place: Place) -> list[Verdict]:
    with (folder / f"{place.account_id}.csv").open(newline="") as file:
        return [
            Verdict(row["CHECK_ID"], row["RESOURCE_UID"], row["RESOURCE_NAME"], row["REGION"], row["STATUS"])
            for row in csv.DictReader(file, delimiter=";")
        ]


def crashes(folder: Path, place: Place) -> set[str]:
    """Ids of the checks that ended in an exception in Prowler."""
    return set(re.findall(r"Something went wrong in (\w+)", (folder / f"{place.account_id}.log").read_text()))


# --- What is printed ---


def lines(result: Report) -> Iterator[str]:
    """The report, line by line."""
    yield from _by_check(result)
    yield ""
    yield from _by_exemption(result)
    yield ""
    yield from _differences(result)


def _by_check(result: Report) -> Iterator[str]:
    excused = Counter(pair.check for pairs in result.explained.values() for pair in pairs)
    rows: dict[str, Counter[str]] = {pair.check: Counter() for pair in sorted(result.pairs, key=lambda p: p.check)}
    for pair in result.pairs:
        rows[pair.check][pair.kind] += 1
        rows[pair.check][pair.ours if pair.kind == "agreeing" else ""] += 1
    columns = ("agreeing", "PASS", "FAIL", "MANUAL", "differing", "only ours", "only theirs")
    yield f"{'check':88}{''.join(f'{name:>12}' for name in columns)}{'explained':>12}"
    for check, row in rows.items():
        note = "  missing check" if check in result.missing else ""
        yield f"{check:88}{''.join(f'{row[name]:12,}' for name in columns)}{excused[check]:12,}{note}"
    total: Counter[str] = sum(rows.values(), Counter())
    yield f"{'total':88}{''.join(f'{total[name]:12,}' for name in columns)}{excused.total():12,}"


def _by_exemption(result: Report) -> Iterator[str]:
    yield "Differences that are meant"
    counts = {each: f"{len(pairs):8,}" for each, pairs in result.explained.items()} | dict.fromkeys(
        result.stale, "   stale"
    )
    for each, count in counts.items():
        ours, theirs, checks = (" or ".join(_listed(globs)) for globs in (each.ours, each.theirs, each.check))
        yield f"{count}  {ours} here, {theirs} there  {checks}: {each.because}"


def _listed(globs: Globs) -> tuple[str, ...]:
    return (globs,) if isinstance(globs, str) else globs


def _differences(result: Report) -> Iterator[str]:
    lacking = one_sided(result.pairs, check_ids())
    for status in ("PASS", "FAIL"):
        yield f"Nothing on which both said {status}: {', '.join(lacking[status])}"
    if result.missing:
        yield f"Missing checks ({len(result.missing)}): {', '.join(result.missing)}"
    renamed = sorted({(pair.check, pair.arn, pair.their_arn) for pair in result.pairs if pair.their_arn})
    for check, rows in groupby(renamed, key=lambda row: row[0]):
        _, arn, their_arn = next(rows)
        yield f"Other ARNs in {check}: {arn} here, {their_arn} there"
    for (check, state, ours, theirs), group in groupby(sorted(result.unexplained, key=_difference), key=_difference):
        names = [f"{pair.name} ({pair.region})" for pair in group]
        yield f"UNEXPLAINED  {check}  {state}: {ours} here, {theirs} there: {', '.join(names)}"
    yield f"{len(result.unexplained)} unexplained differences, {len(result.stale)} stale exceptions"


def _difference(pair: Pair) -> tuple[str, str, str, str]:
    return pair.check, pair.state, pair.ours, pair.theirs


# --- The program ---


def main(words: Sequence[str] | None = None) -> int:
    options = _arguments(words)
    csv.field_size_limit(sys.maxsize)  # texts of Prowler's; of the whole process, and so of none that imports this
    places = _scan(options)
    exemptions = load(EXCEPTIONS)
    complete = set(options.states) == set(_states())
    pairs = [pair for place in places for pair in _pairs(options.directory, place)]
    ours = [check.id for check in load_catalog()]
    result = report(pairs, exemptions, ours, check_ids(), complete=complete)
    print("\n".join(lines(result)))
    crashed = sorted({check for place in places for check in crashes(options.directory, place)})
    if crashed:
        print(f"Checks that ended in an exception in Prowler: {', '.join(crashed)}")
    return int(result.failed)


def _states() -> list[str]:
    return ["demo", *(state.name for state in STATES)]


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.parity", description=__doc__)
    parser.add_argument(
        "--prowler", type=Path, default=".venv-prowler", help="environment that Prowler is installed in"
    )
    parser.add_argument("--states", nargs="+", choices=_states(), default=_states(), help="what to scan")
    parser.add_argument("--directory", type=Path, default="output/parity", help="where the findings go")
    parser.add_argument(
        "--keep-theirs", action="store_true", help="use what Prowler found last time, of the same states"
    )
    return parser.parse_args(words)


def _scan(options: argparse.Namespace) -> list[Place]:
    folder: Path = options.directory
    folder.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(_FOREIGN)}
    with EmbeddedAws() as aws, moto_supplemented(), patch.dict(os.environ, kept | variables(aws), clear=True):
        with _timed("seeding"):
            places = fill(aws, options.states)
        with _timed("aioprowler"):
            scan_with_aioprowler(places, folder)
        if not options.keep_theirs:
            with _timed("Prowler"):
                scan_with_prowler(places, folder, options.prowler)
    return places


def _pairs(folder: Path, place: Place) -> Iterator[Pair]:
    return pair_up(place.state, read_ours(folder, place), read_theirs(folder, place), place.labels)


@contextmanager
def _timed(what: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    sys.stderr.write(f"{what}: {time.perf_counter() - started:.0f} s\n")


if __name__ == "__main__":
    sys.exit(main())
