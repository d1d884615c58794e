"""`python -m rushes`."""

from rushes.cli.main import entry

if __name__ == "__main__":
    entry()
