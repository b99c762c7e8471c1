"""How pipelines are judged."""

from __future__ import annotations

from aioprowler import Verdict, check
from aioprowler.judging.secrets import no_secrets
from aioprowler.services.datapipeline.resources import DefinitionSecrets, Pipeline


@check(fails="Data pipeline may hold secrets", severity="high", categories=["secrets"])
def datapipeline_pipeline_no_secrets_in_definition(pipeline: Pipeline, secrets: DefinitionSecrets) -> Verdict:
    """Definitions of data pipelines hold no secrets.

    Looked into are the fields of all objects, the attributes of parameters and their values, as they were saved last.

    ## Risk
    Everybody who may read the pipeline's definition reads them, and so do the machines that it runs on.

    ## Remediation
    Have the activities fetch the secret from Secrets Manager with the role that they run as, take it out of the
    definition, and change it: `aws datapipeline put-pipeline-definition --region <region> --pipeline-id <pipeline>
    --pipeline-definition file://<your-definition.json>`.

    ## References
    https://docs.aws.amazon.com/datapipeline/latest/DeveloperGuide/dp-iam-roles.html
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets.html
    """
    return no_secrets(f"The definition of {pipeline.label}", secrets)
