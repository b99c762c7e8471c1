"""A scan's coverage report, made of what is known so far."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from operator import attrgetter

import msgspec

from aioprowler.declarations.checks import STATUSES
from aioprowler.engine.judge import timestamp
from aioprowler.findings.coverage import Accounts, Coverage, Regions, Settings, counts_by_check
from aioprowler.scanning.folding import figures_of, fold
from aioprowler.scanning.prepared import Prepared
from aioprowler.scanning.progress import Progress


def coverage_of(
    prepared: Prepared,
    progress: Progress,
    before: Collection[str],
    unmet: Collection[str],
    unfound: tuple[str, ...],
    notes: Iterable[str],
    settings: Settings | None,
) -> Coverage:
    """`before`: accounts that earlier runs of the scan have finished; `unmet`: those of them that did not come up in
    this one. `unfound`: ARNs of one resource each, of which nothing was judged. `notes`: what is to be said besides
    the progress's own. `settings`: of all runs.
    """
    plan, options = prepared.plan, prepared.options
    services = {each.operation.action.partition(":")[0] for each in plan.operations}
    gaps = fold(progress.calls, len(services))
    total, calls = figures_of(progress.calls, progress.gateway)
    return Coverage(
        not_entered=tuple(sorted(progress.not_entered, key=attrgetter("account_id", "source"))),
        unfinished=tuple(sorted(progress.unfinished, key=attrgetter("account_id"))),
        unseen=dict(progress.unseen.most_common()),
        gaps=tuple(gap for gap in gaps if gap.kind != "unsupported"),
        unsupported=tuple(gap for gap in gaps if gap.kind == "unsupported"),
        unknown=dict(progress.unknown.most_common()),
        without_region=tuple(progress.without_region),
        unjudged=tuple(progress.unjudged),
        unfound=unfound,
        not_enabled=dict(progress.not_enabled.most_common()),
        notes=(*progress.notes, *notes),
        accounts=Accounts(
            found=progress.accounts - progress.repeated + len(unmet),
            scanned=progress.finished + len(before),
            scanned_before=len(before),
        ),
        regions=tuple(Regions(accounts=n, regions=names) for names, n in progress.regions.most_common()),
        services=tuple(sorted({each.service for each in plan.checks})),
        checks=len(plan.checks),
        check_ids=tuple(check.id for check in plan.checks),
        frameworks=prepared.frameworks,
        own_frameworks=tuple(map(msgspec.to_builtins, prepared.catalog.frameworks.own.values())),
        findings={status: progress.findings[status] for status in STATUSES},
        muted={status: progress.muted[status] for status in STATUSES},
        by_check=counts_by_check(progress.by_check),
        statuses=tuple(status for status in STATUSES if status in (prepared.statuses or ())),
        known={status: progress.known[status] for status in STATUSES if progress.known[status]},
        resource_arns=tuple(options.resource_arns),
        resource_tags=tuple(options.resource_tags),
        session_policy=progress.ceiling.form if progress.ceiling else "",
        total=total,
        calls=calls,
        started=timestamp(progress.started),
        finished=timestamp(progress.started + datetime.timedelta(seconds=progress.seconds)),
        seconds=round(progress.seconds, 3),
        workers=progress.workers,
        timestamp=timestamp(prepared.now),
        settings=settings,
        ended=progress.complete,
        resumed=progress.resumed,
    )
