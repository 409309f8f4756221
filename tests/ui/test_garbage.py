"""Whatever other threads do, widgets that nobody holds any more end in the window's thread."""

import gc
import threading
import weakref

from PySide6.QtCore import QObject, Qt, QThread
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.ui.garbage import Garbage


class Circle(QWidget):
    """A widget that holds itself, as any does whose button calls it."""

    def __init__(self, ended_in: list[QThread]) -> None:
        super().__init__()
        self.me = self
        self.destroyed.connect(lambda: ended_in.append(QThread.currentThread()), Qt.ConnectionType.DirectConnection)


def test_a_widget_ends_in_the_window_s_thread_although_another_one_makes_garbage(qtbot: QtBot) -> None:
    ended_in: list[QThread] = []
    parent = QObject()
    garbage = Garbage(parent)
    gone = weakref.ref(Circle(ended_in))

    def toil() -> None:
        kept: list[list[object]] = []
        for _ in range(100_000):  # far more than Python waits for before it searches by itself
            kept.append([kept])

    worker = threading.Thread(target=toil)
    worker.start()
    worker.join()
    assert gone() is not None
    assert ended_in == []

    qtbot.waitUntil(lambda: gone() is None)
    assert ended_in == [parent.thread()]
    garbage.end()
    assert gc.isenabled()
    gc.disable()  # as it was before
