"""botocore's service models, cut to what is called.

A model describes every operation of its service, in megabytes of JSON and tens of megabytes of objects, and botocore
makes a method of each operation for each client. A scan calls a few dozen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import orjson
from botocore.loaders import JSONFileLoader, Loader
from msgspec import Raw, Struct

from aioprowler.declarations.sources import Operation

_SERVICE_MODEL = "service-2"


class ModelLoader(Loader):  # type: ignore[misc]
    """A `data_loader` for a botocore session, whose service models have the operations that are wanted."""

    def __init__(self, operations: Iterable[Operation] = ()) -> None:
        self._wanted: defaultdict[str, set[str]] = defaultdict(set)
        for each in operations:
            self._wanted[each.service].add(each.name)
        super().__init__(file_loader=_Files(self._wanted))

    def knows(self, service: str, operation: str) -> bool:
        return operation in self._wanted[service]

    def want(self, service: str, operation: str) -> None:
        """From here on the service's model has this operation as well."""
        self._wanted[service].add(operation)
        self._cache.clear()

    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> dict[str, Any]:
        model: dict[str, Any] = super().load_service_model(service_name, type_name, api_version)
        if type_name == _SERVICE_MODEL:  # botocore's extras have added members to shapes that were cut away
            model["shapes"] = {name: shape for name, shape in model["shapes"].items() if "type" in shape}
        return model

    def list_available_services(self, _type_name: str) -> list[str]:
        """Whatever has a folder. botocore looks into all of these hundreds; one without the file is refused later."""
        return self._folders

    @cached_property
    def _folders(self) -> list[str]:
        paths = map(Path, self.search_paths)
        return [folder.name for path in paths if path.is_dir() for folder in path.iterdir()]


class _Files(JSONFileLoader):  # type: ignore[misc]
    """botocore's files, read in a fraction of the time and memory."""

    def __init__(self, wanted: dict[str, set[str]]) -> None:
        self._wanted = wanted

    def _load_file(self, full_path: str, open_method: Any) -> Any:
        path = Path(full_path)
        if not path.is_file():
            return None
        with open_method(path, "rb") as file:
            content = file.read()
        if path.name.startswith(f"{_SERVICE_MODEL}.json"):
            return cut(content, self._wanted[path.parts[-3]])
        return _endpoints(content) if path.name.startswith("endpoints.json") else orjson.loads(content)


def cut(content: bytes, operations: Iterable[str]) -> dict[str, Any]:
    """A service model with these of its operations and the shapes that they use, both without documentation.

    The parts that are left out are not even made into objects. An operation that the model does not have is ignored.
    """
    parts = _parts(content)
    known, shapes = _parts(parts.pop("operations")), _parts(parts.pop("shapes"))
    model: dict[str, Any] = {name: msgspec.json.decode(part) for name, part in parts.items()}
    model["operations"] = {name: _read(known[name]) for name in sorted(operations) if name in known}
    model["shapes"] = {}
    waiting = set(_referred(model["operations"]))
    while waiting:
        name = waiting.pop()
        shape = model["shapes"][name] = _read(shapes[name])
        waiting.update(each for each in _referred(shape) if each not in model["shapes"])
    return model


class _Lazy(Mapping[str, Any]):
    """A JSON object whose members are decoded when somebody asks for them."""

    def __init__(self, members: dict[str, Raw]) -> None:
        self._members = members

    def __getitem__(self, name: str) -> Any:
        return msgspec.json.decode(self._members[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)


class _Endpoints(Struct):
    partitions: list[Raw]


def _endpoints(content: bytes) -> dict[str, Any]:
    """Where every service of every partition is: a megabyte, of which a scan looks at a few hundred bytes."""
    partitions = []
    for raw in msgspec.json.decode(content, type=_Endpoints).partitions:
        parts = _parts(raw)
        services = _Lazy(_parts(parts.pop("services")))
        partitions.append({name: msgspec.json.decode(part) for name, part in parts.items()} | {"services": services})
    return {"partitions": partitions}


_parts = msgspec.json.Decoder(dict[str, Raw]).decode


def _read(part: Raw) -> Any:
    return _without_documentation(msgspec.json.decode(part))


def _without_documentation(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _without_documentation(each)
            for key, each in value.items()
            if key != "documentation" or not isinstance(each, str)
        }
    return [_without_documentation(each) for each in value] if isinstance(value, list) else value


def _referred(value: Any) -> Iterator[str]:
    """Names of the shapes that a part of a model refers to."""
    if isinstance(value, dict):
        if isinstance(value.get("shape"), str):
            yield value["shape"]
        for each in value.values():
            yield from _referred(each)
    elif isinstance(value, list):
        for each in value:
            yield from _referred(each)
