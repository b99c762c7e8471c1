"""AWS Resource Groups Tagging API."""
