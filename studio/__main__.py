"""`python -m studio`: the window, or a verb. Decides which of the two before it imports either."""

import sys
from collections.abc import Sequence
from pathlib import Path


class _Desktop:
    """The window, imported when a verb wants it."""

    def open(self, paths: Sequence[Path]) -> int:
        from studio.app import main

        return main([str(path) for path in paths])

    def picture(self, project: Path, png: Path) -> None:
        from studio.desktop import picture

        picture(project, png)


def main() -> int:
    """Run what the command line asks for and return the exit status."""
    arguments = sys.argv[1:]
    if wants_window(arguments):
        from studio.app import main as window

        return window(arguments)
    from studio.cli.main import main as command_line

    return command_line(arguments, _Desktop())


def wants_window(arguments: Sequence[str]) -> bool:
    """Whether these are paths for the window, or nothing, and not a call of a verb."""
    if not arguments:
        return True
    first = arguments[0]
    if first.startswith("-"):
        return False
    from studio.cli.verbs import verb

    return verb(first) is None and (Path(first).exists() or "/" in first or "." in first)


if __name__ == "__main__":
    sys.exit(main())
