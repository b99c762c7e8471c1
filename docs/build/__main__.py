"""`python -m docs.build [FOLDER]`: writes the site (to site/), and fails with a list of links that lead nowhere."""

from __future__ import annotations

import sys
from pathlib import Path

from docs.build.site import ROOT, broken_sources, build


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0]) if arguments else ROOT / "site"
    problems = [*broken_sources(), *build(folder)]
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{folder / 'index.html'}: {len(problems)} broken links")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
