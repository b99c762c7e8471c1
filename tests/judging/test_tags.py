from __future__ import annotations

from aioprowler import Fail, Pass, Tag
from aioprowler.judging.tags import copies_tags, has_tags


def test_tags_go_with_copies() -> None:
    assert copies_tags("Db d", "snapshots", True) == Pass("Db d copies its tags to its snapshots.")
    assert copies_tags("Db d", "snapshots", False) == Fail("Db d does not copy its tags to its snapshots.")


def test_keys_of_tags_tell_upper_from_lower_case() -> None:
    tags = (Tag(key="owner", value=""), Tag(key="Stage", value="test"))
    assert has_tags("Db d", tags, ["owner", "Stage"]) == Pass("Db d has the tags owner, Stage.")
    assert has_tags("Db d", tags, ["Owner", "Stage"]) == Fail("Db d lacks the tags Owner.")
