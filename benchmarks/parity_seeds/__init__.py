"""AWS accounts full of borderline cases, for two scanners to agree about.

A module that makes some says so with its `STATES`.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Final

from benchmarks.parity_seeds.states import State

_MODULES: Final = [import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]

STATES: Final[tuple[State, ...]] = tuple(state for module in _MODULES for state in getattr(module, "STATES", ()))
