"""The live worker: plays, records and watches the sound devices. The only process that touches PortAudio."""

import datetime as dt
import logging
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from studio import paths
from studio.audio import watchdog
from studio.audio.card import Card
from studio.audio.metronome import Tempo
from studio.audio.mix import Mixer
from studio.audio.playback import Span
from studio.audio.probe import Probe
from studio.audio.state import Along, RigState, Wanted
from studio.audio.watchdog import Alarm, Alarms
from studio.errors import Explanation, StudioError
from studio.ipc.series import Series
from studio.media.takes import TakeHeader, TakeWriter
from studio.media.wav import MappedWav
from studio.model.levels import db_to_gain
from studio.model.project import Media
from studio.protocol.common import Cancel, Ready
from studio.protocol.live import (
    AudioState,
    Device,
    Devices,
    Drone,
    ListDevices,
    LivePitch,
    LoadProject,
    Meter,
    Metronome,
    Monitor,
    OpenAudio,
    Play,
    Record,
    Speed,
    Stop,
    StopRecording,
    TakeFinished,
    TakeProgress,
    TakeStarted,
    Trouble,
)
from studio.protocol.messages import PROTOCOL, Request
from studio.workers.pitch_hearing import PitchHearing
from studio.workers.runtime import Context, refusal

if TYPE_CHECKING:
    from studio.audio.rig import Rig

_PLAYHEAD = ("monotonic_s", "position", "playing", "laps")
_METERS = (
    "monotonic_s",
    "in_peak_db_l",
    "in_peak_db_r",
    "in_rms_db_l",
    "in_rms_db_r",
    "out_peak_db_l",
    "out_peak_db_r",
    "out_rms_db_l",
    "out_rms_db_r",
    "out_lufs_momentary",
)
_POINTS = 1024
_EXIT_THREAD_LOST = 71
_log = logging.getLogger(__name__)


class _Voice:
    """Says in messages what the sound side tells."""

    def __init__(self, playhead: str, meters: str) -> None:
        self.context: Context | None = None
        self._playhead = playhead
        self._meters = meters
        self._pitch = self._sound = ""
        self._last: RigState | None = None

    def tells_pitch(self, name: str, sound: str) -> None:
        """From now on the live pitch is in the series of this name, and what it is found in, in that ring."""
        self._pitch, self._sound = name, sound
        if self._last is not None:
            self.state_changed(self._last)

    def state_changed(self, state: RigState) -> None:
        self._last = state
        self._send(
            AudioState(
                open_output=state.output,
                open_input=state.input,
                rate_hz=state.rate_hz,
                device_rate_hz=state.device_rate_hz,
                block=state.block,
                output_latency_s=state.output_latency_s,
                input_latency_s=state.input_latency_s,
                playing=state.playing,
                recording=state.recording,
                monitoring=state.monitoring,
                playhead=self._playhead,
                meters=self._meters,
                resampling=state.resampling,
                serial=state.serial,
                pitch=self._pitch,
                sound=self._sound,
            )
        )

    def devices_changed(self, cards: tuple[Card, ...]) -> None:
        self._send(said(cards))

    def alarm(self, alarm: Alarm) -> None:
        self._send(Trouble(kind=alarm.kind, why=alarm.why, over=alarm.over, count=alarm.count))

    def take_started(self, writer: TakeWriter) -> None:
        header = writer.header
        self._send(
            TakeStarted(
                take=header.take,
                folder=str(writer.folder),
                start=header.start,
                channels=header.channels,
                rate_hz=header.rate_hz,
            )
        )

    def take_progress(self, writer: TakeWriter, dropped: int, gaps: int) -> None:
        self._send(TakeProgress(take=writer.header.take, frames=writer.synced, dropped=dropped, gaps=gaps))

    def take_finished(self, writer: TakeWriter, segments: tuple[Media, ...], warning: str) -> None:
        header = writer.header
        self._send(
            TakeFinished(
                take=header.take,
                track=header.track,
                start=header.start,
                start_is_sure=header.start_is_sure,
                segments=segments,
                loop_start=header.loop_start,
                loop_stop=header.loop_stop,
                warning=warning,
            )
        )

    def _send(self, event: AudioState | Devices | Trouble | TakeStarted | TakeProgress | TakeFinished) -> None:
        if self.context is not None:
            self.context.send(event)


def _end_with_the_thread(failed: threading.ExceptHookArgs) -> None:
    """A worker that lost a thread would go on without sound; the desktop starts another and the take is kept."""
    _log.critical("a thread of the sound side ended", exc_info=failed.exc_value)
    logging.shutdown()
    os._exit(_EXIT_THREAD_LOST)


class Live:
    """Obeys the transport."""

    def __init__(self) -> None:
        self._playhead = Series.create(_PLAYHEAD, _POINTS)
        self._meters = Series.create(_METERS, _POINTS)
        self._voice = _Voice(self._playhead.name, self._meters.name)
        self._alarms = Alarms(self._voice.alarm)
        self._probe = Probe()
        self._pitch = PitchHearing(self._voice.tells_pitch)
        self._rig: Rig | None = None
        self._put_off: dict[type, Request] = {}
        self._opened: dict[tuple[str, str], MappedWav] = {}
        self._along = Along()
        self._rate_hz = 48000

    def ready(self) -> Ready:
        threading.excepthook = _end_with_the_thread
        return Ready(protocol=PROTOCOL, role="live", pid=os.getpid())

    def handle(self, request: Request, context: Context) -> None:
        self._voice.context = context
        if self._rig is None:
            missing = self._probe.missing()
            if missing is not None:
                self._answer_without_sound(request, missing, context)
                return
            self._rig = self._begin(context)
        self._obey(self._rig, request, context)

    def _begin(self, context: Context) -> "Rig":
        """Only after the probe: loading PortAudio may end the process where there is no sound system."""
        from studio.audio.rig import Rig

        rig = Rig(self._playhead, self._meters, self._voice)
        for request in self._put_off.values():
            self._obey(rig, request, context)
        return rig

    def _answer_without_sound(self, request: Request, why: Explanation, context: Context) -> None:
        """Refuse what needs sound, and say why once at the beginning, when the devices are chosen."""
        match request:
            case ListDevices():
                context.send(Devices(devices=()))
            case (
                OpenAudio()
                | Play()
                | Record()
                | Monitor(on=True)
                | Meter(on=True)
                | LivePitch(on=True)
                | Metronome(on=True)
            ):
                context.send(refusal(request, why))
            case _:
                pass
        if isinstance(request, (OpenAudio, LoadProject)):
            self._put_off[type(request)] = request

    def _obey(self, rig: "Rig", request: Request, context: Context) -> None:
        match request:
            case ListDevices():
                context.send(said(rig.devices()))
            case OpenAudio():
                rig.open(
                    Wanted(output=request.output, input=request.input, rate_hz=request.rate_hz, block=request.block)
                )
            case LoadProject():
                self._load(rig, request)
            case Play():
                rig.play(Span(request.start, request.stop, request.loop_start, request.loop_stop), request.serial)
            case Stop():
                rig.stop()
            case Record():
                self._record(rig, request)
            case StopRecording():
                rig.stop_recording()
            case Monitor():
                rig.monitor(request.on, 10.0 ** (request.gain_db / 20.0))
            case Meter():
                rig.meter(request.on)
            case LivePitch():
                self._pitch.obey(rig, request, context)
            case Drone() | Metronome() | Speed():
                self._accompany(rig, request)
            case Cancel():
                pass
            case _:
                raise StudioError(
                    "live.unknown",
                    "That was not done.",
                    cause="It is not the work of the part that plays and records.",
                    remedy="This is our mistake: please send us the log.",
                )

    def close(self) -> None:
        self._probe.close()
        if self._rig is not None:
            self._rig.close()
        self._playhead.close()
        self._meters.close()
        self._pitch.close()

    def _accompany(self, rig: "Rig", request: Drone | Metronome | Speed) -> None:
        match request:
            case Drone():
                along = replace(self._along, drone_hz=request.hz, drone_gain=db_to_gain(request.gain_db))
            case Metronome(on=True):
                tempo = Tempo(request.bpm, request.beats, db_to_gain(request.gain_db))
                along = replace(self._along, tempo=tempo, count_in_bars=request.count_in_bars)
            case Metronome():
                along = replace(self._along, tempo=None, count_in_bars=0)
            case Speed():
                along = replace(self._along, speed=request.speed)
        rig.accompany(along)
        self._along = along

    def _load(self, rig: "Rig", request: LoadProject) -> None:
        """Map what is new, keep what is mapped already, forget what the project no longer lists."""
        before, self._opened = self._opened, {}

        def open_media(medium: Media) -> MappedWav:
            key = (request.project_dir, medium.file)
            sound = before.get(key)
            if sound is None or sound.length < medium.length:
                sound = MappedWav.open(Path(request.project_dir) / medium.file)
            self._opened[key] = sound
            return sound

        self._rate_hz = request.project.rate_hz
        mixer = Mixer(request.project, open_media)
        rig.load(mixer)
        if mixer.troubles:
            self._alarms.raise_("media_missing", watchdog.media_missing(mixer.troubles[0], len(mixer.troubles)))
        else:
            self._alarms.clear("media_missing")

    def _record(self, rig: "Rig", request: Record) -> None:
        header = TakeHeader(
            take=request.take,
            track=request.track,
            start=request.start,
            rate_hz=self._rate_hz,
            channels=request.channels,
            loop_start=request.loop_start,
            loop_stop=request.loop_stop,
            began=dt.datetime.now().astimezone().isoformat(timespec="seconds"),
        )
        folder = Path(request.folder)
        project = folder.parent.parent
        fallback = paths.rescued(project) / "takes" / request.take
        rig.record(folder, header, request.serial, fallback=fallback, play_along=request.play_along)


def said(cards: tuple[Card, ...]) -> Devices:
    """The devices as a message."""
    return Devices(
        devices=tuple(
            Device(
                name=card.name,
                inputs=card.inputs,
                outputs=card.outputs,
                default_rate_hz=card.rate_hz,
                is_default_input=card.is_default_input,
                is_default_output=card.is_default_output,
            )
            for card in cards
        )
    )
