"""A desktop in small, to be killed: `python -m tests.helpers.parent MOOD idle|busy|hold_gil`.

It starts one worker, brings it into that state, prints the worker's pid and waits.
"""

import sys

from PySide6.QtCore import QCoreApplication, QTimer

from studio.protocol.common import InjectFault, Progress
from studio.protocol.messages import Event
from studio.supervision.worker import Worker
from tests.helpers.processes import deaf, moody

_TAKES_EFFECT_MS = 700


def main() -> None:
    mood, state = sys.argv[1:]
    app = QCoreApplication([])
    worker = Worker("compute", moody(mood))

    def tell() -> None:
        sys.stdout.write(f"{worker.pid}\n")
        sys.stdout.flush()

    def bring_about(_: object) -> None:
        match state:
            case "idle":
                tell()
            case "busy":
                worker.send(deaf(1))
            case _:
                worker.send(InjectFault(kind="hold_gil"))
                QTimer.singleShot(_TAKES_EFFECT_MS, tell)

    def hear(event: Event) -> None:
        if isinstance(event, Progress) and event.fraction > 0:
            tell()

    worker.ready.connect(bring_about)
    worker.said.connect(hear)
    worker.start()
    app.exec()


if __name__ == "__main__":
    main()
