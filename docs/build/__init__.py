"""Builds the static site from the Markdown pages, the checks' docstrings and the frameworks."""
