"""The HTML report: one file that needs nothing else."""

from aioprowler.outputs.html.writer import HtmlWriter

__all__ = ["HtmlWriter"]
