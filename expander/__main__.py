"""``python -m expander`` is the command ``eximulate``."""

from expander.cli.main import entry

if __name__ == "__main__":
    raise SystemExit(entry())
