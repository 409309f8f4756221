"""Everything the desktop and its workers say to each other. Sound never travels in a message, only its name.

To add a message: a class in the module of the worker that it concerns, a place in `Request` or `Event` here, a handler
on the other side, and `PROTOCOL += 1`.
"""

from studio.protocol.common import Cancel, Failed, Heartbeat, InjectFault, Progress, Ready, Refused, Shutdown, Stopped
from studio.protocol.jobs import (
    BuildPeaks,
    Codecs,
    Denoise,
    Denoised,
    Export,
    Exported,
    ImportMedia,
    ListCodecs,
    MakeSample,
    MediaImported,
    PeaksBuilt,
    PitchTracked,
    RenderClip,
    SampleMade,
    Separate,
    Separated,
    StemsGrowing,
    TrackPitch,
)
from studio.protocol.live import (
    AudioState,
    Devices,
    ListDevices,
    LoadProject,
    Meter,
    Monitor,
    OpenAudio,
    Play,
    Record,
    Stop,
    StopRecording,
    TakeFinished,
    TakeProgress,
    TakeStarted,
    Trouble,
)

PROTOCOL = 3

Request = (
    Cancel
    | Shutdown
    | InjectFault
    | ImportMedia
    | BuildPeaks
    | TrackPitch
    | Separate
    | Denoise
    | Export
    | RenderClip
    | MakeSample
    | ListCodecs
    | ListDevices
    | OpenAudio
    | LoadProject
    | Play
    | Stop
    | Record
    | StopRecording
    | Monitor
    | Meter
)

Event = (
    Ready
    | Heartbeat
    | Progress
    | Failed
    | Stopped
    | Refused
    | MediaImported
    | PeaksBuilt
    | PitchTracked
    | StemsGrowing
    | Separated
    | Denoised
    | SampleMade
    | Codecs
    | Exported
    | Devices
    | AudioState
    | Trouble
    | TakeStarted
    | TakeProgress
    | TakeFinished
)

Job = ImportMedia | BuildPeaks | TrackPitch | Separate | Denoise | Export | RenderClip | MakeSample | ListCodecs
Result = MediaImported | PeaksBuilt | PitchTracked | Separated | Denoised | Exported | SampleMade | Codecs
