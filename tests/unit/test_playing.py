"""The orders to play and to stop, without a worker: what is sent, and where playing would begin."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from studio.model.project import Clip, ClipId, Media, MediaId, Project, Track, TrackId
from studio.protocol.live import Play, Stop
from studio.protocol.messages import Request
from studio.session.document import Document
from studio.session.looping import Loop
from studio.session.playing import Playing
from studio.session.selection import Selection
from tests.helpers.states import audio_state

LENGTH = 10_000


@dataclass
class Booth:
    """A project of 10 000 samples, a selection, and all orders that were given."""

    document: Document
    selection: Selection = field(default_factory=Selection)
    sent: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.playing = Playing(self.document, self.selection, self.sent.append, lambda: 0.0)

    @property
    def order(self) -> tuple[int, int]:
        """Start and stop of the last order to play."""
        order = self.sent[-1]
        assert isinstance(order, Play)
        return order.start, order.stop


@pytest.fixture
def booth(qapp: object) -> Iterator[Booth]:
    media = Media(id=MediaId("m"), name="m", file="media/m.wav", rate_hz=8000, channels=1, length=LENGTH)
    clip = Clip(id=ClipId("c"), media=media.id, source_start=0, start=0, length=LENGTH)
    document = Document()
    document.new_untitled(
        Project(rate_hz=8000, media=(media,), tracks=(Track(id=TrackId("t"), name="T", clips=(clip,)),))
    )
    yield Booth(document)
    document.close()


def test_playing_begins_at_the_cursor_or_plays_the_selection(booth: Booth) -> None:
    booth.selection.set_cursor(500)
    booth.playing.play()
    assert booth.order == (500, 0)

    booth.selection.set_range(2000, 3000)
    booth.playing.play()
    assert booth.order == (2000, 3000)


@pytest.mark.parametrize(("alone", "start"), [(True, 0), (False, LENGTH)])
def test_playing_past_the_end_begins_again_unless_a_take_is_recorded(booth: Booth, alone: bool, start: int) -> None:
    booth.selection.set_cursor(LENGTH)
    booth.playing.play(alone=alone)
    assert booth.order == (start, 0)


def test_a_pause_inside_a_selection_keeps_its_end(booth: Booth) -> None:
    booth.selection.set_range(2000, 3000)
    booth.playing.play()
    booth.playing.pause(2400)
    assert isinstance(booth.sent[-1], Stop)
    assert booth.playing.position() == 2400

    booth.playing.play()
    assert booth.order == (2400, 3000)
    assert booth.playing.paused_at is None


def test_stopping_forgets_the_pause_and_says_so_only_once(booth: Booth) -> None:
    booth.selection.set_cursor(700)
    booth.playing.play()
    booth.playing.pause(1200)
    sent = len(booth.sent)
    booth.playing.stop()
    assert booth.playing.place == 700
    assert len(booth.sent) == sent


def test_a_start_outside_the_loop_is_moved_to_its_beginning(booth: Booth) -> None:
    booth.playing.loop, booth.playing.loop_on = Loop(4000, 6000), True
    booth.selection.set_cursor(100)
    booth.playing.play()
    order = booth.sent[-1]
    assert isinstance(order, Play)
    assert (order.start, order.stop, order.loop_start, order.loop_stop) == (4000, 0, 4000, 6000)


def test_going_elsewhere_while_playing_is_a_new_order_and_moves_only_the_cursor_while_recording(booth: Booth) -> None:
    booth.playing.play()
    booth.playing.seek(5000)
    assert booth.order == (5000, 0)

    sent = len(booth.sent)
    booth.playing.seek(6000, alone=False)
    assert len(booth.sent) == sent
    assert booth.selection.start == 6000


def test_playing_and_recording_share_their_numbers(booth: Booth) -> None:
    booth.playing.play()
    number = booth.playing.play_along(300, heard=True)
    assert number == 2

    booth.playing.hear(audio_state(serial=1))
    assert booth.playing.wanted
    booth.playing.hear(audio_state(serial=2))
    assert not booth.playing.wanted


def test_a_lost_worker_plays_nothing(booth: Booth) -> None:
    booth.selection.set_cursor(900)
    booth.playing.play(2000)
    booth.playing.lose()
    assert not booth.playing.wanted
    assert booth.playing.position() == 900


def test_the_refusal_of_an_older_order_says_nothing_of_the_last(booth: Booth) -> None:
    booth.playing.play(1000)
    booth.playing.play(2000)
    first, last = (order.serial for order in booth.sent if isinstance(order, Play))

    assert not booth.playing.awaits(first)
    assert booth.playing.awaits(last)
    assert booth.playing.awaits(0)
