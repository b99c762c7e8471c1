"""Compliance frameworks: which checks are evidence for which requirement."""
