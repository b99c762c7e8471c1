"""A user's own quotas, such as AWS raised for them: read from a file, and held against botocore's models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import msgspec

from aioprowler.aws.quotas import OwnQuota
from aioprowler.errors import UsageError, require
from aioprowler.user_files import read_bytes, yaml_of


def read_quotas(path: Path) -> dict[str, OwnQuota]:
    """The quotas of a YAML file: `service:Operation: {rate: ..., capacity: ...}`. Raises UsageError with the line."""
    found: dict[str, OwnQuota] = {}
    for where, name, figures in _entries(path):
        if name in found:
            raise UsageError(f"{where}: {name} is there twice.")
        found[name] = _validated(where, name, figures)
    return found


def validated(quotas: Mapping[str, Any]) -> dict[str, OwnQuota]:
    """The same of a mapping. Raises UsageError."""
    return {name: _validated("quotas", name, figures) for name, figures in quotas.items()}


def _entries(path: Path) -> Iterator[tuple[str, str, Any]]:
    """Place, name and figures of each entry."""
    import yaml

    with yaml_of(path, read_bytes("--quotas-file", path)) as loader:
        root = loader.get_single_node()
        if not isinstance(root, yaml.MappingNode):
            raise UsageError(f"{path}: write `service:Operation: {{rate: ..., capacity: ...}}` in each line.")
        for key, value in root.value:
            where = f"{path}, line {key.start_mark.line + 1}"
            yield where, str(loader.construct_object(key, deep=True)), loader.construct_object(value, deep=True)


def _validated(where: str, name: str, figures: Any) -> OwnQuota:
    service, colon, operation = name.partition(":")
    if not colon:
        raise UsageError(f"{where}: {name!r:.80}: say `service:Operation`, such as ec2:DescribeInstances or ec2:*.")
    try:
        _require(service, operation)
        return msgspec.convert(figures, OwnQuota)
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from None
    except msgspec.ValidationError as error:
        raise UsageError(
            f"{where}: {name}: give `rate` (calls a second) and `capacity` (calls at once) as numbers ({error})."
        ) from None


def _require(service: str, operation: str) -> None:
    """Raises UsageError for a service that botocore does not know, or an operation that the service does not have."""
    require("AWS service", [service], _services())
    names = _operations(service)
    if not any(fnmatchcase(name, operation) for name in names):
        require(f"operation of {service}", [operation], names)


@cache
def _services() -> tuple[str, ...]:
    return tuple(botocore.session.get_session().get_available_services())


@cache
def _operations(service: str) -> tuple[str, ...]:
    return tuple(botocore.session.get_session().get_service_model(service).operation_names)
