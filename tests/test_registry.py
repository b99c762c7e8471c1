"""Every declaration of the installation, held against botocore's service models and the facts of the checks."""

from __future__ import annotations

import csv
import difflib
import re
import typing
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import jmespath
import msgspec
from botocore.model import ListShape, MapShape, Shape, StructureShape

import aioprowler
from aioprowler.aws.api import pagination
from aioprowler.catalog import AnyCheck, installed
from aioprowler.catalog.loading import INDEX, indexed
from aioprowler.declarations.actions import iam_actions
from aioprowler.declarations.commands import attribute_of
from aioprowler.declarations.graph import behind, lineage, source_of
from aioprowler.declarations.parameters import facet_owner
from aioprowler.declarations.resources import Facet, Resource
from aioprowler.declarations.sources import Batch, Call, Constant, Listing, Operation
from aioprowler.engine.plan import make_plan
from aioprowler.facts.services import row
from tests.each import of_each
from tests.operations import FACTS as FACTS_OF_OPERATIONS
from tests.operations import SESSION, actions, assert_size, error_codes, members, model, tokens

CHECKS = tuple(installed())
FACTS_FILE = Path(__file__).with_name("facts") / "checks.csv"
FACTS = {row["id"]: row for row in csv.DictReader(FACTS_FILE.read_text(encoding="utf-8").splitlines())}


def declared_types() -> list[Any]:
    """Every resource and facet type that some check reads, directly or not."""
    found: dict[Any, None] = {}
    for check in CHECKS:
        for parameter in behind(check.function):
            for kind in lineage(parameter.type) if isinstance(parameter.type, type) else ():
                if issubclass(kind, Resource | Facet):
                    found[kind] = None
    return sorted(found, key=lambda kind: (kind.__module__, kind.__name__))


TYPES = declared_types()
CALLED = [kind for kind in TYPES if isinstance(source_of(kind), Listing | Call | Batch)]


def name_of(kind: Any) -> str:
    return f"{kind.__module__.removeprefix('aioprowler.services.')}.{kind.__name__}"


def folder_of(kind: Any) -> str:
    return name_of(kind).partition(".")[0]


each_check = of_each(CHECKS, by=lambda check: check.service, name=lambda check: check.id)


@each_check
def test_a_checks_facts_are_the_agreed_ones(check: AnyCheck) -> None:
    assert check.id in FACTS, f"tests/facts/checks.csv has no {nearest(check.id, FACTS)}"
    facts = FACTS[check.id]
    assert check.service == facts["service"]
    assert check.severity == facts["severity"]
    assert set(check.categories) == set(filter(None, facts["categories"].split(",")))
    told, agreed = (check.resource_type, check.resource_group), (facts["resource_type"], facts["resource_group"])
    if issubclass(check.subject.type, Resource):
        assert told == agreed, f"say type= and group= of {check.subject.type.__name__}"
    assert told == agreed, "say about= of the check, or resource_type= and resource_group="


def nearest(name: str, known: Iterable[str]) -> str:
    """The name, and those that may be meant."""
    alike = difflib.get_close_matches(name, list(known))
    return f"{name}; did you mean {' or '.join(alike)}?" if alike else name


@each_check
def test_a_check_can_be_planned_and_is_documented(check: AnyCheck) -> None:
    is_for_a_person = [parameter.kind for parameter in check.parameters] == ["account"]
    assert bool(make_plan([check], {}).operations) != is_for_a_person, "it asks AWS nothing"
    documentation = check.documentation
    assert documentation.title
    assert not documentation.title.endswith(".")
    assert len(documentation.description) > len(documentation.title), "describe what is judged, and what is not"
    assert documentation.remediation.text, "the docstring lacks ## Remediation"
    assert documentation.remediation.url.startswith("https://docs.aws.amazon.com/"), "## References begins elsewhere"


@of_each(TYPES, by=folder_of, name=name_of)
def test_every_operation_exists(kind: Any) -> None:
    source = source_of(kind)
    assert source is not None
    for operation in source.operations:
        known = SESSION.get_service_model(operation.service).operation_names
        assert operation.name in known, f"{operation.service} has no {nearest(operation.name, known)}"


@of_each(CALLED, by=folder_of, name=name_of)
def test_every_parameter_exists_and_required_ones_are_given(kind: Any) -> None:
    source = source_of(kind)
    assert isinstance(source, Listing | Call | Batch)
    asked: list[Listing | Call | Batch] = [source]
    if isinstance(source, Listing) and source.detail:
        asked.append(source.detail)
    for each in asked:
        shape = model(each.operation).input_shape
        given = set(each.params)
        if isinstance(each, Batch):
            given |= set(each.ids(["x"])) if callable(each.ids) else {each.ids}
        for name in given:
            assert name in members(shape), f"{each.operation} takes no {nearest(name, members(shape))}"
        paging = pagination(each.operation)
        sent = given | {paging.limit_key if paging else None}
        lacking = set(shape.required_members if shape else ()) - sent
        assert not lacking, f"{each.operation} needs {', '.join(sorted(lacking))}"


ABOUT_ONE = [
    kind
    for kind in CALLED
    if (source := source_of(kind))
    and ((isinstance(source, Call) and issubclass(facet_owner(kind), Resource)) or getattr(source, "detail", None))
]


@of_each(ABOUT_ONE, by=folder_of, name=name_of)
def test_a_call_about_one_resource_says_which(kind: Any) -> None:
    source = source_of(kind)
    asked = source.detail if isinstance(source, Listing) else source
    if isinstance(asked, Call):
        told = [value for value in asked.params.values() if not isinstance(value, Constant)]
        takes = ", ".join(members(model(asked.operation).input_shape))
        assert told, f"{asked.operation} asks for each {name_of(kind)} the same: say which, by one of {takes}"


@of_each(CALLED, by=folder_of, name=name_of)
def test_every_field_exists_in_the_reply(kind: Any) -> None:
    source = source_of(kind)
    assert isinstance(source, Listing | Call | Batch)
    if isinstance(source, Listing) and source.item:
        assert at_path_of(source) == ["x"], f"{source.result} of {source.operation} is no list of strings"
        shapes = []
    else:
        shapes = [item_of(source)]
    if isinstance(source, Listing) and source.detail:
        shapes.append(item_of(source.detail))
    assert_fields(kind, shapes, told=[source.item] if isinstance(source, Listing) else [])


class Sample(dict[str, Any]):
    """A structure of a made-up reply, which knows its shape."""

    def __init__(self, shape: Shape, content: dict[str, Any]) -> None:
        super().__init__(content)
        self.shape = shape


def sample(shape: Shape | None, depth: int = 0) -> Any:
    """A reply of that shape with one item in each list."""
    if isinstance(shape, ListShape):
        return [sample(shape.member, depth + 1)]
    if isinstance(shape, StructureShape | MapShape):
        inner = shape.members if isinstance(shape, StructureShape) and depth < 8 else {}
        return Sample(shape, {name: sample(member, depth + 1) for name, member in inner.items()})
    return "x"


def item_of(source: Listing | Call | Batch) -> Shape:
    """The shape at the source's path: of a listing's items, the item's."""
    found = at_path_of(source)
    if isinstance(source, Call):
        assert not isinstance(found, list), f"{source.result} of {source.operation} is a list: declare a field for it"
    item = found[0] if isinstance(found, list) and found else found
    assert item != "x", f"{source.result} of {source.operation} is no structure: bare strings have item="
    assert isinstance(item, Sample), f"{source.result} is not in the reply of {source.operation}"
    return item.shape


def at_path_of(source: Listing | Call | Batch) -> Any:
    reply = sample(model(source.operation).output_shape)
    path = re.sub(r"\[\?[^]]*\]", "[]", source.result)  # what a filter leaves, every item is here
    return jmespath.search(path, reply) if path else reply


def assert_fields(kind: Any, shapes: Sequence[Shape], told: Collection[str] = ()) -> None:
    """The type's fields are members of one of the shapes; those that are `told` are no members."""
    if any(isinstance(shape, MapShape) for shape in shapes):
        return
    known = {name: member for shape in shapes for name, member in members(shape).items()}
    hints = typing.get_type_hints(kind, include_extras=True)
    for field in msgspec.structs.fields(kind):
        if field.encode_name.startswith("@") or field.name in told:
            continue
        names = " and ".join(shape.name for shape in shapes)
        assert field.encode_name in known, f"{kind.__name__}.{field.name}: {names} has no {field.encode_name}"
        for inner in structs_in(hints[field.name]):
            member = known[field.encode_name]
            assert_fields(inner, [item_in(member)])


def item_in(member: Shape) -> Shape:
    """What is in a list, be it of lists; a member that is no list itself."""
    return item_in(member.member) if isinstance(member, ListShape) else member


def structs_in(hint: Any) -> list[Any]:
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return [hint]
    return [struct for argument in typing.get_args(hint) for struct in structs_in(argument)]


OPERATIONS = sorted(FACTS_OF_OPERATIONS.keys() | {each.operation for each in make_plan(CHECKS, {}).operations})
"""Those that are declared, and those that the checks of other services will declare."""

FEW_CODES = {"ec2", "s3"}
"""Services whose models name hardly any of their error codes."""

MORE_CODES = {
    # https://docs.aws.amazon.com/awssupport/latest/APIReference/CommonErrors.html, and of other services
    "AccessDeniedException",
    "SubscriptionRequiredException",
    "UnknownOperationException",
    "ValidationError",
    "ValidationException",
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
    "AWS.SimpleQueueService.NonExistentQueue",
    # https://docs.aws.amazon.com/elasticbeanstalk/latest/api/CommonErrors.html
    "InvalidParameterValue",
}
"""Error codes that services use, and their models do not name."""


@of_each(CALLED, by=folder_of, name=name_of)
def test_every_error_code_is_one_of_aws(kind: Any) -> None:
    source = source_of(kind)
    assert source is not None
    declared = {*kind.identity.gone, *getattr(source, "absent", ())}
    declared |= {*getattr(getattr(source, "detail", None), "absent", ())}
    services = {operation.service for operation in source.operations}
    if services & FEW_CODES:
        return
    known = frozenset().union(*map(error_codes, services))
    for code in declared - MORE_CODES:
        assert code in known, f"{', '.join(services)} has no error code {nearest(code, known)}"


ONE_PAGE = {
    Operation("firehose", "DescribeDeliveryStream"),  # its pages are destinations, of which a stream has one
}
"""Operations that look paged, and are not."""

NEWER_ACTIONS: frozenset[str] = frozenset()
"""IAM actions, in lower case, that AWS has and the installed cfn-lint's list lacks; each with AWS's page."""


@of_each(OPERATIONS, by=lambda operation: operation.service)
def test_every_iam_action_exists(operation: Operation) -> None:
    asked = iam_actions(operation.service, operation.name)
    assert {action.lower() for action in asked} <= actions() | NEWER_ACTIONS
    if operation in FACTS_OF_OPERATIONS:
        facts = FACTS_OF_OPERATIONS[operation]
        assert asked == (facts["action"], *facts["further_actions"].split())


def test_no_action_is_an_exception_that_the_list_has() -> None:
    assert not NEWER_ACTIONS & actions()


@of_each(OPERATIONS, by=lambda operation: operation.service)
def test_the_pages_of_every_paged_operation_are_known(operation: Operation) -> None:
    if operation not in ONE_PAGE:
        assert bool(pagination(operation)) == bool(tokens(operation)), f"{operation} has {tokens(operation)}"


@of_each(CALLED, by=folder_of, name=name_of)
def test_a_call_of_a_paged_operation_says_whether_one_page_is_enough(kind: Any) -> None:
    source = source_of(kind)
    if isinstance(source, Call):
        is_paged = pagination(source.operation) is not None and source.operation not in ONE_PAGE
        assert is_paged == (source.pages or source.first_page), f"{source.operation}: pages=True, or first_page=True?"


@of_each(CALLED, by=folder_of, name=name_of)
def test_every_page_size_is_one_that_aws_takes(kind: Any) -> None:
    source = source_of(kind)
    if isinstance(source, Listing):
        assert_size(source.operation, source.page_size)


def test_all_checks_together_can_be_planned() -> None:
    plan = make_plan(CHECKS, {})
    assert len(plan.checks) == len(CHECKS) == len(aioprowler.check_ids())
    assert installed().config_schema


def test_the_index_is_what_is_declared() -> None:
    index = Path(aioprowler.__file__).parent / "catalog" / INDEX
    assert index.read_text(encoding="utf-8") == indexed(), "the index of checks is stale: run `make generate`"


def test_the_checks_are_the_agreed_ones() -> None:
    assert set(aioprowler.check_ids()) == set(FACTS)


def test_every_check_says_in_words_of_its_own_what_is_wrong() -> None:
    fails = [check.documentation.fails for check in CHECKS]
    assert [phrase for phrase, times in Counter(fails).items() if times > 1] == []
    assert [phrase for phrase in fails if not phrase[0].isupper() or phrase.endswith(".")] == []
    assert [check.id for check in CHECKS if check.documentation.fails == check.documentation.title] == []


@each_check
def test_a_finding_can_fill_the_commands_or_a_person_must(check: AnyCheck) -> None:
    remediation = check.documentation.remediation
    names = re.findall(r"<([^<>]*)>", f"{remediation.text}\n{remediation.cli}")
    left = [name for name in names if not name.startswith("your-") and attribute_of(name, check.subject.type) is None]
    assert left == [], "no field or property of the subject is called so; what a person must fill in is <your-...>"


@each_check
def test_a_command_about_something_in_a_region_says_which(check: AnyCheck) -> None:
    remediation = check.documentation.remediation
    for command in filter(None, (remediation.cli, *re.findall(r"`(aws [^`]+)`", remediation.text))):
        service = command.split()[1]
        # Whose bucket is told of in passing may be elsewhere than what is judged: the command line follows S3 there.
        is_elsewhere = service == "s3api" and check.service != "s3"
        if not is_elsewhere and row(service).homes is None:
            assert "--region" in command, f"{command}: --region <region>"


@each_check
def test_a_command_can_be_pasted_into_a_shell(check: AnyCheck) -> None:
    remediation = check.documentation.remediation
    inline = re.findall(r"`(aws [^`]+)`", remediation.text)
    assert bool(remediation.cli) or not inline
    for command in (remediation.cli, *inline):
        bare = re.sub(r"""'[^']*'|"[^"]*"|<[^<>]*>""", "", command)
        assert re.findall(r"[]\[{}*?$&;|()!~#'\"]", bare) == []
