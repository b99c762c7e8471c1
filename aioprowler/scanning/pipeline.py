"""What findings go through between the engine and whoever reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Container

import anyio

from aioprowler.findings.coverage import some
from aioprowler.findings.finding import Finding
from aioprowler.findings.muting import Muting
from aioprowler.findings.record import Baseline
from aioprowler.scanning.events import Batch, Companion
from aioprowler.scanning.options import MUTED
from aioprowler.scanning.prepared import Prepared
from aioprowler.scanning.progress import Progress


class Pipeline:
    """Mutes, treats, leaves out what the baseline knows, counts, and sends on what is to be streamed."""

    def __init__(
        self,
        prepared: Prepared,
        progress: Progress,
        companion: Companion | None,
        put: Callable[[Batch], Awaitable[None]],
    ) -> None:
        """`put`: where findings go in the end."""
        options = prepared.options
        self._prepared = prepared
        self._progress = progress
        self._companion = companion
        self._put = put
        self._muting = Muting(options.mutelist, prepared.now) if options.mutelist is not None else None
        self._baseline = options.baseline
        self._lacked: Counter[tuple[str, str]] = Counter()
        """What the baseline's scan did not look at -> what is new because of that."""
        self._treatments = options.treatments
        self._statuses = prepared.statuses
        progress.notes += self._muting.notes() if self._muting is not None else []
        self.begun = anyio.Event()
        """Set once there was anything."""

    async def send(self, found: Batch, *, unsure: Container[str] = (), entered: bool = True) -> None:
        """`unsure`: the uids of those whose tags nobody tells. `entered`: whether they are of an account that could be
        entered, which the companion is told of.
        """
        kept = found if self._muting is None else self._muting(found, unsure)
        for treatment in self._treatments:
            kept = treatment(kept)
        new = kept if self._baseline is None else self._unknown(self._baseline, kept)
        self._progress.count(new)
        self.begun.set()
        chosen = new if self._statuses is None else [each for each in new if self._is_wanted(each)]
        if self._companion is not None and entered:
            self._companion.found(found, kept, chosen)
        if chosen:
            await self._put(chosen)

    def note_unused_entries(self) -> None:
        """Of the mutelist, once all findings have gone through."""
        if self._muting is not None:
            chosen = [check.id for check in self._prepared.plan.checks]
            self._progress.notes += self._muting.unused(chosen, self._prepared.catalog.checks)

    def note_what_the_baseline_lacks(self) -> None:
        """Once all findings have gone through."""
        if self._lacked:
            kinds = {kind: sorted(name for each, name in self._lacked if each == kind) for kind, _ in self._lacked}
            lacking = "; ".join(
                f"{kind}{'s' if len(names) > 1 else ''} {some(names)}" for kind, names in sorted(kinds.items())
            )
            number = f"{self._lacked.total():,} of the new findings"
            self._progress.notes.append(f"{number} may be old: the baseline's scan did not look at {lacking}.")

    def _is_wanted(self, finding: Finding) -> bool:
        """Whether its status is one to stream. What is muted is no news to who has a baseline."""
        wanted = self._statuses or frozenset()
        if finding.muted and (MUTED in wanted or self._baseline is not None):
            return MUTED in wanted
        return finding.status in wanted

    def _unknown(self, baseline: Baseline, found: Batch) -> Batch:
        """Without those of the baseline, which are counted apart."""
        unknown: Batch = []
        for each in found:
            if baseline.knows(each):
                self._progress.recognise(each)
                continue
            unknown.append(each)
            if each.outcome in ("FAIL", "MANUAL") and (lacked := baseline.lacks(each)):
                self._lacked[lacked] += 1
        return unknown
