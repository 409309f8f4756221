"""Everything between the devices and the mixer or the disk: made anew when the devices run at another rate."""

from studio.audio.backing import QUEUE_S as BACKING_QUEUE_S
from studio.audio.backing import Backing
from studio.audio.fifo import Fifo
from studio.audio.gauges import Gauges
from studio.audio.live_pitch import TAP_S, Ear, Makes, Range
from studio.audio.playback import QUEUE_S as PLAY_QUEUE_S
from studio.audio.playback import Player, Renders
from studio.audio.recording import Recorder
from studio.audio.state import Along, Hears, Points
from studio.audio.stream import QUEUE_S, Microphone, Speaker
from studio.audio.watchdog import Alarms


class Chain:
    """Speaker and microphone, player and recorder, the queues between them, and the meters, all at one rate."""

    def __init__(self, rate_hz: int, meters: Points, hears: Hears, alarms: Alarms, mixer: Renders | None) -> None:
        self.rate_hz = second = rate_hz
        self._play_queue = Fifo(round(PLAY_QUEUE_S * second), 2)
        heard_queue = Fifo(round(QUEUE_S * second), 2)
        monitor_queue = Fifo(second // 2, 2)
        out_meter, in_meter = Fifo(second, 2), Fifo(second, 2)
        backing_queue = Fifo(round(BACKING_QUEUE_S * second), 2)
        self.speaker = Speaker(self._play_queue, monitor_queue, out_meter, second, backing_queue)
        self._tap = Fifo(round(TAP_S * second), 1)
        self.microphone = Microphone(heard_queue, monitor_queue, in_meter, second, self._tap)
        self._ear: Ear | None = None
        self.player = Player(self._play_queue, rate_hz)
        self._backing = Backing(self.speaker, backing_queue, self.player, rate_hz)
        self._along = Along()
        self.recorder = Recorder(self.microphone, heard_queue, rate_hz, hears, alarms)
        self.gauges = Gauges(in_meter, out_meter, rate_hz, meters, alarms)
        if mixer is not None:
            self.player.load(mixer)

    @property
    def played_out(self) -> bool:
        """Whether nothing is left to play."""
        return not self.player.running and not self._play_queue.available

    def monitor(self, on: bool, gain: float) -> None:
        """Pass the input on to the output, or not."""
        self.speaker.monitor_gain = gain
        self.microphone.monitoring = self.speaker.monitoring = on

    def accompany(self, along: Along) -> None:
        """Let this sound beside the project from now on, and the project go as fast."""
        before, self._along = self._along, along
        self._backing.hold(along.drone_hz, along.drone_gain)
        if along.tempo != before.tempo:
            self._backing.click(along.tempo)
            self.player.click(along.tempo)
        if along.speed != before.speed:
            self.player.hurry(along.speed)

    def listen(self, points: Points, make: Makes, of: Range | None) -> None:
        """Track the pitch of the input between two pitches, or not at all."""
        if self._ear is not None:
            self._ear.close()
            self._ear = None
        if of is not None:
            self._ear = Ear(self.microphone, self._tap, self.rate_hz, points, make, of)

    def close(self) -> None:
        """End the threads. A take that is being written stays one that was interrupted."""
        if self._ear is not None:
            self._ear.close()
        self.recorder.close()
        self._backing.close()
        self.player.close()
