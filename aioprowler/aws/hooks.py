"""What botocore does at each event of a call: a hundred handlers, of which each client has its own collection."""

from __future__ import annotations

from copy import copy
from functools import cache
from typing import Any

from aiobotocore.hooks import AioHierarchicalEmitter
from aiobotocore.session import AioSession
from botocore.handlers import BUILTIN_HANDLERS
from botocore.hooks import _MIDDLE, _PrefixTrie


@cache
def builtin_hooks() -> AioHierarchicalEmitter:
    """What botocore registers in each session, which takes it ten times longer than a copy. What writes its
    documentation is left out.
    """
    hooks = AioHierarchicalEmitter()
    hooks._handlers = _SharedTrie()
    AioSession(event_hooks=hooks)
    for event, handler, *_ in BUILTIN_HANDLERS:
        if event.startswith("docs."):
            hooks.unregister(event, handler)
    return hooks


def is_handled(event: str) -> bool:
    """Whether botocore itself has a handler for the event."""
    return bool(builtin_hooks()._handlers.prefix_search(event))


class _SharedTrie(_PrefixTrie):  # type: ignore[misc]
    """Handlers by the parts of their events' names. Copies have their nodes in common but for those that one of them
    has changed since; botocore's own copy each of hundreds, and a client changes a dozen.
    """

    _root: dict[str, Any]

    def append_item(self, key: str, value: Any, section: int = _MIDDLE) -> None:
        """As botocore's."""
        self._part(key)
        super().append_item(key, value, section)

    def remove_item(self, key: str, value: Any) -> None:
        """Likewise."""
        self._part(key)
        super().remove_item(key, value)

    def __copy__(self) -> _SharedTrie:
        shared = _SharedTrie()
        shared._root = self._root
        return shared

    def _part(self, key: str) -> None:
        """From here on the nodes on the way to the key are no copy's."""
        self._root = node = _own(self._root)
        for part in key.split("."):
            if part not in node["children"]:
                return
            node["children"][part] = node = _own(node["children"][part])


def _own(node: dict[str, Any]) -> dict[str, Any]:
    return {**node, "children": {**node["children"]}, "values": copy(node["values"])}
