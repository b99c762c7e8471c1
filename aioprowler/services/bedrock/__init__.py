"""Amazon Bedrock: guardrails, agents, prompts, knowledge bases, custom models and the log of what models are asked."""
