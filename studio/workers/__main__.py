"""`python -m studio.workers ROLE`: one worker process, speaking frames on its stdin and stdout."""

import os
import sys


def main() -> None:
    """Keep the pipes for ourselves before anything else is imported, then serve.

    A library that prints must not break the protocol, so its stdout joins stderr; one that reads finds nothing.
    """
    outlet = os.dup(1)
    os.dup2(2, 1)
    inlet = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)

    from studio.workers import runtime

    runtime.main(sys.argv[1:], inlet, outlet)


if __name__ == "__main__":
    main()
