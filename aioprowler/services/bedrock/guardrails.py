"""Guardrails, and what each of them does with what it finds.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetGuardrail.html
"""

from __future__ import annotations

from typing import Final

import msgspec

from aioprowler import Facet, Resource, States, call, field, listing
from aioprowler.services.bedrock.resources import GONE

ACTS: Final = ("BLOCK", "ANONYMIZE")
PROMPT_ATTACK: Final = "PROMPT_ATTACK"


class Guardrail(
    Resource,
    id="guardrail_id",
    type="Other",
    group="ai_ml",
    noun="Bedrock guardrail",
    gone=GONE,
    rename="camel",
):
    """Filters between whoever asks a model and what it answers; listed, and asked about, is the working draft."""

    source = listing(
        "bedrock",
        "ListGuardrails",
        "guardrails",
        states=States("status", over=["DELETING"], not_yet=["CREATING"]),
    )
    guardrail_id: str = field(name="id")
    arn: str
    name: str
    status: str = ""
    """`FAILED` where it could not be created, updated, versioned or deleted: but for the first, it is there."""

    @property
    def label(self) -> str:
        """By the name that people gave it."""
        return f"Bedrock guardrail {self.name}"


class ContentFilter(msgspec.Struct, frozen=True, rename="camel"):
    """A filter for what is harmful, and what it does with what people ask.

    Filters that are older than actions and switches tell neither: they block
    (https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-content-filters.html).
    """

    type: str
    input_strength: str
    input_action: str = "BLOCK"
    input_enabled: bool = True


class ContentPolicy(msgspec.Struct, frozen=True, rename="camel"):
    """Filters for what is harmful."""

    filters: tuple[ContentFilter, ...] = ()


class Sensitive(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Something that is looked for, and what is done with it: `BLOCK`, `ANONYMIZE` or `NONE`. What is told of one
    direction holds there, and else what is told of both.
    """

    action: str | None = None
    input_action: str | None = None
    output_action: str | None = None
    input_enabled: bool = True
    output_enabled: bool = True

    @property
    def label(self) -> str:
        """What verdicts call it."""
        raise NotImplementedError

    @property
    def acts_on_input(self) -> bool | None:
        """Whether it is kept from the model; None where that is not known."""
        return _acts(self.input_action or self.action, self.input_enabled)

    @property
    def acts_on_output(self) -> bool | None:
        """Whether it is kept from whoever asks; None where that is not known."""
        return _acts(self.output_action or self.action, self.output_enabled)


class PersonalData(Sensitive, frozen=True, kw_only=True, rename="camel"):
    """A kind of personal data."""

    type: str

    @property
    def label(self) -> str:
        """What verdicts call it."""
        return self.type


class Expression(Sensitive, frozen=True, kw_only=True, rename="camel"):
    """A regular expression, by its name."""

    name: str

    @property
    def label(self) -> str:
        """What verdicts call it."""
        return f"the regular expression {self.name}"


def _acts(action: str | None, is_enabled: bool) -> bool | None:
    if not is_enabled or action == "NONE":
        return False
    return True if action in ACTS else None


class SensitivePolicy(msgspec.Struct, frozen=True, rename="camel"):
    """What is looked for that should not be told."""

    pii_entities: tuple[PersonalData, ...] = ()
    regexes: tuple[Expression, ...] = ()


class GroundingFilter(msgspec.Struct, frozen=True, rename="camel"):
    """How well an answer has to rest on its sources, or be about what was asked: what scores less than the threshold
    is caught, so that 0 catches nothing.
    """

    type: str
    threshold: float
    action: str | None = None
    enabled: bool | None = None


class GroundingPolicy(msgspec.Struct, frozen=True, rename="camel"):
    """Filters for what models make up."""

    filters: tuple[GroundingFilter, ...]


class GuardrailPolicies(Facet[Guardrail], rename="camel"):
    """What a guardrail looks for; what it does not is left out."""

    source = call("bedrock", "GetGuardrail", guardrailIdentifier="guardrail_id")
    content: ContentPolicy = field(name="contentPolicy", default=ContentPolicy())
    sensitive: SensitivePolicy = field(name="sensitiveInformationPolicy", default=SensitivePolicy())
    grounding: GroundingPolicy = field(name="contextualGroundingPolicy", default=GroundingPolicy(filters=()))

    @property
    def looked_for(self) -> tuple[Sensitive, ...]:
        """All that should not be told."""
        return (*self.sensitive.pii_entities, *self.sensitive.regexes)
