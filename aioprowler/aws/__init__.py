"""The gateway: the only place that talks to AWS."""
