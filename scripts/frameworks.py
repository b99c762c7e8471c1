"""Facts about the compliance frameworks, from an installed Prowler: which checks are evidence for a requirement, and
which configuration it allows them.

    python -m scripts.frameworks VENV

VENV is the environment that has Prowler, as `make parity` makes it. Ids, keys, comparisons and values are taken, and no
text: titles and sections are our own, and stay. What is evidence by AWS's own documentation, and is not for Prowler, is
a row of `scripts/facts/own_evidence.toml`, and is added each time.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

ROOT: Final = Path(__file__).parents[1]
COMPLIANCE: Final = ROOT / "aioprowler" / "compliance"
OWN_EVIDENCE: Final = ROOT / "scripts" / "facts" / "own_evidence.toml"

_PROVIDER: Final = "aws"

Guardrail = tuple[str, str, str, Any]
"""Check, key, comparison and value."""


class Facts(NamedTuple):
    """What is known of a requirement."""

    checks: frozenset[str] = frozenset()
    guardrails: tuple[Guardrail, ...] = ()

    def and_(self, other: Facts) -> Facts:
        """What either says."""
        return Facts(self.checks | other.checks, self.guardrails + other.guardrails)


def main(words: Sequence[str]) -> int:
    """The exit code; 2 where a requirement of Prowler's is none of ours yet."""
    (installed,) = Path(words[0]).glob("lib/python3*/site-packages/prowler/compliance")
    unknown = take(installed, COMPLIANCE, own_evidence(OWN_EVIDENCE))
    for framework, id_ in unknown:
        print(f"{framework} {id_} is new: write its title and section.", file=sys.stderr)
    return 2 if unknown else 0


def own_evidence(path: Path) -> dict[tuple[str, str], Facts]:
    """(framework, requirement) -> what is known of it by our own reading of AWS's documentation."""
    return {
        (row["framework"], row["requirement"]): Facts(
            frozenset(row["checks"]),
            tuple((one["check"], one["key"], one["comparison"], one["value"]) for one in row.get("guardrails", ())),
        )
        for row in tomllib.loads(path.read_text("utf-8"))["evidence"]
    }


def take(installed: Path, ours: Path, own: Mapping[tuple[str, str], Facts]) -> list[tuple[str, str]]:
    """Write checks and guardrails anew; which requirements (with their framework) are not ours yet."""
    unknown: list[tuple[str, str]] = []
    found: dict[str, dict[str, Facts]] = {}
    for path in sorted((ours / "frameworks").glob("*.json")):
        theirs, facts = read(installed, path.stem), found.setdefault(path.stem, {})
        content = json.loads(path.read_bytes())
        for each in content["requirements"]:
            id_ = each["id"]
            facts[id_] = theirs.pop(id_, Facts()).and_(own.get((path.stem, id_), Facts()))
            each["checks"] = sorted(facts[id_].checks)
        _write(path, content)
        unknown += [(path.stem, id_) for id_ in theirs]
    _write(ours / "guardrails.json", {"guardrails": list(_by_guardrail(found))})
    return sorted(unknown)


def read(installed: Path, framework: str) -> dict[str, Facts]:
    """Requirement -> facts. Frameworks of several providers have a layout of their own, one folder above."""
    path = installed / _PROVIDER / f"{framework}_{_PROVIDER}.json"
    content = _plain(json.loads((path if path.is_file() else installed / f"{framework}.json").read_bytes()))
    return {each["id"]: _facts(each) for each in map(_plain, content["requirements"])}


def _plain(told: Mapping[str, Any]) -> dict[str, Any]:
    """`ConfigRequirements` and `config_requirements` are the same."""
    return {name.lower().replace("_", ""): value for name, value in told.items()}


def _facts(told: Mapping[str, Any]) -> Facts:
    checks = told.get("checks") or ()
    checks = checks.get(_PROVIDER, ()) if isinstance(checks, Mapping) else checks
    return Facts(
        frozenset(checks),
        tuple(
            (each["Check"], each["ConfigKey"], each["Operator"], each["Value"])
            for each in told.get("configrequirements") or ()
            if each.get("Provider", _PROVIDER) == _PROVIDER
        ),
    )


def _by_guardrail(found: Mapping[str, Mapping[str, Facts]]) -> Iterator[dict[str, Any]]:
    """Each once, by key and check, with the requirements for which it stands."""
    places: defaultdict[tuple[str, str, str, str], defaultdict[str, dict[str, None]]]
    places = defaultdict(lambda: defaultdict(dict))
    for framework, requirements in found.items():
        for id_, facts in requirements.items():
            for check, key, comparison, value in facts.guardrails:
                places[key, check, comparison, json.dumps(value)][framework][id_] = None
    for (key, check, comparison, value), where in sorted(places.items()):
        about = {"check": check, "key": key, "comparison": comparison, "value": json.loads(value)}
        yield about | {"requirements": {framework: [*ids] for framework, ids in where.items()}}


def _write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
