"""Regular expressions that others write, and wildcards: neither may take for ever, whatever text they meet.

Python's `re` can take centuries over an expression of a few characters, and nothing ends it. So these are sought by the
package `regex`, which gives up after a time, and lets other threads work meanwhile. What an expression means is `re`'s.
"""

from __future__ import annotations

import re
import time
import warnings
from collections.abc import Callable
from typing import Any, Final

LONGEST: Final = 2_000
"""Characters of an expression."""
LARGEST: Final = 20_000
"""Of one whose counted repetitions are written out, which is how it is compiled."""
TIME: Final = 1.0
"""Seconds of a processor that an expression may take for a text, and for all texts together beyond `TIME_EACH`."""
TIME_EACH: Final = 0.0001
"""Seconds that it may take for each text on average, of however many."""

_TOKEN: Final = re.compile(
    r"(?P<escape>\\N\{[^}]*\}|\\.)|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])|\{(?P<least>\d*)(?:,(?P<most>\d*))?\}|.",
    re.DOTALL,
)
_NO_COUNT: Final = re.compile(r"(\\N\{[^}]*\}|\\.)|\{(?!\d*,?\d*\})", re.DOTALL)


class Expression:
    """A regular expression that is searched for in texts, and that does not go on once it has taken too long."""

    __slots__ = ("_left", "_search", "pattern")

    def __init__(self, pattern: str) -> None:
        """Raises ValueError with the reason where it is none, or too large."""
        self.pattern = pattern
        self._search = _compiled(pattern)
        self._left = TIME

    @property
    def is_spent(self) -> bool:
        """It has taken too long: of no further text does anybody know whether it is found there."""
        return self._left <= 0

    def __call__(self, text: str) -> bool | None:
        """Whether it is found in the text. None: that takes too long."""
        if self._left <= 0:
            return None
        start = time.thread_time()
        try:
            found = self._search(text, timeout=self._left) is not None
        except TimeoutError:
            self._left = 0.0
            return None
        self._left = min(TIME, self._left + TIME_EACH) - (time.thread_time() - start)
        return found


def too_slow(what: str) -> str:
    """What is said of an expression that is spent, without a full stop."""
    return f"{what} took more than {TIME:g} s to search: write it without repetitions in each other"


def wildcard(text: str, one: str = ".", each: str = "") -> str:
    """The regular expression that matches what a text with `*` (any run of characters) and `?` (any one) stands for.

    `one` is the expression of any character, and `each` that of those in a run, if that is another. What stands
    between two stars is sought in an atomic group, leftmost first, and never sought again: that suffices, and bounds
    the work by the product of both lengths.
    """
    each = each or one
    first, *rest = ("".join(one if c == "?" else re.escape(c) for c in part) for part in text.split("*"))
    middle = "".join(f"(?>{each}*?{part})" for part in rest[:-1] if part)
    return first + middle + (f"{each}*{rest[-1]}" if rest else "")


def _compiled(pattern: str) -> Callable[..., Any]:
    import regex  # 50 ms, and most users write none

    if len(pattern) > LONGEST:
        raise ValueError(f"it has {len(pattern):,} characters, and {LONGEST:,} are the most")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a future meaning of `[[`: nobody could read it here
            re.compile(pattern)
            size = _size(pattern)
            if size > LARGEST:
                raise ValueError(f"its repetitions make it {size:,} characters long, and {LARGEST:,} are the most")
            return regex.compile(_as_of_re(pattern), regex.VERSION0).search  # type: ignore[no-any-return]
    except (re.error, regex.error, OverflowError) as error:
        raise ValueError(str(error)) from None
    except RecursionError:
        raise ValueError("its groups lie too deep in each other") from None


def _as_of_re(pattern: str) -> str:
    """What `re` takes for texts and `regex` does not: `{e}` is no error that is tolerated, `[:alpha:]` no class."""
    return _NO_COUNT.sub(lambda found: found[1] or r"\{", pattern).replace("[:", r"[\:")


def _size(pattern: str) -> int:
    """About how many characters it has once its counted repetitions are written out."""
    sizes, last = [0], 0
    for token in _TOKEN.finditer(pattern):
        match token[0]:
            case "(":
                sizes.append(0)
            case ")" if len(sizes) > 1:
                last = sizes.pop()
                sizes[-1] += last
            case _ if token["least"] is not None:
                counts = token["least"], token["most"]
                grown = last * max([1, *(min(int(each[:9]), LARGEST + 1) for each in counts if each)])
                sizes[-1] += grown - last
                last = grown
            case _:
                last = 1
                sizes[-1] += 1
    return sum(sizes)
