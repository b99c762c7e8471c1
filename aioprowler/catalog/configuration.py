"""What a configuration says: by which names, in which types, and what it leaves out of a scan."""

from __future__ import annotations

import difflib
import math
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from typing import Any, Final, get_args, get_origin

import msgspec

from aioprowler.errors import ConfigurationError, UsageError, require
from aioprowler.expressions import Expression
from aioprowler.facts.prowler_keys import FORMER_KEYS

_NEAR: Final = 0.9
"""How like a known key one is that was meant to be it, from 0 to 1."""
_BOOLS: Final = {**dict.fromkeys(("yes", "on", "y", "t"), True), **dict.fromkeys(("no", "off", "n", "f"), False)}
"""What is a bool besides what msgspec takes for one."""
_MUTING: Final = "mute_non_default_regions"
"""A key by which Prowler mutes."""


def todays(config: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration by the names that its keys have today. Where a key is there twice, that name decides."""
    former = {FORMER_KEYS[name]: value for name, value in config.items() if FORMER_KEYS.get(name)}
    return former | {name: value for name, value in config.items() if name not in FORMER_KEYS}


def unknown(config: Mapping[str, Any], known: Collection[str]) -> list[str]:
    """Keys that nobody knows. Raises ConfigurationError for one that is a known one, misspelt."""
    names = [name for name in config if name not in known and name not in FORMER_KEYS]
    for name in names:
        if difflib.get_close_matches(name.casefold().replace("-", "_"), known, n=1, cutoff=_NEAR):
            try:
                require("configuration key", [name], known)
            except UsageError as error:
                raise ConfigurationError(str(error)) from None
    return names


def notes(config: Mapping[str, Any], known: Collection[str]) -> Iterator[str]:
    """What the user should know of keys that mean nothing, or are called otherwise today."""
    for name in config:
        if today := FORMER_KEYS.get(name):
            yield f"The configuration key {name} is called {today} today, and counts as that."
        elif name in FORMER_KEYS:
            yield f"The configuration key {name} is one of former releases of Prowler, and means nothing any more."
    if todays(config).get(_MUTING):
        yield f"The configuration key {_MUTING} mutes nothing here: say it in a mutelist."
    if names := unknown(config, known):
        yield f"No check reads these configuration keys: {', '.join(sorted(f'{name:.80}' for name in names))}."


def converted(name: str, kind: Any, value: Any) -> Any:
    """The value in the type of its key, also where YAML took it for another. Raises ConfigurationError."""
    try:
        return msgspec.convert(_meant(kind, value), kind, strict=False, dec_hook=_pattern)
    except ValueError as error:
        raise ConfigurationError(f"Configuration key {name}: {error}.") from None


def _meant(kind: Any, value: Any) -> Any:
    """The value, with the texts, numbers and bools that msgspec would not see in it. Raises ValueError."""
    if isinstance(value, list | tuple) and get_origin(kind) in (list, tuple):
        return [_meant(get_args(kind)[0], each) for each in value]
    if isinstance(value, dict) and get_origin(kind) is dict:
        return {name: _meant(get_args(kind)[1], each) for name, each in value.items()}
    found = _said(kind, value) if isinstance(value, str) else value
    if kind is float and isinstance(found, float) and not math.isfinite(found):
        raise msgspec.ValidationError("Expected a number with which another one can be compared")
    if kind in (str, Expression) and type(found) in (int, float):
        return str(found)
    return bool(found) if kind is bool and found in (0, 1) else found


def _said(kind: Any, text: str) -> Any:
    """What a text is in the type of its key, without blanks around it; itself where it is not for this to say."""
    if kind is Expression:
        return text  # in which blanks are looked for
    bare = text.strip()
    if kind is bool:
        return _BOOLS.get(bare.casefold(), bare)
    if kind in (int, float) and bare.isascii():
        with suppress(ValueError):
            return kind(bare)
    return bare


def _pattern(kind: Any, value: Any) -> Any:
    """A regular expression, which msgspec does not know of. Raises ValueError."""
    if kind is Expression and isinstance(value, str):
        return Expression(value)
    raise msgspec.ValidationError(f"expected a regular expression, got {value!r:.80}")
