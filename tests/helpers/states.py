"""What a live worker says of itself, for tests in which none is running."""

from msgspec.structs import replace

from studio.protocol.live import AudioState

_IDLE = AudioState(
    open_output="",
    open_input="",
    rate_hz=48000,
    device_rate_hz=48000,
    block=512,
    output_latency_s=0.02,
    input_latency_s=0.02,
    playing=False,
    recording=False,
    monitoring=False,
    playhead="",
    meters="",
)


def audio_state(**other: object) -> AudioState:
    """A worker that does nothing, but for what is `other`."""
    return replace(_IDLE, **other)
