"""aioprowler as it will be with all of the agreed checks: those that are not written yet are made up.

A copy of the package gets a folder of declarations and checks for each service that it lacks, and an index with them.
"""

from __future__ import annotations

import csv
import itertools
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import botocore.session
from botocore.model import ListShape, StructureShape

import aioprowler
from aioprowler.catalog import installed

FACTS = Path(__file__).parents[1] / "tests" / "facts"
_TYPES = 3
"""Of each service, at most."""

_RESOURCE = '''

class Thing{number}(Resource, id="name", type="Other", group="other", arn="arn:{{partition}}:x:::{{name}}"):
    """Something in AWS that checks judge."""

    source = listing("{service}", "{operation}", "{result}")
    name: str = ""
    status: str | None = None
    encrypted: bool = False
    public: bool = False
'''
_CHECK = '''

@check(fails="Thing is not encrypted", severity="medium", categories=["encryption"])
def {id}(thing: Thing{number}) -> Verdict:
    """Things are encrypted with a key that the account manages.

    A thing keeps what applications write to it, and copies of that. It passes when it is encrypted at rest, and things
    that are being deleted are not judged.

    ## Risk
    Whoever comes to the storage below the service, or to a copy of it, reads what is in it.

    ## Remediation
    Encrypt it with a key of AWS KMS: `aws service modify-thing --name <thing> --kms-key-id <key>`.

    ## References
    https://docs.aws.amazon.com/service/latest/userguide/encryption.html
    """
    if thing.encrypted:
        return Pass(f"Thing {{thing.name}} is encrypted.")
    return Fail(f"Thing {{thing.name}} is not encrypted.")
'''


def widen(folder: Path) -> int:
    """Make the copy in `folder`; how many checks it has."""
    package = folder / "aioprowler"
    shutil.copytree(Path(aioprowler.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    listings = itertools.cycle(_listings())
    missing = _missing()
    for service, ids in missing.items():
        _write(package / "services" / service, ids, list(itertools.islice(listings, min(_TYPES, len(ids)))))
    index = "from aioprowler.catalog.loading import indexed; import sys; sys.stdout.write(indexed())"
    made = subprocess.run(
        [sys.executable, "-P", "-c", index], env={"PYTHONPATH": str(folder)}, capture_output=True, check=True
    )
    (package / "catalog" / "index.json").write_bytes(made.stdout)
    return len(installed()) + sum(map(len, missing.values()))


def _missing() -> dict[str, list[str]]:
    """Service -> ids of the agreed checks that are not there."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in csv.DictReader((FACTS / "checks.csv").read_text(encoding="utf-8").splitlines()):
        if row["id"] not in installed().listed:
            found[row["service"]].append(row["id"])
    return found


def _listings() -> Iterator[tuple[str, str, str]]:
    """Service, operation and where the reply has a list, of operations that take nothing."""
    session = botocore.session.get_session()
    for row in csv.DictReader((FACTS / "operations.csv").read_text(encoding="utf-8").splitlines()):
        service, operation = row["service"], row["operation"]
        model = session.get_service_model(service).operation_model(operation)
        lists = [n for n, member in _members(model.output_shape).items() if isinstance(member, ListShape)]
        if lists and not (model.input_shape and model.input_shape.required_members):
            yield service, operation, lists[0]


def _members(shape: object) -> dict[str, object]:
    return dict(shape.members) if isinstance(shape, StructureShape) else {}


def _write(folder: Path, ids: list[str], listings: list[tuple[str, str, str]]) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "__init__.py").touch()
    types = "".join(
        _RESOURCE.format(number=number, service=service, operation=operation, result=result)
        for number, (service, operation, result) in enumerate(listings)
    )
    numbered = [(id_, number % len(listings)) for number, id_ in enumerate(ids)]
    names = ", ".join(f"Thing{number}" for number in range(len(listings)))
    own = f"aioprowler.services.{folder.name}.wide"
    head = "from aioprowler import Fail, Pass, Verdict, check\n" + f"from {own}.resources import {names}\n"
    wide = folder / "wide"  # beside what the service may have already
    wide.mkdir()
    (wide / "__init__.py").touch()
    (wide / "resources.py").write_text("from aioprowler import Resource, listing\n" + types, encoding="utf-8")
    checks = "".join(_CHECK.format(id=id_, number=number) for id_, number in numbered)
    (wide / "checks.py").write_text(head + checks, encoding="utf-8")
