"""How pipelines are judged."""

from __future__ import annotations

from aioprowler import Fail, Pass, Verdict, check, known
from aioprowler.services.codepipeline.resources import Pipeline, PublicSources


@check(
    fails="Pipeline begins with a public repository", severity="medium", categories=["secrets", "software-supply-chain"]
)
def codepipeline_project_repo_private(pipeline: Pipeline, public: PublicSources) -> Verdict | None:
    """The repositories of pipelines are private.

    Judged are those that a pipeline reaches by a connection, which tells who hosts them: GitHub or GitLab is asked
    whether it shows the repository to everybody. Where the connection cannot be read both are. What they do not answer,
    and what is elsewhere, as at Bitbucket or on a server of one's own, a person has to look at. With `--no-internet`
    nobody is asked.

    ## Risk
    Everybody reads the code, its history and secrets in them, knows what is deployed, and may propose changes that a
    pipeline then builds.

    ## Remediation
    Make the repository private in its settings at GitHub or GitLab, or begin with another one: `aws codepipeline
    update-pipeline --region <region> --pipeline file://<your-pipeline.json>`.

    ## References
    https://docs.aws.amazon.com/codepipeline/latest/userguide/security-best-practices.html
    https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/managing-repository-settings/setting-repository-visibility
    """
    if not pipeline.repositories:
        return None
    if public.addresses:
        return Fail(f"{pipeline.label} begins with a public repository: {', '.join(public.addresses)}.")
    known(public.gap)
    names = dict.fromkeys(each.name for each in pipeline.repositories)
    return Pass(f"{pipeline.label} begins with private repositories: {', '.join(names)}.")
