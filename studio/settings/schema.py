"""Every setting, declared once. The dialog, the defaults, the checks and the docs are all read from here.

To add a setting: a field with a default, a title and a description. A missing field in an older file is its default.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from studio.settings.scales import KEYS, SCALES, ScaleName

Decibels = Annotated[float, Meta(ge=-60.0, le=0.0, extra={"unit": "dBFS"})]
ThemeName = Literal["dark", "light", "contrast", "system"]
Follow = Literal["page", "scroll", "off"]


class RecordingSettings(Struct, frozen=True, kw_only=True):
    """Settings > Recording."""

    device: Annotated[str, Meta(title="Microphone", description="Empty means what the system uses.")] = ""
    channels: Annotated[
        Literal[1, 2],
        Meta(title="Channels", description="A voice is recorded in mono.", extra={"1": "Mono", "2": "Stereo"}),
    ] = 1
    play_along: Annotated[
        bool, Meta(title="Play the other tracks", description="You hear the project while a take is recorded.")
    ] = True
    monitor: Annotated[
        bool, Meta(title="Hear yourself", description="The microphone is played back. Wear headphones.")
    ] = False
    warn_above_db: Annotated[
        Decibels, Meta(title="Clipping warning", description="The meter turns red above this peak level.")
    ] = -1.0


class PlaybackSettings(Struct, frozen=True, kw_only=True):
    """Settings > Playback."""

    device: Annotated[str, Meta(title="Loudspeaker", description="Empty means what the system uses.")] = ""
    block: Annotated[
        Literal[0, 128, 256, 512, 1024, 2048],
        Meta(
            title="Block size",
            description="Small blocks answer sooner, large ones never crackle. 0 lets the studio choose.",
            extra={"unit": "samples", "0": "Automatic"},
        ),
    ] = 0
    follow: Annotated[
        Follow,
        Meta(
            title="Follow the playhead",
            description="Turn the page, scroll along, or keep the view where it is.",
            extra={"page": "Turn the page", "scroll": "Scroll along", "off": "Stay"},
        ),
    ] = "page"
    jump_short_s: Annotated[
        float,
        Meta(ge=0.01, le=60.0, title="Short jump", description="What Left and Right move.", extra={"unit": "s"}),
    ] = 1.0
    jump_long_s: Annotated[
        float,
        Meta(ge=0.1, le=600.0, title="Long jump", description="What Shift+Left and Right move.", extra={"unit": "s"}),
    ] = 15.0


class PitchSettings(Struct, frozen=True, kw_only=True):
    """Settings > Pitch."""

    engine: Annotated[
        str, Meta(title="Pitch engine", description="What finds a melody.", extra={"choices": "engines:pitch"})
    ] = "melisma"
    low_hz: Annotated[
        float,
        Meta(ge=30.0, le=500.0, title="Lowest pitch", description="Nothing below is a voice.", extra={"unit": "Hz"}),
    ] = 50.0
    high_hz: Annotated[
        float,
        Meta(ge=200.0, le=2200.0, title="Highest pitch", description="Nothing above is a voice.", extra={"unit": "Hz"}),
    ] = 1400.0
    a4_hz: Annotated[
        float,
        Meta(ge=390.0, le=470.0, title="Tuning", description="A4 in new projects.", extra={"unit": "Hz"}),
    ] = 440.0
    flats: Annotated[bool, Meta(title="Write flats", description="B♭ instead of A♯.")] = False
    transposed: Annotated[
        int,
        Meta(
            ge=-24,
            le=24,
            title="Transposition",
            description="While singing, notes are written so many semitones higher than they sound.",
            extra={"unit": "semitones"},
        ),
    ] = 0
    snap_scale: Annotated[
        ScaleName,
        Meta(
            title="Snap to",
            description="The notes that written notes snap to.",
            extra=dict(SCALES),
        ),
    ] = "chromatic"
    snap_key: Annotated[
        Literal[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
        Meta(
            title="Keynote",
            description="Of the scale that notes snap to.",
            extra={str(key): name for key, name in enumerate(KEYS)},
        ),
    ] = 0
    just_over: Annotated[
        Literal[-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
        Meta(
            title="Intonation",
            description="What cents are counted from while singing, where it is not a melody or notes.",
            extra={"-1": "Equal temperament", **{str(key): f"Just over {name}" for key, name in enumerate(KEYS)}},
        ),
    ] = -1
    live_spectrogram: Annotated[
        bool,
        Meta(title="Spectrogram while singing", description="What the voice is made of, below the live pitch."),
    ] = True
    wide_band: Annotated[
        bool,
        Meta(title="Wide-band spectrogram", description="Shows formants and pulses; a narrow band shows overtones."),
    ] = False
    find_after_import: Annotated[
        bool,
        Meta(title="Find the pitch after importing", description="Each imported file gets its melody at once."),
    ] = False


class SeparationSettings(Struct, frozen=True, kw_only=True):
    """Settings > Separation: what the window begins with."""

    engine: Annotated[
        str,
        Meta(title="Separation engine", description="What takes a mix apart.", extra={"choices": "engines:separate"}),
    ] = "builtin"
    stems: Annotated[
        Literal[2, 4, 6],
        Meta(title="Stems", description="How many, where the engine can make them."),
    ] = 2
    preview_s: Annotated[
        float,
        Meta(ge=5.0, le=60.0, title="Preview", description="How much is tried before the whole.", extra={"unit": "s"}),
    ] = 20.0
    keep_days: Annotated[
        int,
        Meta(
            ge=1,
            le=14,
            title="Keep unfinished work",
            description="What is finished of a job that was stopped, so that it can go on.",
            extra={"unit": "days"},
        ),
    ] = 14
    keep_gb: Annotated[
        float,
        Meta(
            ge=1.0,
            le=500.0,
            title="Room for unfinished work",
            description="When there is more, the oldest of it goes.",
            extra={"unit": "GB"},
        ),
    ] = 20.0


class AppearanceSettings(Struct, frozen=True, kw_only=True):
    """Settings > Appearance."""

    theme: Annotated[
        ThemeName,
        Meta(
            title="Theme",
            description="Dark, light, high contrast, or as the system is set.",
            extra={"dark": "Dark", "light": "Light", "contrast": "High contrast", "system": "As the system"},
        ),
    ] = "dark"
    scale_percent: Annotated[
        Literal[100, 125, 150, 175, 200],
        Meta(title="Size", description="Takes effect at the next start.", extra={"unit": "%"}),
    ] = 100


class ImportSettings(Struct, frozen=True, kw_only=True):
    """Settings > Import."""

    one_track_per_file: Annotated[
        bool, Meta(title="A track for each file", description="Otherwise the files follow each other on one track.")
    ] = True


class ExportSettings(Struct, frozen=True, kw_only=True):
    """Settings > Export: what the export dialog begins with."""

    container: Annotated[
        Literal["wav", "flac", "mp3", "m4a", "opus"],
        Meta(
            title="Format",
            description="WAV and FLAC lose nothing.",
            extra={"wav": "WAV", "flac": "FLAC", "mp3": "MP3", "m4a": "M4A (AAC)", "opus": "Opus"},
        ),
    ] = "wav"
    sample_format: Annotated[
        Literal["int16", "int24", "float32"],
        Meta(
            title="Resolution",
            description="24 bits hold any recording.",
            extra={"int16": "16 bit", "int24": "24 bit", "float32": "32 bit float"},
        ),
    ] = "int24"
    dither: Annotated[bool, Meta(title="Dither", description="Hides the grain of 16 bits.")] = True
    folder: Annotated[str, Meta(title="Folder", description="Where the last export went.")] = ""


class VideoSettings(Struct, frozen=True, kw_only=True):
    """Settings > Video: how one is gone through."""

    prepare: Annotated[
        bool,
        Meta(
            title="Prepare videos",
            description="Small pictures, made beforehand, are seen at once while you drag.",
        ),
    ] = True
    room_gb: Annotated[
        float,
        Meta(
            ge=0.1,
            le=500.0,
            title="Room for prepared videos",
            description="When there is more, what was looked at longest ago goes.",
            extra={"unit": "GB"},
        ),
    ] = 4.0


class CaptureSettings(Struct, frozen=True, kw_only=True):
    """Settings > Screen: how the screen is recorded."""

    folder: Annotated[
        str, Meta(title="Folder", description="Where recordings go. Empty means the folder for videos.")
    ] = ""
    container: Annotated[
        Literal["mp4", "mkv"],
        Meta(
            title="File format",
            description="Both play at any moment, also after a power cut.",
            extra={"mp4": "MP4", "mkv": "MKV"},
        ),
    ] = "mp4"
    fps: Annotated[
        Literal[24, 25, 30, 50, 60],
        Meta(title="Pictures a second", description="More need more of the processor.", extra={"unit": "1/s"}),
    ] = 30
    quality: Annotated[
        int, Meta(ge=10, le=40, title="Compression", description="Lower looks better and needs more room. 23 is usual.")
    ] = 23
    encoder: Annotated[
        Literal["auto", "x264"],
        Meta(
            title="Encoder",
            description="Automatic takes the graphics card where it can; the processor leaves it to games and models.",
            extra={"auto": "Automatic", "x264": "Processor (x264)"},
        ),
    ] = "auto"
    replay_s: Annotated[
        float,
        Meta(
            ge=0.0, le=600.0, title="Replay", description="How much of the last moments is kept.", extra={"unit": "s"}
        ),
    ] = 20.0
    split_min: Annotated[
        float,
        Meta(
            ge=0.0,
            le=600.0,
            title="New file every",
            description="Long recordings in parts; 0 for never.",
            extra={"unit": "min"},
        ),
    ] = 0.0
    split_mb: Annotated[
        float,
        Meta(
            ge=0.0,
            le=100_000.0,
            title="New file after",
            description="Large recordings in parts, for disks and sites that take no larger files; 0 for never.",
            extra={"unit": "MB"},
        ),
    ] = 0.0
    chapter_pause_s: Annotated[
        float,
        Meta(
            ge=0.0,
            le=600.0,
            title="Chapter after silence",
            description="Where the voice speaks again after so long, a chapter begins; 0 for never.",
            extra={"unit": "s"},
        ),
    ] = 0.0
    cursor: Annotated[bool, Meta(title="Show the pointer", description="The mouse pointer is in the picture.")] = True
    monitor: Annotated[str, Meta(title="Monitor", description="The one that was recorded last.")] = ""
    microphone: Annotated[str, Meta(title="Microphone", description='"-" for none, empty for the system\'s.')] = ""
    desktop: Annotated[str, Meta(title="Desktop sound", description='"-" for none.')] = "-"
    microphone_earlier_ms: Annotated[
        float,
        Meta(
            ge=-1000.0,
            le=1000.0,
            title="Microphone earlier by",
            description="Moves the voice towards the picture. Negative is later.",
            extra={"unit": "ms"},
        ),
    ] = 0.0
    desktop_earlier_ms: Annotated[
        float,
        Meta(
            ge=-1000.0,
            le=1000.0,
            title="Desktop sound earlier by",
            description="Moves what the computer plays towards the picture. Negative is later.",
            extra={"unit": "ms"},
        ),
    ] = 0.0


class PrivacySettings(Struct, frozen=True, kw_only=True):
    """Settings > Privacy."""

    network: Annotated[
        bool,
        Meta(title="Allow the network", description="Off, the studio opens no connection, not even to look for news."),
    ] = False


class KeySettings(Struct, frozen=True, kw_only=True):
    """Settings > Keys."""

    map: Annotated[
        Literal["audacity", "daw"],
        Meta(
            title="Keys",
            description="Whose keys your fingers know.",
            extra={"audacity": "As in Audacity", "daw": "As in a DAW"},
        ),
    ] = "audacity"
    custom: Annotated[
        dict[str, str], Meta(title="Own keys", description="Commands with keys of your own, by their name.")
    ] = {}


class StartSettings(Struct, frozen=True, kw_only=True):
    """Settings > Start."""

    reopen_last: Annotated[
        bool, Meta(title="Open the last project", description="Otherwise a new one is opened at the start.")
    ] = True
    seen_welcome: Annotated[bool, Meta(title="Welcome seen", description="The sample project was offered.")] = False


class Settings(Struct, frozen=True, kw_only=True):
    """The whole settings file. A missing field means its default."""

    version: int = 1
    recording: RecordingSettings = RecordingSettings()
    playback: PlaybackSettings = PlaybackSettings()
    pitch: PitchSettings = PitchSettings()
    separation: SeparationSettings = SeparationSettings()
    appearance: AppearanceSettings = AppearanceSettings()
    importing: ImportSettings = ImportSettings()
    export: ExportSettings = ExportSettings()
    video: VideoSettings = VideoSettings()
    capture: CaptureSettings = CaptureSettings()
    privacy: PrivacySettings = PrivacySettings()
    keys: KeySettings = KeySettings()
    start: StartSettings = StartSettings()
