"""What a whole scan calls, held against the policy that its roles' sessions are opened with."""

from __future__ import annotations

from aioprowler.accounts.operations import ENTRY_OPERATIONS, LIST_REGIONS
from aioprowler.accounts.permissions import session_actions, session_policy
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
    policy = session_policy(session_actions(plan(ScanOptions(), load(()))), (), "aws").parameters["Policy"]
    assert Policy.parse(policy).allowed_actions(wanted, on_everything=True) == wanted
