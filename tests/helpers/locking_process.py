"""A second window of the studio, without the window: opens a project, says how, and stays until it is ended."""

import sys

from PySide6.QtCore import QCoreApplication

from studio.session.document import Document


def main() -> None:
    """Open the project named on the command line, say "writing" or the code of why not, and wait for stdin to end."""
    app = QCoreApplication([])
    document = Document()
    document.open(sys.argv[1])
    sys.stdout.write(f"{document.read_only.code if document.read_only else 'writing'}\n")
    sys.stdout.flush()
    sys.stdin.read()
    document.close()
    del app


if __name__ == "__main__":
    main()
