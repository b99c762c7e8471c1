from __future__ import annotations

import pytest

from aioprowler import Fail, Manual, Pass, Verdict
from aioprowler.declarations.failure import UnreadableError
from aioprowler.judging.verdicts import about, enabled, has, has_no, is_, is_not, is_set_to, lacks_none, told, worst


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (has("Queue q", "a policy", True), Pass("Queue q has a policy.")),
        (has("Queue q", "a policy", False), Fail("Queue q does not have a policy.")),
        (has_no("Queue q", "a policy", False), Pass("Queue q does not have a policy.")),
        (has_no("Queue q", "a policy", True), Fail("Queue q has a policy.")),
        (is_("Queue q", "in use", True), Pass("Queue q is in use.")),
        (is_("Queue q", "in use", False), Fail("Queue q is not in use.")),
        (is_not("Queue q", "public", False), Pass("Queue q is not public.")),
        (is_not("Queue q", "public", True), Fail("Queue q is public.")),
    ],
)
def test_sentences(verdict: Verdict, expected: Verdict) -> None:
    assert verdict == expected


@pytest.mark.parametrize("state", [True, "ENABLED", "Enabled", "enable", "On", "true"])
def test_what_is_switched_on_passes(state: bool | str) -> None:
    assert enabled("Queue q", "tracing", state) == Pass("Queue q has tracing enabled.")


@pytest.mark.parametrize("state", [False, "DISABLED", "Disable", "off", "NONE", "False"])
def test_what_is_switched_off_fails(state: bool | str) -> None:
    assert enabled("Queue q", "tracing", state) == Fail("Queue q does not have tracing enabled.")


@pytest.mark.parametrize("state", ["ENABLING", "DISABLING", "SUSPENDED", "PARTIAL", "", "ENABLED_BUT"])
def test_a_state_that_is_neither_is_for_a_person(state: str) -> None:
    verdict = enabled("Queue q", "tracing", state)
    assert isinstance(verdict, Manual)
    assert f"tracing {state}," in verdict.detail


@pytest.mark.parametrize(
    ("mode", "verdict"), [("strict", Pass), ("STRICT", Pass), ("Lax", Fail), ("newest", Manual), ("", Manual)]
)
def test_a_word_of_an_enumeration(mode: str, verdict: type) -> None:
    judged = is_set_to("Queue q", "the mode", mode, good={"strict", "defensive"}, bad={"LAX"})
    assert isinstance(judged, verdict)
    assert mode in judged.detail


def test_what_is_missing_is_named() -> None:
    assert lacks_none("Queue q", "the logs", ["a", "b"], {"a", "b", "c"}) == Pass("Queue q has the logs a, b.")
    assert lacks_none("Queue q", "the logs", ["a", "b", "c"], {"b"}) == Fail("Queue q lacks the logs a, c.")


def test_a_verdict_about_a_part_says_the_same() -> None:
    verdict = about(Fail("Key 2 is old.", severity="high"), "u/2", "arn")
    assert verdict == Fail("Key 2 is old.", severity="high", resource_id="u/2", resource_arn="arn")


def test_what_aws_always_sends_is_there_or_told() -> None:
    assert told(0, "Size of its disk") == 0
    with pytest.raises(UnreadableError, match=r"^AWS did not tell Size of its disk$"):
        told(None, "Size of its disk")


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ([Pass("a."), Pass("b.")], Pass("a. b.")),
        ([Pass("a."), Manual("b."), Pass("c.")], Manual("b.")),
        ([Manual("a."), Fail("b."), Fail("c."), Fail("b.")], Fail("b. c.")),
    ],
)
def test_a_whole_is_as_bad_as_the_worst_of_its_parts(parts: list[Verdict], whole: Verdict) -> None:
    assert worst(parts) == whole
