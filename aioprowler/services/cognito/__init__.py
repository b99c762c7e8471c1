"""Amazon Cognito: user pools, their app clients, and identity pools."""
