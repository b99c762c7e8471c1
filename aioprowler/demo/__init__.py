"""A simulated organization to try the scanner on, without any AWS account."""

from aioprowler.demo.server import BASE_CREDENTIALS, Credentials, DemoUnavailableError, EmbeddedAws

__all__ = ["BASE_CREDENTIALS", "Credentials", "DemoUnavailableError", "EmbeddedAws"]
