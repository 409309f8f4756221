"""The job that looks which kinds of file can be written."""

from importlib.metadata import version

import av

from studio.audio.encode import FORMATS
from studio.protocol.jobs import Codecs, ListCodecs
from studio.workers.runtime import Context, Report

_PCM = "pcm_s24le"


def list_codecs(job: ListCodecs, context: Context, report: Report) -> Codecs:
    """Ask FFmpeg for the encoder of each format that an export can have."""
    del context
    report(0.0, "Looking at the codecs")
    names = {name: _PCM if form.encoder == "pcm" else form.encoder for name, form in FORMATS.items()}
    there = {name: _can_encode(encoder) for name, encoder in names.items()}
    return Codecs(
        job=job.job,
        library=f"PyAV {version('av')} with FFmpeg {'.'.join(map(str, av.ffmpeg_version_info.split('.')[:2]))}",
        can_write=tuple(name for name, can in there.items() if can),
        missing=tuple(name for name, can in there.items() if not can),
    )


def _can_encode(encoder: str) -> bool:
    try:
        return av.Codec(encoder, "w").is_encoder
    except av.codec.codec.UnknownCodecError:
        return False
