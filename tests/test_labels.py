"""How sentences name resources."""

from __future__ import annotations

import pytest

from aioprowler import Resource, Tag, field
from aioprowler.catalog import installed


class Topic(Resource, id="name", noun="SNS topic"):
    name: str


class Machine(Resource, id="machine_id", noun="Machine"):
    machine_id: str
    tags: tuple[Tag, ...] = ()


class Group(Resource, id="group_id", noun="Security group"):
    group_id: str
    name: str = field(name="GroupName", default="")


class FifoTopic(Topic):
    pass


class Nameless(Resource, id="id"):
    id: str


@pytest.mark.parametrize(
    ("resource", "label"),
    [
        (Topic(name="alerts"), "SNS topic alerts"),
        (FifoTopic(name="alerts"), "SNS topic alerts"),
        (Machine(machine_id="i-1"), "Machine i-1"),
        (Machine(machine_id="i-1", tags=(Tag(key="Name", value="web"),)), "Machine web (i-1)"),
        (Group(group_id="sg-1", name="default"), "Security group default (sg-1)"),
        (Group(group_id="sg-1"), "Security group sg-1"),
        (Nameless(id="x"), "Nameless x"),
    ],
)
def test_a_label_is_noun_name_and_id(resource: Resource, label: str) -> None:
    assert resource.label == label


def test_what_checks_judge_has_a_noun() -> None:
    subjects = {check.subject.type for check in installed()}
    unnamed = [kind for kind in subjects if issubclass(kind, Resource) and not kind.identity.noun]
    assert not unnamed
