"""How guardrails are judged."""

from __future__ import annotations

from collections.abc import Iterator

from aioprowler import Fail, Here, Manual, Pass, Region, Verdict, check
from aioprowler.judging.verdicts import about, is_set_to, pass_if, unknown, worst
from aioprowler.services.bedrock.guardrails import (
    PROMPT_ATTACK,
    GroundingFilter,
    Guardrail,
    GuardrailPolicies,
    Sensitive,
)

GROUNDING = ("GROUNDING", "RELEVANCE")


@check(
    fails="Region has no guardrail of Bedrock",
    severity="medium",
    categories=["gen-ai"],
    about=Guardrail,
    resource_id="bedrock-guardrails",
    resource_arn="arn:{partition}:bedrock:{region}:{account_id}:guardrails",
)
def bedrock_guardrails_configured(region: Region, guardrails: Here[Guardrail]) -> Iterator[Verdict]:
    """Regions have a guardrail of Bedrock.

    Each of them is told. Whether anything uses it is not judged, and neither is what it does. One in the state FAILED
    is MANUAL: AWS could not create it, or could not change or delete it.

    ## Risk
    There is nothing that an application or agent could have between people and models: what is harmful goes in, and
    what is secret comes out.

    ## Remediation
    In regions where models are used: `aws bedrock create-guardrail --region <region> --name <your-guardrail-name>
    --blocked-input-messaging <your-message> --blocked-outputs-messaging <your-message> --content-policy-config
    file://<your-filters.json>`.

    ## References
    https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails.html
    """
    for each in guardrails:
        verdict = (
            Manual(f"{each.label} has failed in {region.name}: AWS does not tell whether it was ever made.")
            if each.status == "FAILED"
            else Pass(f"{each.label} is there in {region.name}.")
        )
        yield about(verdict, resource=each)
    if not guardrails:
        yield Fail(f"Bedrock has no guardrail in {region.name}.")


@check(fails="Bedrock guardrail does not block attacks by prompts", severity="high", categories=["gen-ai"])
def bedrock_guardrail_prompt_attack_filter_enabled(guardrail: Guardrail, policies: GuardrailPolicies) -> Verdict:
    """Bedrock guardrails block attacks by prompts, with the highest strength.

    The filter for prompt attacks looks at what people ask. It has to block, and not only tell what it found.

    ## Risk
    Whoever asks talks the model into what it is told not to do: to give away its instructions and data, or to call what
    it may call for others.

    ## Remediation
    Set the filter's strength, and repeat all else that the guardrail is to keep: `aws bedrock update-guardrail --region
    <region> --guardrail-identifier <guardrail> --name <name> --blocked-input-messaging <your-message>
    --blocked-outputs-messaging <your-message> --content-policy-config file://<your-filters.json>` with all filters that
    it is to have, and `{"type":"PROMPT_ATTACK","inputStrength":"HIGH","outputStrength":"NONE","inputAction":"BLOCK"}`
    among them.

    ## References
    https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-prompt-attack.html
    """
    found = next((each for each in policies.content.filters if each.type == PROMPT_ATTACK), None)
    if found is None:
        return Fail(f"{guardrail.label} has no filter for prompt attacks.")
    if not found.input_enabled:
        return Fail(f"{guardrail.label} has its filter for prompt attacks switched off.")
    subject = f"The filter for prompt attacks of {guardrail.label}"
    action = is_set_to(subject, "the action", found.input_action, good=["BLOCK"], bad=["NONE"])
    strength = is_set_to(subject, "the strength", found.input_strength, good=["HIGH"], bad=["NONE", "LOW", "MEDIUM"])
    return worst([strength, action])


@check(fails="Bedrock guardrail does not block what models make up", severity="high", categories=["gen-ai"])
def bedrock_guardrail_contextual_grounding_filter_enabled(guardrail: Guardrail, policies: GuardrailPolicies) -> Verdict:
    """Bedrock guardrails block answers that do not rest on their sources, or are not about what was asked.

    Both filters have to be there, switched on, with a threshold above 0 and the action to block. Of filters that tell
    neither action nor switch nobody knows what they do.

    ## Risk
    People and programs act on what the model made up.

    ## Remediation
    Give it both filters, and repeat all else that the guardrail is to keep: `aws bedrock update-guardrail --region
    <region> --guardrail-identifier <guardrail> --name <name> --blocked-input-messaging <your-message>
    --blocked-outputs-messaging <your-message> --contextual-grounding-policy-config
    file://<your-grounding-filters.json>` with `{"type":"GROUNDING","threshold":0.7,"action":"BLOCK","enabled":true}`,
    and the same for `RELEVANCE`.

    ## References
    https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-contextual-grounding-check.html
    """
    found = {each.type: each for each in policies.grounding.filters}
    return worst(_grounds(guardrail.label, kind, found.get(kind)) for kind in GROUNDING)


def _grounds(label: str, kind: str, found: GroundingFilter | None) -> Verdict:
    """Whether the filter blocks anything."""
    if found is None:
        return Fail(f"{label} has no filter {kind}.")
    subject = f"The filter {kind} of {label}"
    if found.enabled is False:
        return Fail(f"{subject} is switched off.")
    if found.action == "NONE":
        return Fail(f"{subject} has the action NONE, and blocks nothing.")
    if found.threshold <= 0:
        return Fail(f"{subject} has the threshold {found.threshold:g}, which catches nothing.")
    if found.action is None or found.enabled is None:
        return Manual(
            f"AWS did not tell the action of {subject[0].lower()}{subject[1:]}, or whether it is switched on."
        )
    if found.action != "BLOCK":
        return unknown(subject, "the action", found.action)
    return Pass(f"{subject} blocks what scores less than {found.threshold:g}.")


@check(fails="Bedrock guardrail blocks and masks no sensitive information", severity="high", categories=["gen-ai"])
def bedrock_guardrail_sensitive_information_filter_enabled(
    guardrail: Guardrail, policies: GuardrailPolicies
) -> Verdict:
    """Bedrock guardrails block or mask sensitive information.

    Something that they look for, a kind of personal data or a regular expression, is blocked or masked in what people
    ask or in what models answer. What is only looked for counts for nothing.

    ## Risk
    Personal data and credentials that a model has learnt, or was told with what it was asked, come out to whoever asks.

    ## Remediation
    Say what is to be looked for, and repeat all else that the guardrail is to keep: `aws bedrock update-guardrail
    --region <region> --guardrail-identifier <guardrail> --name <name> --blocked-input-messaging
    <your-message> --blocked-outputs-messaging <your-message> --sensitive-information-policy-config
    file://<your-sensitive-information.json>`.

    ## References
    https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-sensitive-filters.html
    """
    found = policies.looked_for
    acting = [each.label for each in found if True in (each.acts_on_input, each.acts_on_output)]
    doubtful = [each for each in found if None in (each.acts_on_input, each.acts_on_output)]
    if not acting and doubtful:
        return _untold(guardrail, doubtful)
    return pass_if(
        bool(acting),
        f"{guardrail.label} blocks or masks {', '.join(acting)}.",
        f"{guardrail.label} blocks and masks no sensitive information.",
    )


@check(
    fails="Bedrock guardrail lets sensitive information out that it looks for", severity="high", categories=["gen-ai"]
)
def bedrock_guardrail_sensitive_information_filter_enforced(
    guardrail: Guardrail, policies: GuardrailPolicies
) -> Verdict | None:
    """Bedrock guardrails block or mask all sensitive information that they look for, in what models answer.

    Every kind of personal data and every regular expression of the guardrail is judged. One that looks for nothing is
    not.

    ## Risk
    What the guardrail finds in an answer is noted, and goes out to whoever asked all the same.

    ## Remediation
    Give each an action on what models answer, and repeat all else that the guardrail is to keep: `aws bedrock
    update-guardrail --region <region> --guardrail-identifier <guardrail> --name <name>
    --blocked-input-messaging <your-message> --blocked-outputs-messaging <your-message>
    --sensitive-information-policy-config file://<your-sensitive-information.json>` with
    `"outputAction":"ANONYMIZE","outputEnabled":true`.

    ## References
    https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-sensitive-filters.html
    """
    found = policies.looked_for
    if not found:
        return None
    let_out = [each.label for each in found if each.acts_on_output is False]
    doubtful = [each for each in found if each.acts_on_output is None]
    if not let_out and doubtful:
        return _untold(guardrail, doubtful)
    return pass_if(
        not let_out,
        f"{guardrail.label} blocks or masks in answers all that it looks for ({len(found)}).",
        f"{guardrail.label} looks for this in answers, and lets it out: {', '.join(let_out)}.",
    )


def _untold(guardrail: Guardrail, doubtful: list[Sensitive]) -> Manual:
    names = ", ".join(each.label for each in doubtful)
    return Manual(f"What {guardrail.label} does with this is not told, or not known here: {names}.")
