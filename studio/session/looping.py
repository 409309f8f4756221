"""Recording the same stretch again and again: each pass is a take of its own, and none is lost."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from studio.errors import Explanation, StudioError
from studio.media.store import TAKES
from studio.model.edits import Edit, SetTrackMute, Several, TrimClip
from studio.protocol.live import TakeFinished
from studio.session.document import Document
from studio.session.placing import new_track_id
from studio.session.playing import Loop
from studio.session.taking import Taking
from studio.session.transport import Transport

_TAIL_S = 0.15
"""A pass goes on so much longer than the loop: what is sung at its very end arrives late. It is trimmed away."""


class LoopRecording(QObject):
    """Off → a pass → its take lands → the next pass … → off, when the person stops or a pass cannot be recorded.

    Passes follow each other as soon as the files of the last one are closed. A pass that is followed by another is
    muted, so that it does not sound into that one. UI thread only.
    """

    changed = Signal()

    def __init__(
        self,
        document: Document,
        transport: Transport,
        parent: QObject | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._document, self._transport, self._clock = document, transport, clock
        self._loop: Loop | None = None
        self._turns = False
        self.passes = 0
        """How many have landed since the last start."""
        self._end = QTimer(self, singleShot=True)
        self._end.timeout.connect(self._turn)
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._pass)
        transport.take_started.connect(self._started)
        transport.take_finished.connect(self._finished)
        transport.take_broken.connect(self._broken)
        transport.state_changed.connect(self._look)
        document.folder_changed.connect(self._be_off)

    @property
    def on(self) -> bool:
        """Whether passes are being recorded."""
        return self._loop is not None

    def start(self, loop: Loop) -> None:
        """Record the loop until `stop`; StudioError where nothing can be recorded now."""
        if self._transport.recording or loop.stop <= loop.start:
            raise StudioError(
                "loop.not_now",
                "The loop was not recorded.",
                cause="A take is being recorded." if self._transport.recording else "The loop has no length.",
                remedy="Stop it first." if self._transport.recording else "Select a stretch of time first.",
            )
        self._transport.stop()
        self._loop, self._turns, self.passes = loop, True, 0
        try:
            self._pass()
        except StudioError:
            self._be_off()
            raise
        self.changed.emit()

    def stop(self) -> None:
        """End after this pass, as far as it has come; what was sung of it is kept."""
        if self.on:
            self._be_off()
            self._transport.stop()

    def _pass(self) -> None:
        if self._loop is not None:
            self._transport.record_at(self._loop.start, new_track_id())
            self._turns = False

    def _started(self, taking: Taking) -> None:
        if self._loop is not None:
            length_s = (self._loop.stop - taking.start) / taking.rate_hz
            left_s = taking.began_s - self._clock() + length_s + _TAIL_S
            self._end.start(max(round(left_s * 1000), 0))

    def _turn(self) -> None:
        """The loop has come to its end: this pass is whole."""
        if self._loop is not None and self._transport.recording:
            self._turns = True
            self._transport.stop_recording()

    def _finished(self, taking: Taking, _event: TakeFinished) -> None:
        """Its clips lie in the project by now; whoever places them was told before."""
        if self._loop is None:
            return
        self._end.stop()
        self.passes += 1
        self._trim(taking, self._loop, mute=self._turns)
        if self._turns:
            self._next.start()
        else:  # the person pressed stop
            self._be_off()

    def _trim(self, taking: Taking, loop: Loop, *, mute: bool) -> None:
        project = self._document.project
        recorded = {media.id for media in project.media if media.file.startswith(f"{TAKES}/{taking.name}/")}
        edits: list[Edit] = []
        for track in project.tracks:
            clips = [clip for clip in track.clips if clip.media in recorded]
            edits += [TrimClip(clip.id, clip.start, loop.stop) for clip in clips if clip.start < loop.stop < clip.end]
            if clips and mute:
                edits.append(SetTrackMute(track.id, muted=True))
        if edits:
            self._document.do(Several("Trim take to the loop", tuple(edits)))

    def _broken(self, _taking: Taking, _why: Explanation) -> None:
        """What goes on after that is one long take, as without a loop."""
        self._be_off()

    def _look(self) -> None:
        """A pass that was refused is the last."""
        if self.on and not self._turns and not self._transport.recording and not self._next.isActive():
            self._be_off()

    def _be_off(self) -> None:
        if self._loop is not None:
            self._loop = None
            self._end.stop()
            self._next.stop()
            self.changed.emit()
