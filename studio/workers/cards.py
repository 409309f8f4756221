"""The engines of this installation, as the desktop is told of them."""

from studio.engines import registry
from studio.engines.base import EngineInfo
from studio.engines.ready_voices import ready_voices
from studio.protocol.common import ControlCard, EngineCard, VoiceCard


def cards() -> tuple[EngineCard, ...]:
    """One card an engine, also for those that cannot run here; imports none of their libraries."""
    return tuple(
        EngineCard(
            id=info.id,
            task=info.task,
            name=info.name,
            licence=info.licence,
            languages=info.languages,
            can=info.can,
            missing=missing,
            about=info.about,
            stems=info.stems,
            controls=tuple(
                ControlCard(
                    id=one.id,
                    title=one.title,
                    low=one.low,
                    high=one.high,
                    default=one.default,
                    unit=one.unit,
                    about=one.about,
                )
                for one in info.controls
            ),
            voices=() if missing else _voices(info),
        )
        for info, missing in registry.cards()
    )


def _voices(info: EngineInfo) -> tuple[VoiceCard, ...]:
    """The voices that an engine brings, as far as they are installed."""
    if info.task != "speak" or "presets" not in info.can:
        return ()
    return tuple(
        VoiceCard(id=one.id, name=one.name, language=one.language) for one in ready_voices(registry.speaker(info.id))
    )
