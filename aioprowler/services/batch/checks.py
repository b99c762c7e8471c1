"""How job definitions are judged."""

from __future__ import annotations

from aioprowler import Verdict, check
from aioprowler.judging.secrets import no_secrets
from aioprowler.services.batch.resources import JobDefinition, JobSecrets


@check(fails="Job definition may hold secrets", severity="high", categories=["secrets"])
def batch_job_definition_no_secrets(definition: JobDefinition, secrets: JobSecrets) -> Verdict:
    """Job definitions of AWS Batch hold no secrets.

    Each active revision is judged: the variables, the command and the arguments of its containers on ECS, Fargate and
    EKS, on all nodes of jobs on several nodes, and the defaults of its parameters. Secrets that it refers to are no
    secrets that it holds.

    ## Risk
    Everybody who may describe job definitions, or jobs, reads them, and so does each process in the container.

    ## Remediation
    Have Batch fetch the secret when the container starts: name it under `secrets` in a new revision, change it, and
    take this revision out of use: `aws batch deregister-job-definition --region <region> --job-definition <arn>`.

    ## References
    https://docs.aws.amazon.com/batch/latest/userguide/specifying-sensitive-data.html
    """
    return no_secrets(definition.label, secrets)
