"""Everything the desktop and its workers say to each other. Sound never travels in a message, only its name.

To add a message: a class in the module of the worker that it concerns, a place in `Request` or `Event` here, a handler
on the other side, and `PROTOCOL += 1`.
"""

from studio.protocol.capture import (
    AddChapter,
    CaptureFinished,
    CaptureProgress,
    CaptureStarted,
    CaptureTrouble,
    FloatOverlays,
    ListScreens,
    OverlaysFloated,
    PageServed,
    PauseCapture,
    ReplaySaved,
    SaveReplay,
    Screens,
    ScreenWatched,
    ServePage,
    SetOverlays,
    StartCapture,
    StopCapture,
    StopFloating,
    StopPage,
    StopWatching,
    WatchEnded,
    WatchScreen,
)
from studio.protocol.common import Cancel, Failed, Heartbeat, InjectFault, Progress, Ready, Refused, Shutdown, Stopped
from studio.protocol.examining import ExamineRecordings, RecordingsExamined, RecordingsTreated, TreatRecordings
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
    MeasureNotes,
    MediaImported,
    NotesMeasured,
    PeaksBuilt,
    PitchTracked,
    RenderClip,
    SampleMade,
    Separate,
    Separated,
    StemsGrowing,
    TrackPitch,
)
from studio.protocol.lines import LineSpoken, SpeakLine
from studio.protocol.live import (
    AudioState,
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
from studio.protocol.measures import MeasureQuality, MeasureVoice, QualityMeasured, VoiceMeasured
from studio.protocol.models import (
    ImportModel,
    InstallModel,
    ListModels,
    ModelChanged,
    ModelRemoved,
    ModelsListed,
    RemoveModel,
    VerifyModel,
)
from studio.protocol.video import (
    LookedInto,
    LookInto,
    MakeThumbnails,
    PictureShown,
    ShowPicture,
    ThumbnailsMade,
    VideoPrepared,
)
from studio.protocol.voices import (
    Converted,
    ConvertVoice,
    FindMark,
    LearnVoice,
    MarkFound,
    SingAgain,
    Speak,
    Spoken,
    SungAgain,
    VoiceLearnt,
)

PROTOCOL = 9

Request = (
    Cancel
    | Shutdown
    | InjectFault
    | ImportMedia
    | BuildPeaks
    | TrackPitch
    | MeasureNotes
    | MeasureVoice
    | MeasureQuality
    | Separate
    | Denoise
    | LearnVoice
    | Speak
    | SpeakLine
    | ExamineRecordings
    | TreatRecordings
    | ConvertVoice
    | SingAgain
    | FindMark
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
    | LivePitch
    | Drone
    | Metronome
    | Speed
    | ListScreens
    | StartCapture
    | StopCapture
    | PauseCapture
    | AddChapter
    | SetOverlays
    | SaveReplay
    | WatchScreen
    | StopWatching
    | ServePage
    | StopPage
    | FloatOverlays
    | StopFloating
    | ListModels
    | InstallModel
    | ImportModel
    | VerifyModel
    | RemoveModel
    | ShowPicture
    | MakeThumbnails
    | LookInto
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
    | NotesMeasured
    | VoiceMeasured
    | QualityMeasured
    | StemsGrowing
    | Separated
    | Denoised
    | VoiceLearnt
    | Spoken
    | LineSpoken
    | RecordingsExamined
    | RecordingsTreated
    | Converted
    | SungAgain
    | MarkFound
    | SampleMade
    | Codecs
    | Exported
    | Devices
    | AudioState
    | Trouble
    | TakeStarted
    | TakeProgress
    | TakeFinished
    | Screens
    | CaptureStarted
    | CaptureProgress
    | CaptureTrouble
    | CaptureFinished
    | ReplaySaved
    | ScreenWatched
    | WatchEnded
    | PageServed
    | OverlaysFloated
    | ModelsListed
    | ModelChanged
    | ModelRemoved
    | PictureShown
    | ThumbnailsMade
    | VideoPrepared
    | LookedInto
)

Job = (
    ImportMedia
    | BuildPeaks
    | TrackPitch
    | MeasureNotes
    | MeasureVoice
    | MeasureQuality
    | Separate
    | Denoise
    | LearnVoice
    | Speak
    | SpeakLine
    | ExamineRecordings
    | TreatRecordings
    | ConvertVoice
    | SingAgain
    | FindMark
    | Export
    | RenderClip
    | MakeSample
    | ListCodecs
    | ListModels
    | InstallModel
    | ImportModel
    | VerifyModel
    | RemoveModel
)
Result = (
    MediaImported
    | PeaksBuilt
    | PitchTracked
    | NotesMeasured
    | VoiceMeasured
    | QualityMeasured
    | Separated
    | Denoised
    | VoiceLearnt
    | Spoken
    | LineSpoken
    | RecordingsExamined
    | RecordingsTreated
    | Converted
    | SungAgain
    | MarkFound
    | Exported
    | SampleMade
    | Codecs
    | ModelsListed
    | ModelChanged
    | ModelRemoved
)
