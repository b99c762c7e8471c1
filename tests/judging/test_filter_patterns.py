from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aioprowler.judging.filter_patterns import (
    ANY,
    DEEPEST,
    Comparison,
    Condition,
    Every,
    Field,
    FieldsPattern,
    Is,
    JsonPattern,
    LogEvent,
    Number,
    PatternError,
    Regex,
    Selector,
    Some,
    TermsPattern,
    Text,
    Where,
    every,
    opposite,
    parse,
    some,
)


def caught(pattern: str, event: dict[str, Any]) -> bool | None:
    return parse(pattern).catches(LogEvent.of(event))


TRAIL = {
    "eventType": "UpdateTrail",
    "sourceIPAddress": "111.111.111.111",
    "arrayKey": ["value", "another value"],
    "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
    "SomeObject": None,
    "cluster.name": "c",
    "ThisFlag": True,
    "latency": 500,
    "ratio": 0.5,
    "account": "123456789012",
    "nested": {"deep": {"deeper": "x"}},
}


@pytest.mark.parametrize(
    ("pattern", "catches"),
    [
        # The examples of AWS's page.
        ('{ $.eventType = "UpdateTrail" }', True),
        ("{ $.eventType = UpdateTrail }", True),
        ("{ $.eventType = *Trail }", True),
        ('{ $.eventType = "Update*" }', True),
        ('{ $.eventType = "*dateTr*" }', True),
        ('{ $.eventType = "Up*Trail" }', False),
        ('{ $.eventType = "*" }', True),
        ('{ $.eventType = "*Update" }', False),
        ("{ $.eventType = %Trail% }", True),
        ("{ $.eventType = %^Trail% }", False),
        ("{ $.eventType != %^Trail% }", True),
        ("{ $.sourceIPAddress != 123.123.* }", True),
        ("{ $.sourceIPAddress != 111.111.* }", False),
        (r"{ $.sourceIPAddress = %111\.111\.111\.1[01][1-9]% }", True),
        ('{ $.arrayKey[0] = "value" }', True),
        ('{ $.arrayKey[1] = "another value" }', True),
        ('{ $.arrayKey[2] = "value" }', False),
        ('{ $.eventType[0] = "U" }', False),
        ("{ $.objectList[1].id = 2 }", True),
        ("{ $.objectList[*].id = 2 }", True),
        ("{ $.objectList[*].id > 2 }", False),
        ("{ $.objectList[*].id = 3 }", False),
        ("{ $.SomeObject IS NULL }", True),
        ("{ $.SomeObject NOT EXISTS }", False),
        ("{ $.eventType IS NULL }", False),
        ("{ $.SomeOtherObject IS NULL }", False),
        ("{ $.SomeOtherObject NOT EXISTS }", True),
        ("{ $.SomeOtherObject EXISTS }", False),
        ("{ $.SomeObject EXISTS }", True),
        ("{ $.ThisFlag IS TRUE }", True),
        ("{ $.ThisFlag is  false }", False),
        ("{ $.['cluster.name'] = \"c\" }", True),
        ("{ $['cluster.name'] = c }", True),
        ("{ $.latency >= 500 }", True),
        ("{ $.latency < 500 }", False),
        ("{ $.latency = 5e2 }", True),
        ("{ $.latency != +500 }", False),
        ("{ $.latency > 49e1 }", True),
        ("{ $.latency <= -500.5 }", False),
        ("{ $.latency = 50* }", True),
        ("{ $.ratio = .5 }", True),
        ("{ $.account = 123456789012 }", True),
        ("{ $.account != 123456789012 }", False),
        ("{ $.nested.*.deeper = x }", True),
        # What a pattern is not about.
        ("{ $.eventtype = UpdateTrail }", False),
        ("{ $.eventType = updatetrail }", False),
        ("{ $.arrayKey = value }", False),
        ("{ $.arrayKey != value }", False),
        ("{ $.nested != x }", False),
        ("{ $.eventType > 5 }", False),
        ("{ $.latency > abc }", False),
        ("{ $.ThisFlag > 0 }", False),
        ("{ $.SomeObject = null }", False),
        ('{ $.ThisFlag = "*" }', True),
        # Where AWS's page leaves it open.
        ("{ $.SomeOtherObject != x }", None),
        ("{ $.SomeObject != x }", None),
        ("{ $.ThisFlag = true }", None),
        ("{ $.account > 5 }", None),
        ("{ $.objectList[*].id != 2 }", None),
        ("{ $.objectList[*].id != 3 }", True),
    ],
)
def test_conditions_on_members(pattern: str, catches: bool | None) -> None:
    assert caught(pattern, TRAIL) is catches


USERS = {
    "user": {"id": 1, "email": "John.Stiles@example.com"},
    "users": [{"id": 2, "email": "John.Doe@example.com"}, {"id": 3, "email": "Jane.Doe@example.com"}],
    "actions": ["GET", "PUT", "DELETE"],
    "coordinates": [[0, 1, 2], [4, 5, 6], [7, 8, 9]],
}


@pytest.mark.parametrize(
    ("pattern", "catches"),
    [
        ('{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }', True),
        ('{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }', False),
        (
            '{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch && $.actions[2] = nonmatch }',
            True,
        ),
        (
            '{ ($.user.email = "John.Stiles@example.com" || $.users[0].id = 9) && $.actions[2] = nonmatch }',
            False,
        ),
        ("{ $.coordinates[1][2] = 6 }", True),
        ("{$.user.id=1&&$.actions[0]=GET}", True),
        ("\n{\n  ($.user.id = 1) &&\n\t($.actions[0] = GET)\n}\n", True),
        ("{ ((($.user.id = 1))) }", True),
        ("{ $.missing != 1 && $.user.id = 2 }", False),
        ("{ $.missing != 1 || $.user.id = 1 }", True),
        ("{ $.missing != 1 && $.user.id = 1 }", None),
    ],
)
def test_conditions_together(pattern: str, catches: bool | None) -> None:
    assert caught(pattern, USERS) is catches


FAILED = {"message": "[ERROR] Failed to read: IllegalArgumentException"}


@pytest.mark.parametrize(
    ("pattern", "catches"),
    [
        ("", True),
        ("  ", True),
        ('""', True),
        ("ERROR", True),
        ("error", False),
        ("ERROR Exception", True),
        ("ERROR WARN", False),
        ('"Failed to read"', True),
        ('"to Failed"', False),
        ("ERROR -Exiting", True),
        ('"ERROR" - "Exception"', False),
        ("?WARN ?ERROR", True),
        ("?WARN ?INFO", False),
        ("%Illegal[A-Z]%", True),
        ("%^Illegal%", False),
        (r'"{\"message\":\"[ERROR]"', True),
        ("-WARN", True),
        # A question mark beside other terms is ignored.
        ("ERROR ?Exception", True),
        ("ERROR ?WARN", None),
        ("WARN ?ERROR", False),
    ],
)
def test_terms(pattern: str, catches: bool | None) -> None:
    assert caught(pattern, FAILED) is catches


@pytest.mark.parametrize(
    ("pattern", "catches"),
    [
        ("[...]", True),
        ("[first, ..., last]", True),
        ('[first = "{*", ..., last = "*}"]', True),
        ("[a, b, c = from, d]", False),
        ("[a, b, c, d, e]", True),
        ("[a, b, c = to, d, e]", True),
        ("[a, b, c = to && c != from || c = 4, d, e]", True),
        ("[a, b, c, d]", None),
        ("[a = x]", False),
        ("[a, b, c, d, e, f]", False),
        ("[..., n > 404, last]", False),
        ("[..., word = 4*, last]", True),
        ("[a,, c = t*,,]", True),
    ],
)
def test_fields(pattern: str, catches: bool | None) -> None:
    assert caught(pattern, {"message": "GET request to 404 index"}) is catches
    assert caught("[ip, user, status > 400]", {}) is False


def test_fields_between_brackets_are_one() -> None:
    pattern = parse('[ip, time = 10*, request = "GET *", status >= 400, bytes]')

    class Line:
        text = '127.0.0.1 [10/Oct/2000 13:25:15] "GET /index.html HTTP/1.0" 404 1534'

    assert isinstance(pattern, FieldsPattern)
    assert pattern.catches(Line()) is True  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("{", "lacks '\\$'"),
        ("{}", "lacks '\\$'"),
        ("{ eventName = x }", "lacks '\\$'"),
        ("{ $.a }", "lacks an operator"),
        ("{ $.a = }", "lacks a value"),
        ("{ $.a == x }", "lacks a value"),
        ("{ $.a IS NOT NULL }", "lacks an operator"),
        ("{ $.a = x $.b = y }", "lacks '}'"),
        ("{ ($.a = x }", "lacks '\\)'"),
        ("{ $.a = x } y", "goes on"),
        ('{ $.a = "x }', "lacks a value"),
        ("{ $.a = %(% }", "no regular expression"),
        ("[a, b", "lacks '\\]'"),
        ("[a, ..., b, ...]", "second ellipsis"),
        ("[a = 1 || b = 2]", "another field"),
        ('x "y', "lacks a term"),
        ("-", "lacks a term"),
        ("{ " + "(" * (DEEPEST + 1) + "$.a = 1" + ")" * (DEEPEST + 1) + " }", "too deep"),
    ],
)
def test_what_is_no_pattern(pattern: str, why: str) -> None:
    with pytest.raises(PatternError, match=why):
        parse(pattern)


def test_long_patterns_and_events_take_no_time() -> None:
    start = time.perf_counter()
    deep = "(" * DEEPEST + "$.a = 1" + ")" * DEEPEST
    assert caught(f"{{ {deep} }}", {"a": 1})
    assert caught("{ " + " || ".join(f"$.a = v{n}" for n in range(20_000)) + " }", {"a": "v19999"})
    assert caught("{ $.a = %a*a*a*a*a*a*a*b% }", {"a": "a" * 5000}) is not True
    assert caught("a" * 100_000, {"a": "b"}) is False
    assert time.perf_counter() - start < 5


def test_what_nobody_knows_decides_only_where_it_must() -> None:
    assert every([True, None, False]) is False
    assert every([True, None]) is None
    assert every([]) is True
    assert some([False, None, True]) is True
    assert some([False, None]) is None
    assert some([]) is False
    assert [opposite(each) for each in (True, False, None)] == [False, True, None]


NAMES = st.sampled_from(["a", "b", "event-name", "user_id", "with.dot", "with space", "it's"])
TEXTS = st.text(st.sampled_from('ab*\\" %.é(1'), max_size=5).filter(lambda text: "%" not in text)
NUMBERS = st.sampled_from(["0", "1", "-2", "+3.5", "10e-3", "123456789012"])
STEPS = st.one_of(NAMES, st.integers(0, 2), st.just(ANY))
SELECTORS = st.lists(STEPS, min_size=1, max_size=3).map(lambda steps: Selector(("a", *steps)))
VALUES = st.one_of(
    st.builds(Text, TEXTS), st.builds(Number, NUMBERS), st.builds(Regex, st.sampled_from(["a", "^a?b", "a|b"]))
)
COMPARISONS: st.SearchStrategy[Comparison] = st.builds(
    Comparison, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), VALUES
)
LEAVES: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Where, SELECTORS, COMPARISONS),
    st.builds(Is, SELECTORS, st.sampled_from(["IS NULL", "IS TRUE", "IS FALSE", "EXISTS", "NOT EXISTS"])),
)


def grown(below: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    parts = st.lists(below, min_size=2, max_size=3).map(tuple)
    return st.one_of(parts.map(Every), parts.map(Some))


CONDITIONS = st.recursive(LEAVES, grown, max_leaves=6)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from(["a", "b", "", "1", "ab"])),
    lambda below: st.one_of(st.lists(below, max_size=3), st.dictionaries(NAMES, below, max_size=3)),
    max_leaves=8,
)
EVENTS = st.dictionaries(NAMES, JSON, max_size=3)
TERMS = st.lists(st.one_of(st.builds(Text, TEXTS), st.builds(Regex, st.just("a|b"))), max_size=2).map(tuple)
GROUPS = st.lists(st.lists(COMPARISONS, min_size=1, max_size=2).map(tuple), max_size=2).map(tuple)
FIELDS = st.lists(st.builds(Field, st.sampled_from(["w1", "ip", ""]), GROUPS), min_size=1, max_size=3).map(tuple)
PATTERNS = st.one_of(
    CONDITIONS.map(JsonPattern),
    st.builds(TermsPattern, TERMS, TERMS, TERMS),
    st.builds(FieldsPattern, FIELDS, st.one_of(st.none(), FIELDS)),
)


@given(PATTERNS)
def test_what_is_printed_is_read_as_the_same(pattern: JsonPattern | TermsPattern | FieldsPattern) -> None:
    assert parse(str(pattern)) == pattern


Draw = Callable[[st.SearchStrategy[Any]], Any]
SPACE = st.sampled_from(["", " ", "\n", "\t  "])
GAP = st.sampled_from([" ", "\n", " \t "])


def respelled(condition: Condition, draw: Draw) -> str:
    """The same with other white space, more brackets, quotation marks or none, and keywords in another case."""

    def cased(word: str) -> str:
        return "".join(draw(st.sampled_from([char.lower(), char.upper()])) for char in word)

    def bracketed(text: str, needed: bool) -> str:
        return f"({draw(SPACE)}{text}{draw(SPACE)})" if needed or draw(st.booleans()) else text

    if isinstance(condition, Where):
        value = condition.comparison.value
        bare = isinstance(value, Text) and value.text.isascii() and value.text.isalpha() and draw(st.booleans())
        spelled = value.text if bare and isinstance(value, Text) else str(value)
        text = f"{condition.selector}{draw(SPACE)}{condition.comparison.operator}{draw(SPACE)}{spelled}"
        return bracketed(text, False)
    if isinstance(condition, Is):
        words = draw(GAP).join(cased(word) for word in condition.state.split())
        return bracketed(f"{condition.selector}{draw(GAP)}{words}", False)
    mark = "&&" if isinstance(condition, Every) else "||"
    parts = draw(st.permutations(condition.parts))
    needed = isinstance(condition, Every)
    joined = f"{draw(SPACE)}{mark}{draw(SPACE)}".join(
        bracketed(respelled(part, draw), needed and isinstance(part, Some)) for part in parts
    )
    return bracketed(joined, False)


@given(CONDITIONS, EVENTS, st.data())
def test_order_brackets_spaces_and_keywords_case_change_nothing(
    condition: Condition, event: dict[str, Any], data: st.DataObject
) -> None:
    told = LogEvent.of(event)
    again = parse(f"{{{data.draw(SPACE)}{respelled(condition, data.draw)}{data.draw(SPACE)}}}")
    assert again.catches(told) is JsonPattern(condition).catches(told)


@given(st.text(max_size=40), EVENTS)
def test_whatever_is_written_is_read_or_refused(text: str, event: dict[str, Any]) -> None:
    for pattern in (text, f"{{ $.a {text} }}", f"[a {text}]", f"{{ $.a = {text} }}"):
        try:
            found = parse(pattern).catches(LogEvent.of(event))
        except PatternError:
            continue
        assert found in (True, False, None)


@given(EVENTS)
def test_the_text_of_an_event_is_its_json(event: dict[str, Any]) -> None:
    assert json.loads(LogEvent.of(event).text) == event
