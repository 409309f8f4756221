"""A studio that speaks a script, and is killed in the middle of it: by itself, when its second line has begun.

Called with a project's folder, in which the script is.
"""

import os
import signal
import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from studio.model.edits import AddLines, SetSpeaker
from studio.model.spoken import Line, LineId, Speaker, SpeakerId
from studio.session.speaking import Speaking
from tests.helpers.session import Session

SENTENCES = 8
"""So many that nobody is too late to see some of them done and others not."""

LONG = " ".join(f"Das ist der Satz Nummer {number}." for number in range(SENTENCES))
BEGUN = 0.2


def write(session: Session, folder: Path, voice: str) -> None:
    """Put a script of four lines into a project of its own: the second of them is long."""
    session.document.save_as(folder)
    session.document.do(SetSpeaker(speaker=Speaker(id=SpeakerId("narrator"), name="Otto", voice=voice)))
    texts = ("Guten Tag.", LONG, "Wie geht es?", "Auf Wiedersehen.")
    lines = tuple(Line(id=LineId(f"l{number}"), text=text) for number, text in enumerate(texts))
    session.document.do(AddLines(lines=lines, index=0))


def has_begun(speaking: Speaking) -> bool:
    """Whether a part of the second line is spoken, and a part is not."""
    row = speaking.row
    return row is not None and row.title == "Speaking line 2" and row.fraction >= BEGUN


def main() -> None:
    """Begin, and never come to an end."""
    application = QCoreApplication(sys.argv)
    session = Session()
    session.document.open(Path(sys.argv[1]))
    speaking = session.desk.speaking

    def die() -> None:
        if has_begun(speaking):
            speaking.flush()
            session.document.flush()
            os.kill(os.getpid(), signal.SIGKILL)

    speaking.changed.connect(die)
    speaking.speak(speaking.to_do())
    session.compute.start()
    application.exec()


if __name__ == "__main__":
    main()
