"""One take of a line: hear it, what was measured of it, whether it counts, and the sentences that sound wrong."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.model.spoken import SaidSentence, Take
from studio.ui import words
from studio.ui.controls import Button, Elided, IconButton, Text
from studio.ui.theme import Theme


class TakeRow(QWidget):
    """A row of buttons around a card of numbers; below it a red mark for each sentence that was hardly recognised."""

    heard = Signal(str)
    loved = Signal(str)
    dropped = Signal(str)
    again = Signal(str)  # the words of a sentence

    def __init__(self, take: Take, number: int, length_s: float, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.take = take
        name = f"Take {number}"
        self.setAccessibleName(name)
        self.play = IconButton(f"Play {name.lower()}", "play", theme, self)
        self.play.setCheckable(True)
        self.play.clicked.connect(lambda: self.heard.emit(take.id))
        self.love = IconButton(f"Use {name.lower()}", "check", theme, self, on="accent", checkable=True)
        self.love.name(f"Use {name.lower()}", "", "The take that counts, and that lies on the timeline.")
        self.love.clicked.connect(lambda: self.loved.emit(take.id))
        self.drop = IconButton(f"Delete {name.lower()}", "delete", theme, self)
        self.drop.clicked.connect(lambda: self.dropped.emit(take.id))
        title = Text(name, theme, figures=True)
        title.setFixedWidth(48)
        self.numbers = Elided(card_line(take, length_s), theme, size="label", tone="secondary")
        self.numbers.setFont(theme.font("label", figures=True))
        self.numbers.setToolTip(card_about(take))
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.play)
        row.addWidget(title)
        row.addWidget(self.numbers, 1)
        row.addWidget(self.love)
        row.addWidget(self.drop)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(row)
        for sentence in take.doubtful:
            rows.addLayout(self._doubt(sentence, theme))

    def show_state(self, *, counts: bool, heard: bool, theme: Theme) -> None:
        """Show whether this take counts, and whether it sounds now."""
        self.love.setChecked(counts)
        self.play.setChecked(heard)
        self.play.show_picture("stop" if heard else "play", theme)

    def _doubt(self, sentence: SaidSentence, theme: Theme) -> QHBoxLayout:
        text = f"✕ {sentence.wrong} of {sentence.words} words not recognised: “{sentence.text}”"
        what = Elided(text, theme, size="label", tone="error", mode=Qt.TextElideMode.ElideRight)
        heard = sentence.heard or "nothing"
        what.setToolTip(f"{sentence.text}\nHeard: {heard}\nThe recogniser is weak: listen before you believe it.")
        again = Button("Say it again", self, kind="link")
        again.setAccessibleName(f"Say it again: {sentence.text}")
        again.clicked.connect(lambda: self.again.emit(sentence.text))
        row = QHBoxLayout()
        row.setContentsMargins(32, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(what, 1)
        row.addWidget(again)
        return row


def card_line(take: Take, length_s: float) -> str:
    """What was measured of a take, in one line."""
    card = take.card
    parts = [words.length(length_s)]
    if card.loudness_lufs is not None:
        parts.append(f"{card.loudness_lufs:.1f} LUFS".replace("-", "−"))
    if card.pitch_hz is not None:
        parts.append(f"{card.pitch_hz[0]:.0f}–{card.pitch_hz[1]:.0f} Hz")
    if card.noise_db is not None:
        parts.append(f"noise {card.noise_db:.0f} dB".replace("-", "−"))
    if card.similarity is not None:
        parts.append(f"similarity {card.similarity:.2f}")
    elif card.timbre_db is not None:
        parts.append(f"timbre {card.timbre_db:.1f} dB off")
    said = sum(sentence.words for sentence in take.sentences)
    if said:
        parts.append(f"{sum(sentence.wrong for sentence in take.sentences)} of {said} words missed")
    return "  ·  ".join(parts)


def card_about(take: Take) -> str:
    """What the numbers of a card mean."""
    lines = [
        f"{take.voice_name}, seed {take.seed}",
        "Loudness of the sentences (BS.1770), the range of their pitch without the outermost twentieths,",
        "how far their quietest moments lie below the loud ones, how far their average spectrum is from the",
        "recordings of the voice.",
    ]
    if take.card.similarity is not None:
        lines += [
            "Similarity: the cosine of what Resemblyzer's network makes of the take and of the recordings. Other clips",
            "of the same reader reach about 0.9, other readers about 0.6; it says nothing of how clear the words are.",
        ]
    elif take.card.timbre_db is not None:
        lines.append("Similarity of the speaker: not measured. The optional part “measures” brings the network for it.")
    if take.card.recogniser:
        lines.append(f"Words as {take.card.recogniser} heard them: it misses many that are right.")
    return "\n".join(lines)
