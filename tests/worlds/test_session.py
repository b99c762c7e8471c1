"""What a whole scan calls, held against the policy that its roles' sessions are opened with."""

from __future__ import annotations

from aioprowler.accounts.operations import ENTRY_OPERATIONS, LIST_REGIONS
from aioprowler.accounts.permissions import not_managed, session_actions, session_policies
from aioprowler.catalog import load
from aioprowler.declarations.actions import iam_actions
from aioprowler.judging.policies.documents import Policy
from aioprowler.scanning import ScanOptions, plan
from tests.worlds.recorded import Recording


def test_every_call_of_a_scan_is_let_in(recording: Recording) -> None:
    asked = {operation for _, _, operation, _ in recording.replies}
    assert len(asked) > 60
    asked |= {str(each) for each in (*ENTRY_OPERATIONS, LIST_REGIONS)}
    wanted = {action for each in asked for action in iam_actions(*each.split(":"))}
    policy = session_policies(session_actions(plan(ScanOptions(), load(()))), (), "aws")[0].parameters
    held = wanted.difference(not_managed(wanted)) if "PolicyArns" in policy else set[str]()
    assert held | Policy.parse(policy["Policy"]).allowed_actions(wanted, on_everything=True) == wanted
