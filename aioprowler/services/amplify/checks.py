"""How apps are judged."""

from __future__ import annotations

from aioprowler import Verdict, check
from aioprowler.judging.secrets import no_secrets
from aioprowler.services.amplify.resources import App, AppSecrets


@check(fails="Settings of an Amplify app may hold secrets", severity="high", categories=["secrets"])
def amplify_app_no_secrets_in_environment(app: App, secrets: AppSecrets) -> Verdict:
    """Environment variables and build specifications of Amplify apps hold no secrets.

    Looked into are those of the app, of its branches, and of the branches that Amplify adds by itself.

    ## Risk
    Whoever may look at the app or its builds reads them, and a build may write variables into what browsers load.

    ## Remediation
    Keep the secret in Systems Manager under `/amplify/`, where Amplify's builds find it, change it, and take it out of
    the settings: `aws amplify update-app --region <region> --app-id <app-id> --environment-variables
    <your-variables>`, or `aws amplify update-branch --region <region> --app-id <app-id> --branch-name <your-branch>
    --environment-variables <your-variables>`.

    ## References
    https://docs.aws.amazon.com/amplify/latest/userguide/environment-secrets.html
    """
    return no_secrets(f"What is in settings of {app.label}", secrets)
