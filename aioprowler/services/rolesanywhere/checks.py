"""How trust anchors and profiles are judged."""

from __future__ import annotations

from aioprowler import All, Fail, Failure, Here, Manual, Pass, Verdict, check, known
from aioprowler.judging.policies import Policy, Statement, is_certain_admin
from aioprowler.judging.verdicts import is_set_to, told, unknown, worst
from aioprowler.services.acmpca.resources import CertificateAuthority
from aioprowler.services.acmpca.verdicts import ML_DSA, QuantumSafe, withstands_quantum_computers
from aioprowler.services.iam.permissions import ManagedPolicies
from aioprowler.services.iam.resources import Role
from aioprowler.services.rolesanywhere.certificates import CLASSICAL, key_algorithms
from aioprowler.services.rolesanywhere.resources import Profile, TrustAnchor

_ADMINISTRATOR = ":iam::aws:policy/AdministratorAccess"
_EVERYTHING = Policy.decode({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})


@check(
    fails="Roles Anywhere profile gives away an administrator's credentials without a limit",
    severity="medium",
    categories=["identity-access", "trust-boundaries"],
)
def rolesanywhere_profile_restricts_session_permissions(
    profile: Profile, roles: All[Role] | Failure, managed: ManagedPolicies | Failure
) -> Verdict:
    """Roles Anywhere profiles limit the sessions of administrators.

    A profile limits them by a session policy, or managed policies, that do not allow everything. Where it does not,
    none of its roles may be an administrator, by all of its policies and within its permissions boundary. Disabled
    profiles give no credentials. What conditions decide is MANUAL, and so is a policy that AWS does not list.

    ## Risk
    Whoever has one certificate that the trust anchor accepts, and its key, is an administrator for as long as the
    certificate is valid, from wherever.

    ## Remediation
    Limit the sessions to what the workload needs: `aws rolesanywhere update-profile --region <region> --profile-id
    <profile> --session-policy file://<your-session-policy.json>`.

    ## References
    https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
    """
    if not profile.enabled:
        return Pass(f"{profile.label} is disabled.")
    if profile.session_policy or profile.managed_policy_arns:
        limit = _session(profile, known(managed) if profile.managed_policy_arns else None)
        is_unlimited = None if limit is None else is_certain_admin(limit)
        if is_unlimited is None:
            return Manual(f"{profile.label} has session policies of which nobody can tell how far they limit sessions.")
        if not is_unlimited:
            return Pass(f"{profile.label} limits its sessions.")
    by_arn = {role.arn: role for role in known(roles)}
    found = {arn: _is_admin(by_arn.get(arn), known(managed)) for arn in profile.role_arns}
    if admins := [arn for arn, is_admin in found.items() if is_admin]:
        return Fail(f"{profile.label} does not limit its sessions of the administrators {', '.join(admins)}.")
    if doubtful := [arn for arn, is_admin in found.items() if is_admin is None]:
        return Manual(
            f"{profile.label} does not limit its sessions of {', '.join(doubtful)}: see whether they may do all."
        )
    return Pass(f"{profile.label} has no role that is an administrator.")


def _session(profile: Profile, managed: ManagedPolicies | None) -> Policy | None:
    """All that sessions are limited to; None where a policy is not known."""
    policies = [Policy.decode(profile.session_policy)] if profile.session_policy else []
    for arn in profile.managed_policy_arns:
        document = _EVERYTHING if arn.endswith(_ADMINISTRATOR) else managed.documents.get(arn) if managed else None
        if document is None:
            return None
        policies.append(document)
    statements: list[Statement] = []
    for policy in policies:
        if policy.fault:
            return None
        statements += policy.statements
    return Policy(tuple(statements))


def _is_admin(role: Role | None, managed: ManagedPolicies) -> bool | None:
    """Whether a role may do everything; None where that is not known."""
    if role is None:
        return None
    policy, unread = managed.of(role)
    allowed = None if unread else is_certain_admin(policy)
    if allowed is False or role.permissions_boundary is None:
        return allowed
    boundary = managed.documents.get(role.permissions_boundary.permissions_boundary_arn)
    within = None if boundary is None or boundary.fault else is_certain_admin(boundary)
    return within if allowed or within is False else None


@check(
    fails="Roles Anywhere trust anchor trusts keys that quantum computers would break",
    severity="low",
    categories=["encryption"],
)
def rolesanywhere_trust_anchor_pqc_pki(
    anchor: TrustAnchor,
    authorities: Here[CertificateAuthority] | Failure,
    *,
    rolesanywhere_pqc_pca_key_algorithms: QuantumSafe = ML_DSA,
) -> Verdict:
    """Roles Anywhere trust anchors trust only keys that withstand quantum computers.

    The authority of an anchor is asked for its key, and a bundle of certificates is read: each key in it has to be of
    the ML-DSA family. An authority that is not active, or is no more, fails. One of another account is MANUAL.

    ## Risk
    Whoever can compute the authority's key from its certificate issues certificates of their own, and gets credentials
    of all roles that trust the anchor.

    ## Remediation
    Make an authority with an ML-DSA key, and trust that: `aws rolesanywhere create-trust-anchor --region <region>
    --name <name> --source file://<your-source.json> --enabled`.

    ## References
    https://docs.aws.amazon.com/rolesanywhere/latest/userguide/introduction.html
    """
    kind, data = anchor.trusts.source_type, anchor.trusts.source_data
    if kind == "AWS_ACM_PCA":
        arn = told(data.acm_pca_arn, f"acmPcaArn of {anchor.label}")
        return _by_authority(anchor, arn, authorities, rolesanywhere_pqc_pca_key_algorithms)
    if kind != "CERTIFICATE_BUNDLE":
        return unknown(anchor.label, "the source", kind)
    bundle = told(data.x509_certificate_data, f"x509CertificateData of {anchor.label}")
    safe = rolesanywhere_pqc_pca_key_algorithms
    return worst(
        is_set_to(anchor.label, "a certificate with a key of the type", each, good=safe, bad=CLASSICAL.difference(safe))
        for each in key_algorithms(bundle)
    )


def _by_authority(
    anchor: TrustAnchor, arn: str, authorities: tuple[CertificateAuthority, ...] | Failure, safe: list[str]
) -> Verdict:
    place = arn.split(":")[3:5]
    if place != [anchor.region, anchor.account.id]:
        return Manual(f"{anchor.label} trusts {arn}, which is not of its account and region: see what key that has.")
    authority = next((each for each in known(authorities) if each.arn == arn), None)
    if authority is None:
        return Fail(f"{anchor.label} trusts {arn}, which is no more.")
    if authority.status != "ACTIVE":
        return Fail(f"{anchor.label} trusts {authority.label}, whose status is {authority.status}.")
    return withstands_quantum_computers(f"The authority of {anchor.label}", authority.configuration.key_algorithm, safe)
