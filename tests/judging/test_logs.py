from __future__ import annotations

import pytest

from aioprowler import Fail, Manual, Pass, Verdict
from aioprowler.judging.logs import logs, logs_at, logs_to, sends_every_log, sends_logs


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (logs("Api a", "requests", True), Pass("Api a logs requests.")),
        (logs("Api a", "requests", False), Fail("Api a does not log requests.")),
        (logs_to("Api a", "requests", ["group g"]), Pass("Api a logs requests to group g.")),
        (logs_to("Api a", "requests", []), Fail("Api a does not log requests.")),
        (logs_to("Api a", "requests", [""]), Fail("Api a does not log requests.")),
        (sends_logs("Db d", "S3", ["audit"]), Pass("Db d sends its logs to S3: audit.")),
        (sends_logs("Db d", "S3", []), Fail("Db d sends no logs to S3.")),
        (sends_every_log("Db d", "S3", ["a", "b"], ["b", "a", "c"]), Pass("Db d sends its logs to S3: a, b, c.")),
        (sends_every_log("Db d", "S3", ["a", "b"], ["b"]), Fail("Db d does not send these logs to S3: a.")),
    ],
)
def test_sentences(verdict: Verdict, expected: Verdict) -> None:
    assert verdict == expected


@pytest.mark.parametrize(
    ("level", "verdict"),
    [("ERROR", Pass), ("info", Pass), ("ALL", Pass), ("OFF", Fail), ("NONE", Fail), ("", Manual), ("SOME", Manual)],
)
def test_levels(level: str, verdict: type) -> None:
    assert isinstance(logs_at("Stage s", "execution logs", level), verdict)
