"""How pipelines are judged."""

from __future__ import annotations

from aioprowler import Fail, Pass, Verdict, check, known
from aioprowler.services.codepipeline.resources import Definition, Pipeline, PublicSources


@check(
    fails="Pipeline begins with a public repository", severity="medium", categories=["secrets", "software-supply-chain"]
)
def codepipeline_project_repo_private(
    pipeline: Pipeline, definition: Definition, public: PublicSources
) -> Verdict | None:
    """The repositories of pipelines are private.

    Judged are those that a pipeline reaches by a connection. The connection tells their names alone, so GitHub and
    GitLab are asked whether they show a repository of that name to everybody; where one of them does not answer, a
    person has to look. With `--no-internet` nobody is asked.

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
    if not definition.repositories:
        return None
    if public.addresses:
        return Fail(f"{pipeline.label} begins with a public repository: {', '.join(public.addresses)}.")
    known(public.gap)
    return Pass(f"{pipeline.label} begins with private repositories: {', '.join(definition.repositories)}.")
