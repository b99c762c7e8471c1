"""What AWS has is declared once, in the folder of the service that tells it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from aioprowler.declarations.graph import listed_of, source_of
from aioprowler.declarations.parameters import facet_owner
from aioprowler.declarations.resources import Facet
from aioprowler.declarations.sources import Batch, Call, Function, Listing
from tests.each import of_each
from tests.test_registry import TYPES, name_of

FOLDERS = {
    "bedrock-agent": "bedrock",
    "cognito-identity": "cognito",
    "cognito-idp": "cognito",
    "dax": "dynamodb",
    "docdb": "documentdb",
    "ds": "directoryservice",
    "events": "eventbridge",
    "kafkaconnect": "kafka",
    "lambda": "awslambda",
    "logs": "cloudwatch",
    "macie2": "macie",
    "route53domains": "route53",
    "s3control": "s3",
    "schemas": "eventbridge",
    "sesv2": "ses",
    "support": "trustedadvisor",
    "vpc": "ec2",
    "waf-regional": "waf",
}
"""Of botocore's services, those that are filed under another name than their own without dashes: as Prowler does it.

EC2 tells of networks as well, so that the folders `ec2` and `vpc` count as one.
"""


def folder_of(service: str) -> str:
    return FOLDERS.get(service, service.replace("-", ""))


def services_of(kind: Any) -> set[str]:
    source = source_of(kind)
    operations = source.operations if isinstance(source, Function) else [source.operation] if source else []
    return {operation.service for operation in operations}


def own_folder(kind: Any) -> str:
    return folder_of(kind.__module__.removeprefix("aioprowler.services.").partition(".")[0])


@of_each(TYPES, by=own_folder, name=name_of)
def test_a_type_lives_in_the_folder_of_the_service_that_tells_it(kind: Any) -> None:
    """Elsewhere the service's own checks would not find it, and list it again. Joins live where they like, as what one
    service tells of another's resources does.
    """
    folders = {folder_of(service) for service in services_of(kind)}
    if len(folders) == 1 and not (issubclass(kind, Facet) and own_folder(facet_owner(kind)) not in folders):
        assert folders == {own_folder(kind)}, f"move it to aioprowler/services/{folders.pop()}/resources.py"


def test_nothing_is_asked_by_two_declarations() -> None:
    """Of one parent or owner, by the same operation with the same parameters: it would be called twice, where it is not
    a listing that is shared.
    """
    found = defaultdict(list)
    for kind in TYPES:
        source = source_of(kind)
        if isinstance(source, Listing | Call | Batch):
            whose = facet_owner(kind) if issubclass(kind, Facet) else listed_of(kind)
            found[source.operation, repr(sorted(source.params.items())), whose].append(kind)
    twice = [kinds for kinds in found.values() if len(kinds) > 1 and not all(map(is_shared, kinds))]
    assert [list(map(name_of, kinds)) for kinds in twice] == []


def is_shared(kind: Any) -> bool:
    source = source_of(kind)
    return isinstance(source, Listing) and source.shared
