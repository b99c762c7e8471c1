"""`aioprowler scan`."""

from __future__ import annotations

import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from aioprowler.cli.options import (
    ALL_OUTPUT,
    AT_HALF_SPEED,
    BY_DEFAULT,
    NOWHERE_ELSE,
    OWN_ACCOUNT,
    SELECT_ALL,
    Access,
    Judging,
    Output,
    Running,
    Selecting,
    Sending,
    mode_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from aioprowler.cli.resume import Options
    from aioprowler.compliance.frameworks import Frameworks
    from aioprowler.outputs.files import Outputs
    from aioprowler.scanning import Prepared, Scan, ScanOptions
    from aioprowler.scanning.journal import Done, Journal

DEFAULT_DIRECTORY: Final = Path("output")


def scan(
    selection: Selecting = SELECT_ALL,
    access: Access = OWN_ACCOUNT,
    judging: Judging = BY_DEFAULT,
    output: Output = ALL_OUTPUT,
    running: Running = AT_HALF_SPEED,
    sending: Sending = NOWHERE_ELSE,
) -> int:
    """Scan AWS accounts and stream what is found.

    Without options it scans the account of your current AWS credentials, in all of its regions, with all checks.
    Findings go to standard output as they are made, and into files; progress and summary go to standard error.

    Credentials are never options, because other users can read command lines. They come from --profile, or from where
    the AWS CLI takes them:
      AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY     access keys
      and AWS_SESSION_TOKEN                        temporary credentials
      AWS_PROFILE, ~/.aws/config                   profiles, SSO (Identity Center)
      AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN    web identity
      metadata of the container or instance        roles of ECS, EKS and EC2

    Exit codes: 0 nothing failed, 3 something failed (--fail-on), 4 incomplete (something chosen was not looked at),
    1 error (also where a check is broken, or somebody else could not be told), 2 wrong usage, 130 interrupted.

    Examples:
      aioprowler scan --service s3 iam --severity critical high
      aioprowler scan --role arn:aws:iam::123456789012:role/audit --region eu-west-1
      aioprowler scan --organization --exclude-ou sandbox
      aioprowler scan --organization --workers auto
      aioprowler scan --resource-tag environment=production
      aioprowler scan --baseline last-week.jsonl
      aioprowler scan --status FAIL --no-files | jq .resource_arn
    """
    from aioprowler.cli.credentials import whom
    from aioprowler.cli.resume import Options, resumed, stored
    from aioprowler.cli.sending import integrations, security_hub
    from aioprowler.cli.session import Session, carry_out, set_up_logging
    from aioprowler.cli.workers import crew_of
    from aioprowler.scanning import Progress, Scan
    from aioprowler.scanning.resuming import kept

    given = Options(selection, access, judging, output, running, sending)
    former = resumed(given) if running.resume is not None else None
    if former is not None:
        given = former.options
    selection, access, judging, output, running, sending = given
    running.validate()
    crew = crew_of(running, sending)
    now, done = (former.now, former.done) if former else (None, None)
    prepared, progress = prepared_by(options_of(selection, access, judging, output, running, now), judging), Progress()
    output, known = output.settled, prepared.catalog.frameworks
    outputs = files(output, selection, known, former.stem if former else None)
    _require_own_log(given, judging.files, outputs)
    hub = security_hub(sending, done.accounts if done else (), progress.notes.append)
    told = integrations(sending, access, outputs, hub, progress.notes.append)
    # Last, because an MFA code is asked for and can be used once.
    prepared = prepared.entered_by(**whom(access))
    scan = Scan(prepared, done=done, companion=hub, progress=progress, crew=crew)
    journal = journal_of(scan, outputs, stored(given), done)
    recall = partial(kept, plan=scan.plan, done=done) if done else None
    session = Session(scan, outputs, output, journal, recall, told, judging.files, _pages(output, outputs, known))
    set_up_logging(session, output)
    return carry_out(session, running.failing)


def journal_of(
    scan: Scan, outputs: Outputs | None, options: dict[str, Any], done: Done | None = None
) -> Journal | None:
    """The journal of a scan that has a record to be resumed from."""
    from aioprowler.engine.judge import timestamp
    from aioprowler.scanning.journal import SUFFIX, Header, Journal, kinds_of

    if outputs is None or outputs.record is None:
        return None
    record, formats = outputs.record, tuple(outputs.paths)

    def header() -> Header:
        now, kinds = timestamp(scan.prepared.now), kinds_of(scan.plan)
        return Header(now=now, formats=formats, options=options, kinds=kinds, settings=scan.settings)

    return Journal(record.with_suffix(SUFFIX), header, done)


def prepared_by(options: ScanOptions, judging: Judging) -> Prepared:
    """Raises UsageError, with the file of what is wrong in the configuration."""
    from aioprowler.errors import ConfigurationError, UsageError
    from aioprowler.scanning import prepare

    try:
        prepared = prepare(options)
    except ConfigurationError as error:
        raise UsageError(f"{judging.config_file}: {error}") from None
    _require_regions(prepared.options)
    return prepared


def _require_regions(options: ScanOptions) -> None:
    from aioprowler.aws.partitions import require_regions
    from aioprowler.errors import UsageError

    require_regions([*(options.regions or ()), *options.excluded_regions])
    if options.regions and set(options.regions) <= set(options.excluded_regions):
        raise UsageError("All regions to scan are excluded: leave one, by --region or --excluded-region.")


def options_of(
    selection: Selecting,
    access: Access,
    judging: Judging,
    output: Output,
    running: Running,
    now: datetime.datetime | None = None,
) -> ScanOptions:
    """All but the credentials. Raises UsageError."""
    from aioprowler.scanning import ScanOptions

    return ScanOptions(
        **selection.for_scan(),
        regions=access.regions,
        excluded_regions=access.unwanted_regions,
        statuses=output.statuses,
        baseline=output.known(selection),
        config=judging.config(),
        scan_unused_services=judging.scan_unused_services,
        internet=not judging.no_internet,
        api_budget=running.api_budget,
        quotas=running.quotas(),
        patience=running.patience(),
        account_timeout=running.account_timeout,
        mutelist=judging.mutelist(access),
        now=now,
    )


def files(output: Output, selection: Selecting, known: Frameworks, former: str | None = None) -> Outputs | None:
    """The files to write. `known`: the compliance frameworks that there are. `former`: the stem of those that an
    interrupted scan has begun. Raises UsageError.
    """
    from aioprowler.compliance.own import id_of
    from aioprowler.errors import UsageError
    from aioprowler.outputs.files import COMPLIANCE_FORMATS, DEFAULT_FORMATS, UNFINISHED, prowlers

    if output.no_files:
        if output.formats or output.directory or output.filename or output.mode or output.split:
            raise UsageError("--no-files and an option that says how files are written: leave one of them out.")
        return None
    if str(output.directory).startswith("s3:"):
        raise UsageError(f"--output-directory {str(output.directory)!r:.80} is no folder: --output-bucket is for S3.")
    stem = _without_extension(output.filename) if output.filename is not None else default_stem()
    if stem.endswith(UNFINISHED):
        raise UsageError(f"--output-filename {stem!r:.80}: files whose scan has not ended are called so; give another.")
    own = [prowlers(id_of(path)) for path in selection.compliance_files or ()]
    default = (*COMPLIANCE_FORMATS, *own) if selection.frameworks or own else DEFAULT_FORMATS
    mode = mode_of(output.mode)
    directory = output.directory or DEFAULT_DIRECTORY
    _require_other(output.baseline, directory / f"{stem}.jsonl")
    formats = output.formats or default
    outputs = make_outputs(
        *(formats, directory, former or stem, known),
        mode=mode,
        spares=former is None,
        unix_timestamps=output.unix_timestamps,
    )
    if output.split and outputs.record is None:
        raise UsageError("--split makes its pages from the JSON lines: add jsonl to --output-formats.")
    return outputs


def _pages(
    output: Output, outputs: Outputs | None, known: Frameworks
) -> Callable[[Callable[[], None]], list[Path]] | None:
    """What makes the pages of `--split` once the record is whole."""
    if output.split is None or outputs is None or outputs.record is None:
        return None
    by, mode = output.split, mode_of(output.mode)
    record = outputs.record.with_name(f"{outputs.final}.jsonl")

    def make(progress: Callable[[], None]) -> list[Path]:
        from aioprowler.outputs.reporting import Report
        from aioprowler.outputs.splitting import divide

        target = partial(
            make_outputs, ("html",), outputs.directory, known=known, mode=mode, spares=True, tells_coverage=False
        )
        return list(divide(Report([record]), by, target, outputs.final, mode, progress))

    return make


def _without_extension(name: str) -> str:
    """Each file has that of its format: who says x.html gets x.html, and not x.html.html."""
    from aioprowler.outputs.files import FORMATS

    extensions = sorted({f".{each.extension}" for each in FORMATS.values()}, key=len, reverse=True)
    return name.removesuffix(next((each for each in extensions if name != each and name.endswith(each)), ""))


def _require_other(baseline: Path | None, record: Path) -> None:
    """Raises UsageError where the scan's record, which lacks what the baseline knows, would take its place."""
    from aioprowler.errors import UsageError

    if baseline is not None and baseline.resolve() == record.resolve():
        raise UsageError(
            f"--baseline {baseline} would be replaced by the record of this scan, which lacks what the baseline knows: "
            "choose another --output-filename."
        )


def _require_own_log(given: Options, read: Mapping[str, str], outputs: Outputs | None) -> None:
    """Raises UsageError where the log would take the place of a file that the scan reads or writes. `read`: what it
    takes from files, by what it is.
    """
    from dataclasses import fields

    from aioprowler.errors import UsageError
    from aioprowler.scanning.journal import SUFFIX

    named = {each.name: getattr(group, each.name) for group in given for each in fields(group)}
    log = named.pop("log_file")
    if log is None:
        return
    paths = [path for each in named.values() for path in (each if isinstance(each, list) else [each])]
    paths += map(Path, read.values())
    if outputs:
        beside = (f"{outputs.final}{suffix}" for suffix in (SUFFIX, ".coverage.json"))
        paths += [*outputs.finals, *(outputs.directory / name for name in beside)]
    if log.resolve() in {path.resolve() for path in paths if isinstance(path, Path)}:
        raise UsageError(f"--log-file {log} is a file that the scan itself reads or writes: choose another.")


def make_outputs(
    formats: Sequence[str],
    directory: Path,
    stem: str,
    known: Frameworks,
    *,
    mode: int,
    spares: bool = False,
    **options: bool,
) -> Outputs:
    """`spares`: files that have the names stay until these are whole. `options`: as those of Outputs. Raises
    UsageError.
    """
    from aioprowler.errors import UsageError
    from aioprowler.outputs.files import UNFINISHED, Outputs, is_taken, refuse_names
    from aioprowler.outputs.writer import OutputError

    try:
        taken = is_taken(directory, stem, formats, known)
    except OutputError as error:
        raise UsageError(str(error)) from None
    try:
        refuse_names(directory, stem)
    except OutputError as error:
        raise UsageError(f"--output-filename or --output-directory: {error}") from None
    stem += UNFINISHED if taken and spares else ""
    return Outputs(directory, stem, formats, known, mode=mode, **options)


def default_stem() -> str:
    """Sorted by name is sorted by time."""
    return f"aioprowler-{datetime.datetime.now(datetime.UTC):%Y%m%dT%H%M%SZ}"
