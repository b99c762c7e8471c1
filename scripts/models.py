"""What AWS has and the pinned botocore lacks, of what is named here: `aioprowler/aws/sdk_extras/`, written anew.

    python -m scripts.models [DATA VERSION]

Compares the pinned botocore's data with that of the newest one, which pip gets, or with the botocore of that version
whose data folder is named. For each operation in use its shapes are walked along the names that declarations and the
code that calls it contain; what is new on that way is written, without documentation, as additions that botocore
itself can merge. So it is with the regions of the services in use.
"""

from __future__ import annotations

import ast
import datetime
import inspect
import re
import shutil
import subprocess
import sys
import tempfile
import typing
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import orjson
from botocore.loaders import Loader

import aioprowler
from aioprowler.accounts.operations import ASSUME_ROLE, ENTRY_OPERATIONS, LIST_REGIONS, ORGANIZATION_OPERATIONS
from aioprowler.aws.models import EXTRAS, Newest
from aioprowler.catalog import installed
from aioprowler.declarations.graph import behind, lineage, source_of
from aioprowler.declarations.sources import Batch, Function, Operation
from aioprowler.facts.services import SERVICES
from aioprowler.integrations import security_hub
from aioprowler.scanning.tag_reader import GET_RESOURCES

Names = dict[Operation, set[str]]

OTHERS: Final[Mapping[str, tuple[Operation, ...]]] = {
    "accounts": (*ENTRY_OPERATIONS, ASSUME_ROLE, LIST_REGIONS, *ORGANIZATION_OPERATIONS),
    "integrations": (security_hub.GET_FINDINGS, security_hub.IMPORT),
    "scanning": (GET_RESOURCES,),
}
"""Package -> the operations that its modules call without a declaration."""

_WORD: Final = re.compile(r"[A-Za-z]\w*")


def main(words: Sequence[str]) -> int:
    """The exit code."""
    with tempfile.TemporaryDirectory() as folder:
        data, version = (Path(words[0]), words[1]) if words else _newest_botocore(Path(folder))
        loader = Loader(extra_search_paths=[str(data)], include_default_search_paths=False)
        files = {**models(Loader(), loader, names()), **places(Loader(), loader)}
    shutil.rmtree(EXTRAS, ignore_errors=True)
    about = Newest(botocore=version, date=datetime.datetime.now(datetime.UTC).date().isoformat())
    _write("newest.json", msgspec.to_builtins(about))
    for name, merge in files.items():
        _write(f"{name}.sdk-extras.json", {"version": 1.0, "merge": merge})
    print(f"botocore {version} has more in: {', '.join(sorted(files)) or 'nothing'}.")
    return 0


def _newest_botocore(folder: Path) -> tuple[Path, str]:
    """Its data folder and its version."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder), "botocore"]
    subprocess.run([*pip, "--disable-pip-version-check"], check=True)  # noqa: S603
    (about,) = folder.glob("botocore-*.dist-info")
    return folder / "botocore" / "data", about.name.removesuffix(".dist-info").partition("-")[2]


def _write(name: str, content: Any) -> None:
    path = EXTRAS / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(
        orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)
    )


# ---------------------------------------------------------------------- what is named
def names() -> Names:
    """Operation -> the members, parameters and error codes that are named where it is declared or called."""
    found: Names = defaultdict(set)
    for kind in _declared_types():
        source = source_of(kind)
        if isinstance(source, Function):
            own = {*_fields(kind), *_strings(Path(inspect.getfile(source.function)))}
            for operation in source.operations:
                found[operation] |= own
        elif source is not None:
            found[source.operation] |= {*_fields(kind), *_of_source(source)}
    for package, operations in OTHERS.items():
        modules = (Path(aioprowler.__file__).parent / package).glob("*.py")
        own = {word for module in modules for word in _strings(module)}
        for operation in operations:
            found[operation] |= own
    return found


def _declared_types() -> Iterable[Any]:
    """Every resource and facet type that some check reads, directly or not."""
    read = (parameter.type for check in installed() for parameter in behind(check.function))
    return dict.fromkeys(kind for each in read if isinstance(each, type) for kind in lineage(each))


def _of_source(source: Any) -> Iterator[str]:
    yield from _WORD.findall(source.result)
    yield from _keys(source.params)
    for codes in (getattr(source, "absent", ()), getattr(source, "gone", ())):
        yield from codes
    if isinstance(source, Batch):
        yield from source.ids(["x"]) if callable(source.ids) else [source.ids]


def _keys(params: Any) -> Iterator[str]:
    """Names of parameters and of members of parameters."""
    if isinstance(params, Mapping):
        for name, value in params.items():
            yield name
            yield from _keys(value)
    elif isinstance(params, list | tuple):
        for each in params:
            yield from _keys(each)


def _fields(kind: Any) -> Iterator[str]:
    """As AWS spells them, those of structures inside as well."""
    hints = typing.get_type_hints(kind, include_extras=True)
    for field in msgspec.structs.fields(kind):
        yield field.encode_name
        for inner in _structs(hints[field.name]):
            yield from _fields(inner)


def _structs(hint: Any) -> Iterator[Any]:
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        yield hint
    for argument in typing.get_args(hint):
        yield from _structs(argument)


def _strings(module: Path) -> Iterator[str]:
    """Every string of the module that may be a name."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 200:
            yield from _WORD.findall(node.value)


# ---------------------------------------------------------------------- service models
def models(pinned: Loader, newest: Loader, named: Names) -> dict[str, dict[str, Any]]:
    """File of botocore's data -> what the newest one has of what is named, and the pinned one lacks."""
    found = {}
    for service in sorted({operation.service for operation in named}):
        version = pinned.determine_latest_version(service, "service-2")
        old = pinned.load_service_model(service, "service-2", version)
        new = newest.load_service_model(service, "service-2", version)
        own = {operation.name: words for operation, words in named.items() if operation.service == service}
        if merge := additions(old, new, own):
            found[f"{service}/{version}/service-2"] = merge
    return found


def additions(old: dict[str, Any], new: dict[str, Any], named: Mapping[str, set[str]]) -> dict[str, Any]:
    """What of the operations `named`, and of the members with the names beside them, only the new model has."""
    merge: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for name, words in sorted(named.items()):
        if name not in new["operations"]:
            continue
        operation, known = new["operations"][name], old["operations"].get(name)
        errors = [each for each in operation.get("errors", ()) if _code(new, each) in words]
        if known is None:
            merge["operations"][name] = _undocumented(operation | ({"errors": errors} if errors else {}))
        elif newer := [each for each in errors if each not in known.get("errors", [])]:
            merge["operations"][name] = {"errors": [*known.get("errors", []), *newer]}
        for each in (operation.get("input"), operation.get("output"), *errors):
            if each:
                _add_shape(each["shape"], old, new, words, merge["shapes"], set())
    return {part: content for part, content in merge.items() if content}


def _code(model: dict[str, Any], error: dict[str, Any]) -> str:
    code: str = model["shapes"][error["shape"]].get("error", {}).get("code", error["shape"])
    return code


def _add_shape(
    name: str, old: dict[str, Any], new: dict[str, Any], words: set[str], merge: dict[str, Any], seen: set[str]
) -> None:
    """The shape as far as it is new, and those below it."""
    if name in seen:
        return
    seen.add(name)
    shape, known = new["shapes"][name], old["shapes"].get(name)
    wanted = {*words, *(shape.get("required", ()) if known is None else ())}
    members = {member: target for member, target in shape.get("members", {}).items() if member in wanted}
    newer = {member: target for member, target in members.items() if member not in (known or {}).get("members", {})}
    if known is None:
        merge.setdefault(name, _undocumented({**shape, "members": {}} if "members" in shape else shape))
    if newer:
        merge.setdefault(name, {}).setdefault("members", {}).update(_undocumented(newer))
    inside = [shape[part] for part in ("member", "key", "value") if part in shape]
    for target in (*members.values(), *inside):
        _add_shape(target["shape"], old, new, words, merge, seen)


def _undocumented(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: _undocumented(each)
            for name, each in value.items()
            if not (name in ("documentation", "documentationUrl") and isinstance(each, str))
        }
    return [_undocumented(each) for each in value] if isinstance(value, list) else value


# ---------------------------------------------------------------------- regions
def places(pinned: Loader, newest: Loader) -> dict[str, dict[str, Any]]:
    """File -> partition -> regions, and places of the services in use, that only the newest one has."""
    prefixes = {
        _prefix(pinned, service) for service in SERVICES if service in pinned.list_available_services("service-2")
    }
    regions = _by_partition(pinned, newest, "partitions", "id", lambda old, new: _new_keys(old, new, ["regions"]))
    services = _by_partition(pinned, newest, "endpoints", "partition", lambda old, new: _new_places(old, new, prefixes))
    return {name: found for name, found in (("partitions", regions), ("endpoints", services)) if found}


def _prefix(loader: Loader, service: str) -> str:
    prefix: str = loader.load_service_model(service, "service-2")["metadata"]["endpointPrefix"]
    return prefix


def _by_partition(pinned: Loader, newest: Loader, file: str, key: str, compare: Any) -> dict[str, Any]:
    known = {each[key]: each for each in pinned.load_data(file)["partitions"]}
    newer = {
        each[key]: compare(known[each[key]], each)
        for each in newest.load_data(file)["partitions"]
        if each[key] in known
    }
    return {name: found for name, found in newer.items() if found}


def _new_keys(old: dict[str, Any], new: dict[str, Any], parts: Sequence[str]) -> dict[str, Any]:
    """Of objects in the partition: what only the new one has."""
    found = {}
    for part in parts:
        if more := {name: each for name, each in new.get(part, {}).items() if name not in old.get(part, {})}:
            found[part] = more
    return found


def _new_places(old: dict[str, Any], new: dict[str, Any], prefixes: set[str]) -> dict[str, Any]:
    services = {}
    for name in sorted(prefixes & set(new["services"])):
        service, known = new["services"][name], old["services"].get(name)
        if known is None:
            services[name] = service
        elif more := _new_keys(known, service, ["endpoints"]):
            services[name] = more
    return _new_keys(old, new, ["regions"]) | ({"services": services} if services else {})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
