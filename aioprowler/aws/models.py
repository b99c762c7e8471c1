"""botocore's service models, cut to what is called, with what is newer at AWS.

A model describes every operation of its service, in megabytes of JSON and tens of megabytes of objects, and botocore
makes a method of each operation for each client. A scan calls a few dozen.

The installed botocore may be years older than AWS, and its parsers drop what its models do not have. What declarations
name and it lacks is in `sdk_extras/`, in botocore's own form for additions to its models; `make models` writes it.
"""

from __future__ import annotations

import copy
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import msgspec
import orjson
from botocore.exceptions import DataNotFoundError, UnknownServiceError
from botocore.loaders import JSONFileLoader, Loader
from msgspec import Raw, Struct

from aioprowler.declarations.sources import Operation

EXTRAS = Path(__file__).with_name("sdk_extras")
"""Laid out as botocore's data is, with `sdk-extras` in the files' names."""
_BUILTIN = Path(Loader.BUILTIN_DATA_PATH)
_SERVICE_MODEL = "service-2"
RULES: Final = "endpoint-rule-set-1"


class Newest(Struct, frozen=True):
    """The botocore that the extras are from."""

    botocore: str
    date: str
    """The day on which it was the newest one."""


def newest() -> Newest:
    """Which botocore the extras were made of."""
    return msgspec.json.decode((EXTRAS / "newest.json").read_bytes(), type=Newest)


class ModelLoader(Loader):  # type: ignore[misc]
    """A `data_loader` for a botocore session, whose service models have the operations that are wanted."""

    def __init__(self, operations: Iterable[Operation] | None = (), data_path: str | None = None) -> None:
        """`operations`: None for all. `data_path`: the user's folders of models, as AWS_DATA_PATH has them, which is
        taken where nothing is given; they come before `~/.aws/models` and botocore's own.
        """
        wanted: defaultdict[str, set[str]] = defaultdict(set)
        for each in operations or ():
            wanted[each.service].add(each.name)
        self._wanted = None if operations is None else wanted
        folders = (data_path or os.environ.get("AWS_DATA_PATH") or "").split(os.pathsep)
        super().__init__(
            extra_search_paths=[os.path.expandvars(Path(each).expanduser()) for each in folders if each],
            file_loader=_Files(self._wanted),
        )

    def want(self, operations: Iterable[Operation]) -> None:
        """From here on the services' models have these operations as well."""
        for each in operations:
            if self._wanted is not None and each.name not in self._wanted[each.service]:
                self._wanted[each.service].add(each.name)
                self.forget(each.service, _SERVICE_MODEL)

    def forget(self, service: str, type_name: str) -> None:
        """Who asks for it the next time has it read anew."""
        for key in [key for key in self._cache if _is_of(service, type_name, key)]:
            del self._cache[key]

    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> dict[str, Any]:
        """As botocore's loader does. Raises UnknownServiceError where there is no such model."""
        try:
            model: dict[str, Any] = super().load_service_model(service_name, type_name, api_version)
        except DataNotFoundError:
            raise UnknownServiceError(service_name=service_name, known_service_names=f"no {type_name}") from None
        if type_name == _SERVICE_MODEL and not isinstance(model["shapes"], _Packed):
            shapes = {name: shape for name, shape in model["shapes"].items() if "type" in shape}
            model["shapes"] = _Packed(shapes)  # without those cut away, to which botocore's extras have added members
        return model

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002
        """Whatever has a folder. botocore looks into all of these hundreds; one without the file is refused later."""
        return self._folders

    @cached_property
    def _folders(self) -> list[str]:
        paths = map(Path, self.search_paths)
        return [folder.name for path in paths if path.is_dir() for folder in path.iterdir()]


def _is_of(service: str, type_name: str, key: tuple[Any, ...]) -> bool:
    """Whether it is botocore's key to what it has loaded of the service: a method's name, and its arguments or path."""
    return key[1:3] == (service, type_name) or (key[1].startswith(f"{service}/") and key[1].endswith(f"/{type_name}"))


class _Files(JSONFileLoader):  # type: ignore[misc]
    """botocore's files, read in a fraction of the time and memory, with what is newer."""

    def __init__(self, wanted: dict[str, set[str]] | None) -> None:
        self._wanted = wanted

    def _load_file(self, full_path: str, open_method: Any) -> Any:
        path = Path(full_path)
        if not path.is_file():
            return None
        with open_method(path, "rb") as file:
            content = file.read()
        name, newer = path.name.partition(".json")[0], _newer(path)
        if name == _SERVICE_MODEL:
            return cut_model(content, None if self._wanted is None else self._wanted[path.parts[-3]], newer)
        if name == "endpoints":
            return _endpoints(content, newer)
        data = orjson.loads(content)
        for each in data["partitions"] if name == "partitions" else ():
            fill(each, newer.get(each["id"], {}))
        return data


def _newer(path: Path) -> dict[str, Any]:
    """What AWS has beside what is in this file, if it is one of botocore's own."""
    if not path.is_relative_to(_BUILTIN):
        return {}
    name = f"{path.name.partition('.json')[0]}.sdk-extras.json"
    extras = EXTRAS / path.relative_to(_BUILTIN).with_name(name)
    return dict(orjson.loads(extras.read_bytes())["merge"]) if extras.is_file() else {}


def cut_model(
    content: bytes, operations: Iterable[str] | None, newer: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """A service model with these of its operations, None for all, and the shapes that they use, without documentation.

    The parts that are left out are not even made into objects. An operation that the model does not have is ignored.
    `newer` is what is to be added to the model.
    """
    parts = _parts(content)
    known = _Newer(_parts(parts.pop("operations")), (newer or {}).get("operations", {}))
    shapes = _Newer(_parts(parts.pop("shapes")), (newer or {}).get("shapes", {}))
    model: dict[str, Any] = {name: msgspec.json.decode(part) for name, part in parts.items()}
    names = known if operations is None else operations
    model["operations"] = {name: _without_documentation(known[name]) for name in sorted(names) if name in known}
    model["shapes"] = {}
    waiting = set(_referred(model["operations"]))
    while waiting:
        name = waiting.pop()
        shape = model["shapes"][name] = _without_documentation(shapes[name])
        waiting.update(each for each in _referred(shape) if each not in model["shapes"])
    return model


def fill(base: dict[str, Any], newer: Mapping[str, Any]) -> dict[str, Any]:
    """`base`, in which what it lacks of `newer` has been added; what both have stays as it is."""
    for name, value in newer.items():
        mine = base.setdefault(name, value)
        if mine is not value and isinstance(mine, dict):
            fill(mine, value)
        elif mine is not value and isinstance(mine, list):
            mine += [each for each in value if each not in mine]
    return base


class _Newer(Mapping[str, Any]):
    """The members of a JSON object, decoded when somebody asks for them, and what is newer of them or beside them."""

    def __init__(self, members: dict[str, Raw], newer: Mapping[str, Any]) -> None:
        self._members = members
        self._newer = newer

    def __getitem__(self, name: str) -> Any:
        if name not in self._newer:
            return msgspec.json.decode(self._members[name])
        return fill(msgspec.json.decode(self._members.get(name, _NOTHING)), copy.deepcopy(self._newer[name]))

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*self._members, *self._newer]))

    def __contains__(self, name: object) -> bool:
        return name in self._members or name in self._newer

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _Packed(Mapping[str, Any]):
    """The members of a JSON object as text, a fifth as large, each made anew when somebody asks for it."""

    def __init__(self, members: Mapping[str, Any]) -> None:
        self._members = {name: msgspec.json.encode(member) for name, member in members.items()}

    def __getitem__(self, name: str) -> Any:
        return msgspec.json.decode(self._members[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)


class _Endpoints(Struct):
    partitions: list[Raw]


def _endpoints(content: bytes, newer: Mapping[str, Any]) -> dict[str, Any]:
    """Where every service of every partition is: a megabyte, of which a scan looks at a few hundred bytes."""
    partitions = []
    for raw in msgspec.json.decode(content, type=_Endpoints).partitions:
        parts = _parts(raw)
        known = _parts(parts.pop("services"))
        partition = {name: msgspec.json.decode(part) for name, part in parts.items()}
        more = dict(newer.get(partition["partition"], {}))
        services = _Newer(known, more.pop("services", {}))
        partitions.append(fill(partition, more) | {"services": services})
    return {"partitions": partitions}


_NOTHING = Raw(b"{}")
_parts = msgspec.json.Decoder(dict[str, Raw]).decode


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
