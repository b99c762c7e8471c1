"""How repositories are judged."""

from __future__ import annotations

from aioprowler import Manual, Verdict, check
from aioprowler.judging.secrets import MOST_NAMED, no_secrets
from aioprowler.services.codecommit.resources import BranchSecrets, Repository


@check(fails="Files of a CodeCommit repository may hold secrets", severity="high", categories=["ci-cd", "secrets"])
def codecommit_repository_no_secrets(repository: Repository, secrets: BranchSecrets) -> Verdict:
    """The files of CodeCommit repositories hold no secrets.

    Read are all files at the tip of the default branch, but those that `secrets_ignore_files` names. Older commits and
    other branches are not. AWS does not hand out files of more than 6 MB: where nothing is found in the others, a
    person has to look.

    ## Risk
    Everybody who may read the repository has the secret, in each clone, and whoever steals a clone.

    ## Remediation
    Change the secret, for a commit that takes it out leaves it in the history. Keep the new one in Secrets Manager, and
    see who may read the repository: `aws codecommit get-repository --region <region> --repository-name <repository>`.

    ## References
    https://docs.aws.amazon.com/codecommit/latest/userguide/security-best-practices.html
    https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html
    """
    if secrets.unreadable and not secrets.secrets and secrets.gap is None:
        named = ", ".join(secrets.unreadable[:MOST_NAMED])
        return Manual(
            f"{repository.label} has {len(secrets.unreadable)} files that AWS does not hand out, among them {named}: "
            "look whether they hold secrets."
        )
    return no_secrets(f"The default branch of {repository.label}", secrets)
