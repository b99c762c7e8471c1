"""`python -m aioprowler`."""

from aioprowler.cli import main

if __name__ == "__main__":
    main()
