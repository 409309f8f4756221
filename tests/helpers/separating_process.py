"""A studio that takes sound apart, and is killed in the middle of it: by itself, when the first of it is there.

Called with "clip" and a project's folder, with "sing", that folder and a voice, to die once the vocals were taken out
and are being sung, or with "files", the folder for the results and files.
"""

import os
import signal
import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from studio.protocol.jobs import ExportSpec, StemsGrowing
from studio.protocol.messages import Event
from studio.session import stems
from studio.session.recipes import Recipe
from studio.session.wish import Wish
from tests.helpers.session import Session

TINY = Recipe(engine="tiny")


def main() -> None:
    """Begin, and never come to an end."""
    application = QCoreApplication(sys.argv)
    what, folder, files = sys.argv[1], Path(sys.argv[2]), sys.argv[3:]
    session = Session()
    separating = session.desk.separating
    if what == "sing":
        session.jobs.changed.connect(lambda: die_singing(session))
    else:
        session.jobs.partly.connect(lambda event: die(session, event))
    if what == "sing":
        session.document.open(folder)
        (piece,) = stems.pieces(session.document.project, [next(session.document.project.clips).id], None)
        session.desk.converting.sing(piece, Wish(voice=files[0], separator=TINY.engine))
    elif what == "clip":
        session.document.open(folder)
        separating.separate([next(session.document.project.clips).id], TINY)
    else:
        separating.batch.add(files)
        separating.batch.start(TINY, folder, ExportSpec(container="wav", sample_format="float32"))
    session.compute.start()
    application.exec()


def die(session: Session, event: Event) -> None:
    if isinstance(event, StemsGrowing) and event.frames:
        session.desk.separating.flush()
        os.kill(os.getpid(), signal.SIGKILL)


def die_singing(session: Session) -> None:
    if any(row.stage == "Converting" for row in session.jobs.rows):
        session.desk.separating.flush()
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
