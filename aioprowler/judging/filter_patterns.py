r"""CloudWatch Logs' filter patterns: parsed, printed, and held against log events.

"Filter pattern syntax for metric filters, subscription filters, filter log events, and Live Tail"
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html), as a grammar; white space may
stand between any two words, and what is in double quotes here is read in either case:

    pattern   = [ json / fields / terms ]                   nothing: every event
    json      = "{" any "}"
    any       = every *( "||" every )
    every     = part *( "&&" part )
    part      = "(" any ")" / selector ( operator value / state )
    state     = "IS" ( "NULL" / "TRUE" / "FALSE" ) / [ "NOT" ] "EXISTS"
    selector  = "$" *( "." name / [ "." ] "['" name "']" / "[" number "]" / "[*]" / ".*" )
    operator  = "=" / "!=" / "<" / "<=" / ">" / ">="
    value     = quoted / regex / words                      * at an end of a text stands for any text
    fields    = "[" ( field / "..." ) *( "," ( field / "..." ) ) "]"
    field     = [ name ] [ operator value *( ( "&&" / "||" ) [ name ] operator value ) ]
    terms     = 1*( [ "-" / "?" ] ( quoted / regex / word ) )
    quoted    = <"> text in which \" and \\ stand for themselves <">
    regex     = "%" regular expression "%"

Names and values are compared as they are spelled, since patterns are case sensitive. Whether a pattern catches an event
is None where AWS's page leaves it open: the one who asks knows that nobody knows.
"""

from __future__ import annotations

import functools
import json
import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias

import msgspec

from aioprowler.declarations.failure import UnreadableError
from aioprowler.expressions import Expression

DEEPEST: Final = 50
"""Brackets in each other. AWS takes patterns of 1,024 characters."""


class PatternError(UnreadableError):
    """The text is no filter pattern; the message says why."""


class LogEvent(msgspec.Struct, frozen=True):
    """An event whose text is a JSON object, as CloudTrail's are."""

    content: Mapping[str, Any]
    text: str

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> LogEvent:
        """With its text as CloudTrail writes it: on one line, without spaces between the members."""
        return cls(content, json.dumps(content, separators=(",", ":")))


class FilterPattern(msgspec.Struct, frozen=True):
    """Which events a filter is about."""

    def catches(self, event: LogEvent) -> bool | None:
        """Whether the filter counts the event; None: AWS does not say."""
        raise NotImplementedError


def parse(pattern: str) -> FilterPattern:
    """Read a pattern. Raises PatternError."""
    text = pattern.strip()
    if text.startswith("{"):
        return _Reader(text).json()
    return _Reader(text).fields() if text.startswith("[") else _Reader(text).terms()


def every(found: Iterable[bool | None]) -> bool | None:
    """Whether all hold; None: that rests on some of which nobody knows."""
    unknown = False
    for each in found:
        if each is False:
            return False
        unknown = unknown or each is None
    return None if unknown else True


def some(found: Iterable[bool | None]) -> bool | None:
    """Whether one holds; None: that rests on some of which nobody knows."""
    unknown = False
    for each in found:
        if each:
            return True
        unknown = unknown or each is None
    return None if unknown else False


def opposite(found: bool | None) -> bool | None:
    """Whether it does not hold; None: nobody knows either way."""
    return None if found is None else not found


# Values.


class Text(msgspec.Struct, frozen=True):
    """What a text is compared with; `*` at one of its ends stands for any text, and within it for itself."""

    text: str

    def fits(self, text: str) -> bool | None:
        """Whether a text is so."""
        start, end = self.text.startswith("*"), self.text.endswith("*")
        inner = self.text[start : len(self.text) - end]
        if start and end:
            return inner in text
        return text.endswith(inner) if start else text.startswith(inner) if end else text == inner

    def is_in(self, text: str) -> bool | None:
        """Whether a text has it in it, where it is a term: there a star is one."""
        return self.text in text

    def __str__(self) -> str:
        escaped = self.text.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'


class Number(Text, frozen=True):
    """One that is no text, such as `400`, `-1.5` or `10e-3`."""

    @property
    def number(self) -> float:
        """As JSON has it."""
        return float(self.text)

    def __str__(self) -> str:
        return self.text


class Regex(msgspec.Struct, frozen=True):
    """A regular expression that is searched for."""

    expression: str

    def fits(self, text: str) -> bool | None:
        """Whether it is found in a text; None: that takes too long."""
        return _expression(self.expression)(text)

    is_in = fits

    def __str__(self) -> str:
        return f"%{self.expression}%"


@functools.lru_cache(maxsize=512)
def _expression(pattern: str) -> Expression:
    """Raises PatternError."""
    try:
        return Expression(pattern)
    except ValueError as error:
        raise PatternError(f"%{pattern}% is no regular expression: {error}") from None


Value: TypeAlias = Text | Number | Regex
Operator: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">="]
_ORDERS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Comparison(msgspec.Struct, frozen=True):
    """What a value has to be."""

    operator: Operator
    value: Value

    def holds(self, node: Any) -> bool | None:
        """Whether a member of an event is so. Arrays and objects never are; of what is null, AWS does not say whether
        it differs from a text.
        """
        if isinstance(node, Mapping | list | tuple):
            return False
        if self.operator in _ORDERS:
            return _in_order(node, self.operator, self.value)
        found = _equals(node, self.value)
        if self.operator == "=":
            return found
        return None if node is None else opposite(found)

    def __str__(self) -> str:
        return f"{self.operator} {self.value}"


def _equals(node: Any, value: Value) -> bool | None:
    if isinstance(node, str):
        return value.fits(node)
    if node is None:
        return False
    if isinstance(node, bool):  # AWS has IS TRUE and IS FALSE for them, and names nothing else
        return True if value == Text("*") else None
    return bool(node == value.number) if isinstance(value, Number) else value.fits(json.dumps(node))


def _in_order(node: Any, how: str, value: Value) -> bool | None:
    if not isinstance(value, Number) or node is None or isinstance(node, bool):
        return False
    if isinstance(node, str):  # whether such a text counts as a number is not said
        return None if _NUMBER.fullmatch(node) else False
    return _ORDERS[how](node, value.number)


# The JSON form.


class _Any:
    """Stands for each element of an array, and each member of an object."""

    def __repr__(self) -> str:
        return "*"


ANY: Final = _Any()
Step: TypeAlias = str | int | _Any


class Selector(msgspec.Struct, frozen=True):
    """Where in an event a value is: names, indices from 0, and `ANY`."""

    steps: tuple[Step, ...]

    def find(self, content: Any) -> list[Any]:
        """What is there: nothing, one thing, or with a wildcard several."""
        found = [content]
        for step in self.steps:
            found = [each for node in found for each in _below(node, step)]
        return found

    def __str__(self) -> str:
        return "$" + "".join(map(_spelled, self.steps))


def _below(node: Any, step: Step) -> Sequence[Any]:
    if isinstance(node, Mapping):
        if isinstance(step, _Any):
            return list(node.values())
        return [node[step]] if step in node else ()
    if isinstance(node, list | tuple) and not isinstance(step, str):
        return node if isinstance(step, _Any) else node[step : step + 1]
    return ()


def _spelled(step: Step) -> str:
    if not isinstance(step, str):
        return f"[{step}]"
    quote = '"' if "'" in step else "'"
    return f".{step}" if _NAME.fullmatch(step) else f".[{quote}{step}{quote}]"


class Where(msgspec.Struct, frozen=True):
    """A comparison of what a selector finds."""

    selector: Selector
    comparison: Comparison

    def holds(self, content: Any) -> bool | None:
        """Whether it does. With a wildcard one of those that are found suffices; of what is not to be, AWS does not say
        whether it may be missing, nor whether some of several may be.
        """
        found = [self.comparison.holds(node) for node in self.selector.find(content)]
        if self.comparison.operator != "!=":
            return some(found)
        return found[0] if found and all(each is found[0] for each in found) else None

    def __str__(self) -> str:
        return f"{self.selector} {self.comparison}"


State: TypeAlias = Literal["IS NULL", "IS TRUE", "IS FALSE", "EXISTS", "NOT EXISTS"]
_STATES: Final[Mapping[State, Callable[[list[Any]], bool]]] = {
    "IS NULL": lambda found: any(each is None for each in found),
    "IS TRUE": lambda found: any(each is True for each in found),
    "IS FALSE": lambda found: any(each is False for each in found),
    "EXISTS": bool,
    "NOT EXISTS": operator.not_,
}


class Is(msgspec.Struct, frozen=True):
    """What there is where a selector leads."""

    selector: Selector
    state: State

    def holds(self, content: Any) -> bool | None:
        """Whether it is so. What is null exists."""
        return _STATES[self.state](self.selector.find(content))

    def __str__(self) -> str:
        return f"{self.selector} {self.state}"


class Every(msgspec.Struct, frozen=True):
    """Conditions that have to hold together."""

    parts: tuple[Condition, ...]

    def holds(self, content: Any) -> bool | None:
        """Whether all do."""
        return every(part.holds(content) for part in self.parts)

    def __str__(self) -> str:
        return " && ".join(f"({part})" for part in self.parts)


class Some(msgspec.Struct, frozen=True):
    """Conditions of which one suffices."""

    parts: tuple[Condition, ...]

    def holds(self, content: Any) -> bool | None:
        """Whether one does."""
        return some(part.holds(content) for part in self.parts)

    def __str__(self) -> str:
        return " || ".join(f"({part})" for part in self.parts)


Condition: TypeAlias = Where | Is | Every | Some


class JsonPattern(FilterPattern, frozen=True):
    """A condition on the members of events that are JSON."""

    condition: Condition

    def catches(self, event: LogEvent) -> bool | None:
        """Whether the condition holds of it."""
        return self.condition.holds(event.content)

    def __str__(self) -> str:
        return f"{{ {self.condition} }}"


# The form of terms.

Term: TypeAlias = Text | Regex


class TermsPattern(FilterPattern, frozen=True):
    """Texts that an event has somewhere, be it within a word. Without any it is every event."""

    required: tuple[Term, ...] = ()
    optional: tuple[Term, ...] = ()
    """One of them suffices."""
    excluded: tuple[Term, ...] = ()

    def catches(self, event: LogEvent) -> bool | None:
        """Whether the terms are in its text. AWS ignores the question mark of optional ones that stand beside others,
        and does not say whether the term goes with it.
        """
        text = event.text
        plain = every(
            (
                *(term.is_in(text) for term in self.required),
                *(opposite(term.is_in(text)) for term in self.excluded),
            )
        )
        if not self.optional:
            return plain
        if not self.required and not self.excluded:
            return some(term.is_in(text) for term in self.optional)
        strict = every((plain, *(term.is_in(text) for term in self.optional)))
        return plain if plain is strict else None

    def __str__(self) -> str:
        marked = (("", self.required), ("?", self.optional), ("-", self.excluded))
        return " ".join(f"{mark}{_quoted(term)}" for mark, terms in marked for term in terms)


def _quoted(term: Term) -> str:
    return str(term if isinstance(term, Regex) else Text(term.text))


# The form of fields that spaces separate.


class Field(msgspec.Struct, frozen=True):
    """A field of an event: the name that the pattern gives it, and comparisons: one of the groups has to hold."""

    name: str = ""
    groups: tuple[tuple[Comparison, ...], ...] = ()

    def holds(self, field: str) -> bool | None:
        """Whether what is there fits; numbers compare as numbers."""
        number = float(field) if _NUMBER.fullmatch(field) else field
        return not self.groups or some(
            every(each.holds(number if isinstance(each.value, Number) else field) for each in group)
            for group in self.groups
        )

    def __str__(self) -> str:
        groups = (" && ".join(f"{self.name} {each}" for each in group) for group in self.groups)
        return " || ".join(groups) or self.name


class FieldsPattern(FilterPattern, frozen=True):
    """The fields of an event from its beginning, and after an ellipsis those up to its end."""

    first: tuple[Field, ...]
    last: tuple[Field, ...] | None = None
    """None: there is no ellipsis."""

    def catches(self, event: LogEvent) -> bool | None:
        """Whether it has such fields. What stands between brackets or quotation marks is one."""
        found = [next(filter(None, each), "") for each in _EVENT_FIELDS.findall(event.text)]
        last = self.last or ()
        if len(found) < len(self.first) + len(last):
            return False
        pairs = [
            *zip(self.first, found, strict=False),
            *zip(last, found[len(found) - len(last) :], strict=True),
        ]
        fits = every(pattern.holds(field) for pattern, field in pairs)
        # Whether fields that a pattern without an ellipsis leaves out may be there is not said.
        return fits if self.last is not None or len(found) == len(self.first) else every((fits, None))

    def __str__(self) -> str:
        ellipsis = () if self.last is None else ("...", *map(str, self.last))
        return f"[{', '.join((*map(str, self.first), *ellipsis))}]"


_EVENT_FIELDS: Final = re.compile(r'\[([^\]]*)\]|"([^"]*)"|(\S+)')

# Reading.

_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_NAME: Final = re.compile(r"""[^\s.\[\](){}"'=!<>&|%*$,]+""")
_STEP: Final = re.compile(rf"""\.?\[\s*(?:'([^']*)'|"([^"]*)"|(\d+)|(\*))\s*\]|\.(?:({_NAME.pattern})|(\*))""")
_OPERATOR: Final = re.compile(r"!=|<=|>=|=|<|>")
_STATE: Final = re.compile(r"is\s+(?:null|true|false)\b|(?:not\s+)?exists\b", re.IGNORECASE)
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_REGEX: Final = re.compile(r"%([^%]*)%")
_ESCAPE: Final = re.compile(r'\\(["\\])')
# Words that belong together up to what ends a value. AWS asks for quotation marks around spaces; what an account has is
# what AWS took.
_WORDS: Final = re.compile(r"""(?![=$])(?:(?!&&|\|\|)[^\s(){}"%])+(?:\s+(?:(?!&&|\|\|)[^\s(){}"%$=])+)*""")
_FIELD_WORD: Final = re.compile(r"""(?!=)(?:(?!&&|\|\|)[^\s(){}\[\],"%])+""")
_FIELD_NAME: Final = re.compile(r"""[^\s,=!<>&|\[\](){}"]*""")
_TERM: Final = re.compile(r"[^\s\"]+")
_SPACE: Final = re.compile(r"\s*")


class _Reader:
    """Reads a pattern from its beginning."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def json(self) -> JsonPattern:
        """`{ ... }`."""
        self._expect("{")
        condition = self._some()
        self._expect("}")
        self._end()
        return JsonPattern(condition)

    def fields(self) -> FieldsPattern:
        """`[ ... ]`."""
        self._expect("[")
        first: list[Field] = []
        last: list[Field] | None = None
        while True:
            if self._take("..."):
                if last is not None:
                    raise self._fault("has a second ellipsis")
                last = []
            else:
                (first if last is None else last).append(self._field())
            if not self._take(","):
                break
        self._expect("]")
        self._end()
        return FieldsPattern(tuple(first), None if last is None else tuple(last))

    def terms(self) -> TermsPattern:
        """Words and phrases."""
        found: dict[str, list[Term]] = {"": [], "?": [], "-": []}
        while self._skip() < len(self._text):
            mark = "-" if self._take("-") else "?" if self._take("?") else ""
            self._skip()
            found[mark].append(self._marked() or Text(self._match(_TERM, "a term")[0]))
        return TermsPattern(tuple(found[""]), tuple(found["?"]), tuple(found["-"]))

    def _some(self) -> Condition:
        parts = [self._every()]
        while self._take("||"):
            parts.append(self._every())
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def _every(self) -> Condition:
        parts = [self._part()]
        while self._take("&&"):
            parts.append(self._part())
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _part(self) -> Condition:
        if not self._take("("):
            return self._test()
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._fault("has brackets too deep in each other")
        condition = self._some()
        self._expect(")")
        self._depth -= 1
        return condition

    def _test(self) -> Condition:
        selector = self._selector()
        self._skip()
        if state := self._find(_STATE):
            return Is(selector, _state(state[0]))
        return Where(selector, self._comparison(_WORDS))

    def _selector(self) -> Selector:
        self._expect("$")
        steps: list[Step] = []
        while step := self._find(_STEP):
            single, double, index, element, name, member = step.groups()
            quoted = single if single is not None else double
            steps.append(ANY if element or member else int(index) if index else name if quoted is None else quoted)
        return Selector(tuple(steps))

    def _field(self) -> Field:
        self._skip()
        name = self._match(_FIELD_NAME, "a field")[0]
        groups: list[list[Comparison]] = []
        more = self._skip() < len(self._text) and self._text[self._at] in "=!<>"
        joined = "||"
        while more:
            comparison = self._comparison(_FIELD_WORD)
            if joined == "||":
                groups.append([])
            groups[-1].append(comparison)
            joined = "&&" if self._take("&&") else "||" if self._take("||") else ""
            if more := bool(joined):
                self._skip()
                if self._match(_FIELD_NAME, "a field")[0] not in ("", name):
                    raise self._fault("compares another field")
        return Field(name, tuple(map(tuple, groups)))

    def _comparison(self, words: re.Pattern[str]) -> Comparison:
        self._skip()
        how: Any = self._match(_OPERATOR, "an operator")[0]
        self._skip()
        if marked := self._marked():
            return Comparison(how, marked)
        text = " ".join(self._match(words, "a value")[0].split())
        return Comparison(how, Number(text) if _NUMBER.fullmatch(text) else Text(text))

    def _marked(self) -> Term | None:
        """What begins with a quotation or percent mark; None where nothing does."""
        if quoted := self._find(_QUOTED):
            return Text(_ESCAPE.sub(r"\1", quoted[1]))
        if regex := self._find(_REGEX):
            _expression(regex[1])
            return Regex(regex[1])
        return None

    def _skip(self) -> int:
        self._find(_SPACE)
        return self._at

    def _find(self, what: re.Pattern[str]) -> re.Match[str] | None:
        found = what.match(self._text, self._at)
        if found:
            self._at = found.end()
        return found

    def _match(self, what: re.Pattern[str], called: str) -> re.Match[str]:
        found = self._find(what)
        if found is None:
            raise self._fault(f"lacks {called}")
        return found

    def _take(self, mark: str) -> bool:
        self._skip()
        taken = self._text.startswith(mark, self._at)
        self._at += len(mark) * taken
        return taken

    def _expect(self, mark: str) -> None:
        if not self._take(mark):
            raise self._fault(f"lacks {mark!r}")

    def _end(self) -> None:
        if self._skip() < len(self._text):
            raise self._fault("goes on")

    def _fault(self, what: str) -> PatternError:
        return PatternError(f"the filter pattern {what} at character {self._at + 1}")


def _state(words: str) -> State:
    return " ".join(words.upper().split())  # type: ignore[return-value]
