"""`aioprowler demo`."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from aioprowler.cli import interruptible
from aioprowler.cli.options import BY_DEFAULT, OUTPUT, SELECT_ALL, Output, Selecting, StdoutForm, flag, one
from aioprowler.errors import AioprowlerError

if TYPE_CHECKING:
    from aioprowler.demo.seed import DemoOrganization
    from aioprowler.demo.server import EmbeddedAws
    from aioprowler.scanning import ScanOptions

_FOREIGN: Final = ("AWS_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
"""Beginnings of variables that would lead the scan somewhere else than to the simulated AWS."""

_PATIENCE: Final = 600.0
"""Seconds."""

Directory = Annotated[Path, one(
    OUTPUT, "FOLDER", "Where the jsonl, csv and html files go (default: output).", "--output-directory", "-o",
)]  # fmt: skip
Form = Annotated[StdoutForm | None, one(
    OUTPUT, "FORM", "Findings on standard output: jsonl or lines; or the summary, or none.", "--stdout",
)]  # fmt: skip
Keep = Annotated[bool, flag(None, "Leave the simulated AWS running, to try other commands on it.", "--keep")]
NoProgress = Annotated[bool, flag(OUTPUT, "No live progress.", "--no-progress")]
Debug = Annotated[bool, flag(OUTPUT, "Log every failed call, with tracebacks.", "--debug")]


def demo(
    selection: Selecting = SELECT_ALL,
    *,
    directory: Directory = Path("output"),
    stdout: Form = None,
    no_progress: NoProgress = False,
    debug: Debug = False,
    keep: Keep = False,
) -> int:
    """Scan a simulated organization on this machine, without any AWS account.

    Three accounts with good and bad resources in two regions are made inside this process, and scanned through HTTP
    with assumed roles as real ones are. Nothing leaves the machine. Needs moto: pip install 'aioprowler[demo]'.
    """
    from aioprowler.demo import DemoUnavailableError, EmbeddedAws

    selection.catalog().select(selection.selection)
    output = Output(directory=directory, stdout=stdout, no_progress=no_progress, debug=debug)
    _tell("Making a simulated AWS organization on this machine ...")
    interruptible()
    try:
        with _environment({}), EmbeddedAws() as aws:  # moto makes clients where it is imported
            return _demonstrate(aws, selection, output, keep=keep)
    except DemoUnavailableError as error:
        raise AioprowlerError(str(error)) from None


def _demonstrate(aws: EmbeddedAws, selection: Selecting, output: Output, *, keep: bool) -> int:
    from aioprowler.cli.scan import files
    from aioprowler.cli.session import Session, carry_out, set_up_logging
    from aioprowler.demo.seed import seed
    from aioprowler.scanning import Scan

    with _environment(variables(aws)):
        organization = seed(aws.endpoint_url)
        scan = Scan(_options(organization, selection))
        outputs = files(output, selection, scan.catalog.frameworks)
        session = Session(scan, outputs, output, read=BY_DEFAULT.files)
        set_up_logging(session, output)
        code = carry_out(session, failing=(), excused=True)
    if session.report:
        _tell(f"Open {session.report} in a browser. Its commands can be tried with `aioprowler demo --keep`.")
        if any(gap.kind == "unimplemented" for gap in scan.coverage().gaps):
            _tell("What is not implemented there is what the simulated AWS lacks: AWS has it.")
        _tell("Your own account: aioprowler scan --help")
    if keep and code == 0:
        _wait(aws, organization)
    return code


def _options(organization: DemoOrganization, selection: Selecting) -> ScanOptions:
    from aioprowler.accounts.organization import Organization
    from aioprowler.aws.patience import Patience
    from aioprowler.scanning import ScanOptions

    return ScanOptions(
        **selection.for_scan(),
        regions=organization.regions,
        organization=Organization(external_id=organization.production.external_id),
        api_budget=1.0,  # nobody else calls this AWS
        # It shares the process: where the machine is busy, it answers late, and never because it is gone.
        patience=Patience(connect_timeout=_PATIENCE, read_timeout=_PATIENCE),
    )


def variables(aws: EmbeddedAws) -> dict[str, str]:
    """What leads any AWS program to the simulated AWS."""
    credentials = aws.base_credentials
    return {
        "AWS_ENDPOINT_URL": aws.endpoint_url,
        "AWS_ACCESS_KEY_ID": credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": "127.0.0.1",
    }


@contextmanager
def _environment(wanted: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    try:
        for name in before:
            if name.startswith(_FOREIGN):
                del os.environ[name]
        os.environ.update(wanted)
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _wait(aws: EmbeddedAws, organization: DemoOrganization) -> None:
    exports = "\n".join(f"  export {name}={value}" for name, value in variables(aws).items())
    _tell(
        f"\nThe simulated AWS keeps running. In another terminal:\n"
        f"  unset AWS_PROFILE AWS_SESSION_TOKEN\n{exports}\n"
        f"  aioprowler scan --organization --external-id {organization.production.external_id} "
        f"--region {' '.join(organization.regions)}\nCtrl-C ends it."
    )
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        _tell("")


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
