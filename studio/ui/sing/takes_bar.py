"""The strip at the bottom: record a take, loop one, and every take that was recorded, the newest first."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from studio.commands.notes import loop_around
from studio.media.store import TAKES
from studio.model.project import Clip, ClipId, Project
from studio.session.desk import Desk
from studio.ui.actions import Actions
from studio.ui.controls import Button, IconButton, Text, restyle, surface, tip
from studio.ui.sing.take_card import HEIGHT_PX, TakeCard
from studio.ui.theme import TRANSPORT_PX, Theme

MOST_CARDS: Final = 100


class TakesBar(QWidget):
    """Cards are made once and shown anew: a hundred takes cost no more than their words."""

    chosen = Signal(object)  # ClipId

    def __init__(self, desk: Desk, actions: Actions, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._actions, self._theme = desk, actions, theme
        self._shown: ClipId | None = None
        self._first = True
        surface(self, "panel", "top")
        self.setFixedHeight(HEIGHT_PX + 24)
        self.setAccessibleName("Takes")
        self.record = Button("Record take", self, kind="primary")
        self.record.setFixedHeight(TRANSPORT_PX)
        self.record.setFixedWidth(132)
        self.record.clicked.connect(lambda: actions.run("transport.record"))
        self.loop = IconButton("Loop this take", "loop", theme, self, on="accent", size=TRANSPORT_PX, checkable=True)
        self.loop.clicked.connect(self._loop)
        self.note: tuple[int, int] | None = None
        """Where the note in hand lies on the timeline, while one is."""
        self.again = IconButton(
            "Record in a loop", "loop-record", theme, self, on="accent", size=TRANSPORT_PX, checkable=True
        )
        self.again.clicked.connect(lambda _on: actions.run("sing.record_loop"))
        self.cards: list[TakeCard] = []
        self._empty = Text("Takes stand here, the newest first.", theme, self, tone="secondary")
        self._row = QWidget(self)
        self._cards = QHBoxLayout(self._row)
        self._cards.setContentsMargins(0, 0, 0, 0)
        self._cards.setSpacing(8)
        self._cards.addStretch(1)
        self._scroll = QScrollArea(self)
        self._scroll.setWidget(self._row)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(self.record)
        row.addWidget(self.again)
        row.addWidget(self.loop)
        row.addSpacing(8)
        row.addWidget(self._empty, 1)
        row.addWidget(self._scroll, 1)
        desk.document.changed.connect(self.show_now)
        desk.selection.changed.connect(self._show_loop)
        desk.transport.state_changed.connect(self._show_state)
        actions.refreshed.connect(self._show_state)
        self.show_now()
        self._show_state()

    def set_theme(self, theme: Theme) -> None:
        """What is made later is made in it."""
        self._theme = theme

    @property
    def shown(self) -> ClipId | None:
        """The take that is shown."""
        return self._shown

    def come_first(self, first: bool) -> None:
        """Let recording be the first thing to do here, or the second."""
        self._first = first
        self._show_state()

    def mark(self, clip: ClipId | None) -> None:
        """Mark the take that is shown, or none."""
        self._shown = clip
        for card in self.cards:
            card.setChecked(card.clip is not None and card.clip.id == clip)
        self._show_loop()

    def show_now(self, _project: Project | None = None) -> None:
        """Show the takes of the project."""
        project = self._desk.document.project
        clips = takes_of(project)[:MOST_CARDS]
        while len(self.cards) < len(clips):
            card = TakeCard(self._theme, self._row)
            card.clicked.connect(lambda _on, which=card: self._choose(which))
            card.installEventFilter(self)
            self._cards.insertWidget(len(self.cards), card)
            self.cards.append(card)
        for card, clip in zip(self.cards, clips, strict=False):
            card.show_clip(clip, project)
        for index, card in enumerate(self.cards):
            card.setVisible(index < len(clips))
        self._empty.setVisible(not clips)
        self._scroll.setVisible(bool(clips))
        if self._shown is not None and all(clip.id != self._shown for clip in clips):
            self._shown = None
            self.chosen.emit(None)
        self.mark(self._shown)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See a double click on a card, and bring a card that takes the keyboard into sight."""
        if isinstance(watched, TakeCard):
            if event.type() == QEvent.Type.MouseButtonDblClick and watched.clip is not None:
                self._desk.transport.play(watched.clip.start, watched.clip.end)
            elif event.type() == QEvent.Type.FocusIn:
                self._scroll.ensureWidgetVisible(watched)
        return super().eventFilter(watched, event)

    def _choose(self, card: TakeCard) -> None:
        """Show a take, or go back to the voice of this moment when it was the one."""
        again = card.clip is not None and card.clip.id == self._shown
        self.mark(None if again or card.clip is None else card.clip.id)
        if card.clip is not None and not again:
            self._desk.selection.set_clips((card.clip.id,), self._desk.document.project)
        self.chosen.emit(self._shown)

    def hold(self, note: tuple[int, int] | None) -> None:
        """Let the loop be of a note, from and to timeline samples; None is the whole take."""
        if note != self.note:
            self.note = note
            self._show_loop()

    def _loop(self, on: bool) -> None:
        """Play the note in hand, or the take that is shown, again and again; or no more."""
        transport, project = self._desk.transport, self._desk.document.project
        clip = next((clip for clip in takes_of(project) if clip.id == self._shown), None)
        if on and clip is not None and self.note is not None:
            loop_around(self._desk, *self.note)
        elif on and clip is not None:
            transport.set_loop(clip.start, clip.end)
            transport.set_loop_on(True)
            transport.play(clip.start)
        else:
            transport.set_loop_on(False)
            transport.stop()
        self._show_loop()

    def _show_loop(self) -> None:
        transport = self._desk.transport
        self.loop.setEnabled(self._shown is not None)
        self.loop.setChecked(self._shown is not None and transport.loop_on and transport.playing)
        more = "" if self._shown is not None else "Choose a take first."
        self.loop.name("Loop this note" if self.note is not None else "Loop this take", "", more)

    def _show_state(self) -> None:
        recording = self._desk.transport.recording
        name = "Stop recording" if recording else "Record take"
        number = self._desk.transport.pass_number
        kind = "danger" if recording else "primary" if self._first else "normal"
        self.record.setText(f"Stop, pass {number}" if number else name)
        self.record.setAccessibleName(f"{name}, pass {number}" if number else name)
        why_not = self._actions.why_not("transport.record")
        self.record.setEnabled(not why_not)
        self.record.setToolTip(tip(name, self._actions.keys("transport.record"), f"{why_not}." if why_not else ""))
        if self.record.property("kind") != kind:
            self.record.setProperty("kind", kind)
            restyle(self.record)
        looping, why_not = self._desk.transport.loops_takes, self._actions.why_not("sing.record_loop")
        self.again.setChecked(looping)
        self.again.setEnabled(not why_not)
        what = "Stop recording in a loop" if looping else "Record in a loop"
        self.again.name(
            what,
            self._actions.keys("sing.record_loop"),
            why_not or "It goes round without a pause; each pass is a take.",
        )
        self._show_loop()


def takes_of(project: Project) -> list[Clip]:
    """The clips that were recorded here, the newest first; of one recording that went round a loop the last pass."""
    recorded = {media.id: place for place, media in enumerate(project.media) if media.file.startswith(f"{TAKES}/")}
    places = {clip.id: place for place, track in enumerate(project.tracks) for clip in track.clips}
    clips = [clip for clip in project.clips if clip.media in recorded]
    return sorted(clips, key=lambda clip: (-recorded[clip.media], -places[clip.id], clip.source_start))
