"""How the keys of Nitro enclaves are judged: by their policies, and by who has called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from typing import Annotated, TypeAlias

from aioprowler import Account, All, Fail, Manual, Pass, Severity, Snippets, Verdict, check, known
from aioprowler.judging.verdicts import about, pass_if
from aioprowler.services.cloudtrail.enclave_calls import (
    AttestedCall,
    CallingKey,
    DebugHistory,
    EnclaveHistory,
    GoldenValues,
    ImageHistory,
)
from aioprowler.services.kms.enclaves import AttestedGrant, golden_values, measurement
from aioprowler.services.kms.resources import EnclaveGrants, Key

TargetKeys: TypeAlias = Annotated[list[str], "Ids of the keys to look at; empty: all on which an enclave has called."]

policy_check = partial(check, categories=["encryption", "trust-boundaries"], snippets=Snippets("enclave_key_policy"))
history_check = partial(
    check,
    categories=["encryption", "logging", "trust-boundaries"],
    about=Key,
    resource_arn="arn:{partition}:kms:{default_region}:{account_id}:enclave-debug-attestation",
)


def _names(grants: Iterable[AttestedGrant]) -> str:
    return ", ".join(f"{each.name} ({', '.join(each.actions)})" for each in grants)


@policy_check(
    fails="KMS key of an enclave can be used without an attestation document",
    severity="high",
    categories=["encryption", "identity-access", "trust-boundaries"],
)
def kms_key_enclave_attestation_bypassable_path(key: Key, use: EnclaveGrants) -> Verdict | None:
    """The policies of enclaves' KMS keys leave no way around attestation.

    Each Allow for what enclaves call (`kms:Decrypt`, `kms:GenerateDataKey` and the like) has to demand a measurement of
    the enclave, or a Deny has to keep out whoever sends no attestation document. A key is an enclave's where its policy
    asks for attestation, or its description, alias or tags have the word `enclave`. Grants, and IAM policies, are not
    looked into.

    ## Risk
    Whoever gets hold of a role that may use the key decrypts the data outside of any enclave: the enclave protects
    nothing.

    ## Remediation
    Deny these actions where `kms:RecipientAttestation:ImageSha384` is missing (`"Null": {...: "true"}`), and take them
    out of the account's own statement: `aws kms put-key-policy --region <region> --key-id <key> --policy-name default
    --policy file://<your-key-policy.json>`.

    ## References
    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-attestation.html
    """
    if use.grants is None:
        return None
    open_ = [each for each in use.grants if not (each.measurements or each.is_barred)]
    return pass_if(
        not open_,
        f"{key.label} cannot be used by its policy without an attestation document.",
        f"{key.label} can be used without an attestation document by {_names(open_)}.",
    )


@policy_check(fails="KMS key of an enclave is not tied to where the enclave runs", severity="informational")
def kms_key_enclave_attestation_no_deployment_binding(key: Key, use: EnclaveGrants) -> Verdict | None:
    """The policies of enclaves' KMS keys say where the enclave has to run.

    Each Allow that demands a measurement also has to demand the role of the host (PCR3), its instance (PCR4), who
    signed the image (PCR8), or by a condition the account, organization or network of the caller. A key whose policy
    demands no measurement at all is MANUAL.

    ## Risk
    PCR0, PCR1 and PCR2 are those of the image. Whoever has the image runs it in another account, feeds it other input,
    and gets at the same data.

    ## Remediation
    Add `kms:RecipientAttestation:PCR3`, the hash of the role's ARN, to the conditions: `aws kms put-key-policy --region
    <region> --key-id <key> --policy-name default --policy file://<your-key-policy.json>`.

    ## References
    https://docs.aws.amazon.com/enclaves/latest/user/set-up-attestation.html
    """
    if use.grants is None:
        return None
    attested = [each for each in use.grants if each.measurements]
    if not attested:
        return Manual(f"{key.label} demands no measurement in its policy that could be tied to a place.")
    loose = [each for each in attested if not each.is_placed]
    return pass_if(
        not loose,
        f"{key.label} is tied by its policy to where the enclave runs.",
        f"{key.label} can be used wherever the enclave runs by {_names(loose)}.",
    )


@policy_check(fails="KMS key of an enclave does not demand attestation", severity="high")
def kms_key_enclave_attestation_not_enforced(key: Key, use: EnclaveGrants) -> Verdict | None:
    """The policies of enclaves' KMS keys demand attestation in each Allow for what enclaves call.

    A condition on `kms:RecipientAttestation:` counts where its value is a fixed one, and a request without the key does
    not pass: not with `...IfExists`, nor over all of no values (`ForAllValues:`), unless `Null` asks for the key. A key
    is an enclave's where its policy asks for attestation, or its description, alias or tags have the word `enclave`.

    ## Risk
    The host of the enclave, and all else that has the role, decrypts the data that only the enclave should see.

    ## Remediation
    Add `"StringEqualsIgnoreCase": {"kms:RecipientAttestation:ImageSha384": "..."}` to the statement: `aws kms
    put-key-policy --region <region> --key-id <key> --policy-name default --policy file://<your-key-policy.json>`.

    ## References
    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-attestation.html
    """
    if use.grants is None:
        return None
    bare = [each for each in use.grants if not each.measurements]
    return pass_if(
        not bare,
        f"{key.label} demands attestation in its policy.",
        f"{key.label} does not demand attestation in {_names(bare)}.",
    )


@policy_check(fails="KMS key of an enclave trusts a measurement that is not known", severity="medium")
def kms_key_enclave_attestation_pcr_mismatch(
    key: Key,
    use: EnclaveGrants,
    *,
    enclave_golden_pcr_values: GoldenValues = {},  # noqa: B006 - never changed
) -> Verdict | None:
    """The policies of enclaves' KMS keys trust only measurements that you know.

    The measurements that the policy demands are compared with those of the configuration key
    `enclave_golden_pcr_values`. Where it has none, or none of a register that the policy names, the key is MANUAL.

    ## Risk
    A policy that lets in another image than the one that was built and reviewed gives the data to whatever runs there:
    an old build with a known flaw, or one that somebody slipped in.

    ## Remediation
    Take the measurements of the build (`nitro-cli describe-eif`), and put them into the policy: `aws kms put-key-policy
    --region <region> --key-id <key> --policy-name default --policy file://<your-key-policy.json>`.

    ## References
    https://docs.aws.amazon.com/enclaves/latest/user/set-up-attestation.html
    """
    if use.grants is None:
        return None
    golden = golden_values(enclave_golden_pcr_values)
    if not golden:
        return Manual(_unconfigured(f"What {key.label} trusts"))
    demanded = sorted(
        {(name, value) for each in use.grants for name, values in each.measurements.items() for value in values}
    )
    if not demanded:
        return Manual(f"{key.label} demands no measurement in its policy that could be compared.")
    strange = [
        f"{name} {value}"
        for name, value in demanded
        if measurement(value) not in golden.get(name, {measurement(value)})
    ]
    untold = [f"{name} {value}" for name, value in demanded if name not in golden]
    if strange:
        return Fail(f"{key.label} trusts {', '.join(strange)}, which enclave_golden_pcr_values does not have.")
    if untold:
        return Manual(f"{key.label} trusts {', '.join(untold)}: enclave_golden_pcr_values has none of that register.")
    return Pass(f"{key.label} trusts only what enclave_golden_pcr_values has.")


def _unconfigured(what: str) -> str:
    return f"{what} cannot be compared: set enclave_golden_pcr_values in the configuration."


# --- Who has called ---


@history_check(fails="KMS key was called by an unknown enclave image", severity="medium")
def kms_key_enclave_attestation_unknown_image(
    account: Account,
    histories: All[ImageHistory],
    *,
    enclave_golden_pcr_values: GoldenValues = {},  # noqa: B006 - never changed
    enclave_unknown_image_target_key_ids: TargetKeys = [],  # noqa: B006 - never changed
    enclave_unknown_image_severity: Annotated[str, "Of a failure: `medium` or `high`."] = "medium",
) -> Iterator[Verdict]:
    """KMS keys are called only by enclaves whose image you know.

    CloudTrail's event history, which is there without a trail, has the measurements of enclaves that called
    `kms:Decrypt`, `kms:DeriveSharedSecret`, `kms:GenerateDataKey` or `kms:GenerateDataKeyPair`. They are compared with
    those of the configuration key `enclave_golden_pcr_values`, register by register. Calls in debug mode are left to
    the check for that. A key is MANUAL where not all of its events could be read, and the account where no enclave has
    called.

    ## Risk
    An image that nobody reviewed has decrypted data: an old build, another team's, or that of an attacker who may start
    enclaves.

    ## Remediation
    See who started the enclave on the instance that the event names, and let the key's policy demand the measurements
    of your images: `aws kms put-key-policy --region <region> --key-id <your-key> --policy-name default --policy
    file://<your-key-policy.json>`.

    ## References
    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-attestation.html
    """
    golden = golden_values(enclave_golden_pcr_values)
    if not golden:
        yield Manual(_unconfigured("What enclaves have called AWS KMS"))
        return
    severity: Severity = "high" if enclave_unknown_image_severity.lower() == "high" else "medium"

    def judge(label: str, calls: Sequence[AttestedCall]) -> Verdict:
        for call in calls:
            strange = [name for name, value in call.measurements.items() if value not in golden.get(name, {value})]
            if strange:
                values = ", ".join(f"{name} {call.measurements[name].hex()}" for name in strange)
                return Fail(f"{label} was called by an unknown enclave image: {call} with {values}.", severity=severity)
        untold = next((each for each in calls if not golden.keys() <= each.measurements.keys()), None)
        if untold:
            return Manual(
                f"{label} was called by an enclave of which CloudTrail does not have all measurements: {untold}."
            )
        return Pass(f"{label} was called by known enclave images alone, {len(calls)} times.")

    yield from _by_key(account, histories, enclave_unknown_image_target_key_ids, judge, debug=False)


@history_check(fails="KMS key was called by an enclave in debug mode", severity="high")
def kms_key_enclave_debug_attestation_detected(
    account: Account,
    histories: All[DebugHistory],
    *,
    enclave_debug_target_key_ids: TargetKeys = [],  # noqa: B006 - never changed
) -> Iterator[Verdict]:
    """KMS keys are not called by enclaves in debug mode.

    The measurements of an image (PCR0, PCR1, PCR2) are all zeros in debug mode, and CloudTrail's event history, which
    is there without a trail, has those of enclaves that called `kms:Decrypt`, `kms:DeriveSharedSecret`,
    `kms:GenerateDataKey` or `kms:GenerateDataKeyPair`. A key is MANUAL where not all of its events could be read, and
    the account where no enclave has called.

    ## Risk
    The console of an enclave in debug mode can be read from its host, with whatever the program writes, and its
    attestation proves nothing: any image has the same measurements.

    ## Remediation
    Start the enclave without `--debug-mode`, and let the key's policy demand the image's measurement, which zeros do
    not meet: `aws kms put-key-policy --region <region> --key-id <your-key> --policy-name default --policy
    file://<your-key-policy.json>`.

    ## References
    https://docs.aws.amazon.com/enclaves/latest/user/cmd-nitro-run-enclave.html
    """
    yield from _by_key(account, histories, enclave_debug_target_key_ids, _without_debug)


def _without_debug(label: str, calls: Sequence[AttestedCall]) -> Verdict:
    debug = next((each for each in calls if each.is_debug), None)
    if debug:
        return Fail(f"{label} was called by an enclave in debug mode: {debug}.")
    untold = next((each for each in calls if each.is_debug is None), None)
    if untold:
        return Manual(f"{label} was called by an enclave of which CloudTrail does not have all measurements: {untold}.")
    return Pass(f"{label} was called by enclaves, {len(calls)} times, and never in debug mode.")


def _by_key(
    account: Account,
    histories: Iterable[EnclaveHistory],
    wanted: Collection[str],
    judge: Callable[[str, Sequence[AttestedCall]], Verdict],
    *,
    debug: bool = True,
) -> Iterator[Verdict]:
    """The verdict on each key that was called, be it in debug mode or only otherwise; MANUAL on a wanted one that was
    not, and on the account if none was.
    """
    unread = {each.region: each.unread for each in histories if each.unread is not None}
    found: dict[tuple[str, str], list[AttestedCall]] = defaultdict(list)
    for history in histories:
        for call in history.calls:
            if (debug or not call.is_debug) and (not wanted or call.key_id in wanted):
                found[history.region, call.key_arn].append(call)
    for (region, arn), calls in sorted(found.items()):
        key = CallingKey(key_id=calls[0].key_id, arn=arn, account=account, region=region)
        verdict = judge(key.label, calls)
        if region in unread and not isinstance(verdict, Fail):
            verdict = Manual(f"{verdict.detail} {unread[region].explain()}", gap=unread[region])
        yield about(verdict, resource=key, key=key.key_id)
    for key_id in sorted(set(wanted).difference(call.key_id for calls in found.values() for call in calls)):
        yield Manual(f"No call of an enclave on KMS key {key_id} was found.", resource_id=key_id)
    if not found and not wanted:
        for gap in unread.values():
            known(gap)
        yield Manual("No call of an enclave on a KMS key was found, so that nobody knows how enclaves call.")
