"""How what Bedrock keeps is judged: models, documents and prompts, and their keys."""

from __future__ import annotations

from collections.abc import Iterator

from aioprowler import Fail, Here, Pass, Region, Verdict, check
from aioprowler.judging.encryption import AWS_OWNED, Key, encrypted_with_own_key
from aioprowler.judging.verdicts import about
from aioprowler.services.bedrock.resources import CustomModel, DataSource, Prompt, PromptKey


def _encrypted(label: str, key: str) -> Verdict:
    """Bedrock takes no other keys than customer managed ones, and encrypts with its own where it was given none."""
    return encrypted_with_own_key(label, Key("customer managed", key) if key else AWS_OWNED)


@check(
    fails="Bedrock custom model is not encrypted with a key of the account's own",
    severity="critical",
    categories=["encryption", "gen-ai"],
)
def bedrock_custom_model_encrypted_with_cmk(model: CustomModel) -> Verdict:
    """Bedrock custom models are encrypted with customer managed keys.

    Judged are models that the account owns, once they are made: the key of one that is shared with it is its owner's to
    choose.

    ## Risk
    What a model learnt of the account's data is in its weights. With AWS's key nobody in the account decides who may
    decrypt them, sees who does, or can take that away.

    ## Remediation
    The key of a model stays as it was made. Customize it anew with a key: `aws bedrock create-model-customization-job
    --region <region> --job-name <your-job-name> --custom-model-name <your-model-name> --role-arn <your-role-arn>
    --base-model-identifier <your-base-model> --training-data-config s3Uri=<your-training-data> --output-data-config
    s3Uri=<your-output> --custom-model-kms-key-id <your-kms-key>`.

    ## References
    https://docs.aws.amazon.com/bedrock/latest/userguide/encryption-custom-job.html
    """
    return _encrypted(model.label, model.key)


@check(
    fails="Bedrock data source is not encrypted with a key of the account's own",
    severity="high",
    categories=["encryption", "gen-ai"],
)
def bedrock_knowledge_base_encrypted_with_cmk(data_source: DataSource) -> Verdict:
    """Data sources of Bedrock knowledge bases are encrypted with customer managed keys.

    The key is for what a knowledge base keeps while it takes documents in. Where vectors are kept is not judged.

    ## Risk
    With AWS's key nobody in the account decides who may decrypt the documents, sees who does, or can take that away.

    ## Remediation
    Name a key: `aws bedrock-agent update-data-source --region <region> --knowledge-base-id <knowledge-base-id>
    --data-source-id <data-source> --name <name> --data-source-configuration file://<your-configuration.json>
    --server-side-encryption-configuration kmsKeyArn=<your-kms-key-arn>`.

    ## References
    https://docs.aws.amazon.com/bedrock/latest/userguide/encryption-kb.html
    """
    return _encrypted(data_source.label, data_source.encryption.kms_key_arn)


@check(
    fails="Bedrock prompt is not encrypted with a key of the account's own",
    severity="medium",
    categories=["encryption", "gen-ai"],
)
def bedrock_prompt_encrypted_with_cmk(prompt: Prompt, key: PromptKey) -> Verdict:
    """Bedrock prompts are encrypted with customer managed keys.

    Judged is the working draft of each prompt, and not the versions that were made of it.

    ## Risk
    With AWS's key nobody in the account decides who may decrypt what models are told, sees who does, or can take that
    away.

    ## Remediation
    Name a key: `aws bedrock-agent update-prompt --region <region> --prompt-identifier <prompt> --name <name>
    --variants file://<your-variants.json> --default-variant <your-variant> --customer-encryption-key-arn
    <your-kms-key-arn>`.

    ## References
    https://docs.aws.amazon.com/bedrock/latest/userguide/encryption-prompts.html
    """
    return _encrypted(prompt.label, key.arn)


@check(
    fails="Region has no prompt in Bedrock",
    severity="low",
    categories=["gen-ai"],
    about=Prompt,
    resource_id="prompt-management",
    resource_arn="arn:{partition}:bedrock:{region}:{account_id}:prompt-management",
)
def bedrock_prompt_management_exists(region: Region, prompts: Here[Prompt]) -> Iterator[Verdict]:
    """Regions keep prompts in Bedrock.

    Each of them is told. Whether applications use them is not judged.

    ## Risk
    Prompts are scattered over the code of applications: nobody can tell which one was in use, or change one that was
    found to be dangerous everywhere at once.

    ## Remediation
    Keep those that applications share in Bedrock, in versions: `aws bedrock-agent create-prompt --region <region>
    --name <your-prompt-name> --variants file://<your-variants.json>`.

    ## References
    https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-management.html
    """
    for each in prompts:
        yield about(Pass(f"{each.label} is there in {region.name}."), resource=each)
    if not prompts:
        yield Fail(f"Bedrock keeps no prompts in {region.name}.")
