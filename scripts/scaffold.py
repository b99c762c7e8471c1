"""What a check begins with: the check and its test, as texts with a TODO at each open place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from scripts.needs import Declared, Needs
from scripts.shapes import snake

_LITERALS: Final = {"str": '"x"', "int": "1", "float": "1.0", "bool": "True", "bytes": 'b"x"'}
_CHECK: Final = '''

@check({given})
def {id}({parameters}) -> Verdict:
    """TODO: the good state, in a sentence.

    TODO: what is judged and what is not.

    ## Risk
    TODO

    ## Remediation
    TODO: `aws ... --region <region>`.

    ## References
    https://docs.aws.amazon.com/TODO
    """
    raise NotImplementedError("return Pass(...) or Fail(...)")
'''
_TEST: Final = """

def test_{id}_{ending}() -> None:
    verdict = {id}({arguments})  # TODO: what is {state}
    assert isinstance(verdict, {outcome})
"""


@dataclass(frozen=True, slots=True)
class Argument:
    """A parameter of the check, and what a test gives in its place."""

    name: str
    hint: str
    literal: str
    type: Declared | None
    """None: the account or region."""


class Scaffold:
    """The texts of a check of which facts are known."""

    def __init__(self, needs: Needs) -> None:
        self.needs = needs
        self.facts = needs.facts
        asks_for_any = re.fullmatch(rf"{needs.facts.service}_(is_)?enabled", needs.facts.id)
        self.subject = needs.resources[-1] if needs.resources and not asks_for_any else None
        """The innermost listed type; None where the question is whether there is any, or something is on."""

    @property
    def check(self) -> str:
        facts = self.facts
        told = {"fails": '"TODO: the failure in a phrase"', "severity": f'"{facts.severity}"'}
        if facts.categories:
            told["categories"] = "[" + ", ".join(f'"{name}"' for name in facts.categories) + "]"
        if self.subject is None and self.needs.resources:
            told["about"] = self.needs.resources[0].name
        elif self.subject is None:
            told |= {"resource_type": f'"{facts.resource_type}"', "resource_group": f'"{facts.resource_group}"'}
        return _CHECK.format(
            given=", ".join(f"{name}={value}" for name, value in told.items()),
            id=facts.id,
            parameters=", ".join(f"{each.name}: {each.hint}" for each in self._arguments),
        )

    @property
    def check_imports(self) -> list[str]:
        return self._imports({"Verdict", "check"} | ({self.needs.place} if self.subject is None else set()))

    @property
    def test(self) -> str:
        arguments = ", ".join(each.literal for each in self._arguments)
        return "".join(
            _TEST.format(id=self.facts.id, ending=ending, arguments=arguments, state=state, outcome=outcome)
            for ending, state, outcome in (("passes", "good", "Pass"), ("fails", "bad", "Fail"))
        )

    def test_imports(self, module: str) -> list[str]:
        """`module`: where the check is."""
        names = {"Fail", "Pass"} | ({"Account", self.needs.place} if self.subject is None else set())
        return [*self._imports(names, hints=False), f"from {module} import {self.facts.id}"]

    @cached_property
    def _arguments(self) -> list[Argument]:
        first = self._of(self.subject, snake(self.subject.name)) if self.subject else self._place()
        facets = [each for each in self.needs.types if not each.is_resource]
        others = self.needs.resources if self.subject is None else []
        return [
            first,
            *(self._of(each, snake(each.name)) for each in facets),
            *(Argument(f"{snake(each.name)}s", f"Here[{each.name}]", f"({_literal(each)},)", each) for each in others),
        ]

    def _of(self, kind: Declared, name: str) -> Argument:
        return Argument(name, kind.name + (" | None" if kind.may_be_absent else ""), _literal(kind), kind)

    def _place(self) -> Argument:
        place, account = self.needs.place, 'Account(id="123456789012")'
        literal = account if place == "Account" else f'Region(name="us-east-1", account={account})'
        return Argument(place.lower(), place, literal, None)

    def _imports(self, names: set[str], *, hints: bool = True) -> list[str]:
        if hints and any(each.hint.startswith("Here[") for each in self._arguments):
            names = names | {"Here"}
        types = [each.type for each in self._arguments if each.type]
        return [
            f"from aioprowler import {', '.join(sorted(names))}",
            *(f"from {each.module} import {each.name}" for each in types),
        ]


def _literal(kind: Declared) -> str:
    return f"{kind.name}({', '.join(f'{each.name}={_LITERALS[each.type]}' for each in kind.required)})"
