"""Which checks the embedded AWS shows at work is what the page about it says."""

from __future__ import annotations

from pathlib import Path

from docs.build.demo import demo
from tests.worlds.recorded import Recording, statuses

PAGE = (Path(__file__).parents[2] / "docs" / "demo.md").read_text(encoding="utf-8")
ROW = "| `s3_bucket_no_mfa_delete` | PASS | moto's versioning has no MFADelete |\n"


def test_the_page_names_each_check_that_lacks_a_pass_or_a_fail(recording: Recording) -> None:
    found = statuses(recording)
    assert demo(PAGE, found) == PAGE, "docs/demo.md is stale: run `make generate`"
    assert found["s3_bucket_no_mfa_delete"] == {"FAIL"}
    assert ROW in PAGE
    assert "TODO" not in PAGE


def test_rows_follow_what_is_found_and_reasons_stay() -> None:
    made = demo(PAGE, {"s3_bucket_no_mfa_delete": {"FAIL", "MANUAL"}, "s3_new": set(), "s3_good": {"PASS", "FAIL"}})
    rows = [line for line in made.splitlines(keepends=True) if line.startswith("| `")]
    assert rows == [ROW, "| `s3_new` | PASS, FAIL | TODO |\n"]
    assert made.splitlines()[0] == PAGE.splitlines()[0]
