"""AWS Trusted Advisor."""
