"""A process that saves as fast as it can until somebody kills it; says each entry only once it is on the disk.

Called with a project's folder and the number of the first entry.
"""

import sys
from pathlib import Path

from studio.media.journal import Did, replay
from studio.media.store import ProjectStore
from studio.model.edits import SetNotes

GENERATION_EVERY = 5


def main() -> None:
    """Write entries for ever, one line on stdout for each."""
    folder, number = Path(sys.argv[1]), int(sys.argv[2])
    opened = ProjectStore.open(folder)
    store, history = opened.store, opened.history
    while True:
        entry = Did(SetNotes(str(number)))
        store.append([entry])
        history = replay(history, entry).end_gesture()
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        if number % GENERATION_EVERY == 0:
            store.save_generation(history)
        number += 1


if __name__ == "__main__":
    main()
