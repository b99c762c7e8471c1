"""Findings: a verdict with the metadata of its check, its resource and its account, as users see it."""
