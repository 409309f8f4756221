"""The released Demucs networks by name, as plain data: a card is drawn before anything heavy is imported."""

from typing import Final

from msgspec import Struct

_MDX_SHARES: Final = ((1.0, 1.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (1.0, 0.0, 1.0, 1.0), (1.0, 0.0, 1.0, 1.0))


class Family(Struct, frozen=True, kw_only=True):
    """One name, and the networks whose answers are averaged under it.

    `shares` says, network by network, how much it counts for each of `sources`; () where all count the same.
    `repository` is the name on the Hugging Face hub, `segment_s` what the networks hear at once.
    """

    id: str
    name: str
    about: str
    repository: str
    networks: tuple[str, ...]
    shares: tuple[tuple[float, ...], ...] = ()
    sources: tuple[str, ...] = ("drums", "bass", "other", "vocals")
    segment_s: float = 44.0
    stems: tuple[int, ...] = (2, 4)


FAMILIES: Final = {
    family.id: family
    for family in (
        Family(
            id="htdemucs",
            name="Demucs, hybrid transformer",
            about="The usual choice where quality counts: voice, drums, bass and the rest.",
            repository="adefossez/HTDemucs",
            networks=("955717e8",),
            segment_s=7.8,
        ),
        Family(
            id="htdemucs_ft",
            name="Demucs, hybrid transformer, fine-tuned",
            about="One network for each stem: a little better than the usual one, at up to four times the work.",
            repository="adefossez/HTDemucs-ft",
            networks=("f7e0c4bc", "d12395a8", "92cfc3b6", "04573f0d"),
            shares=((1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0)),
            segment_s=7.8,
        ),
        Family(
            id="htdemucs_6s",
            name="Demucs, six stems",
            about="Also takes guitar and piano apart; the piano is the weak one.",
            repository="adefossez/HTDemucs-6s",
            networks=("5c90dfd2",),
            sources=("drums", "bass", "other", "vocals", "guitar", "piano"),
            segment_s=7.8,
            stems=(2, 4, 6),
        ),
        Family(
            id="hdemucs_mmi",
            name="Demucs, hybrid of 2021, retrained",
            about="The hybrid network without a transformer, trained on 800 more songs.",
            repository="adefossez/Demucs-hdemucs_mmi",
            networks=("75fc33f5",),
        ),
        Family(
            id="mdx",
            name="Demucs, MDX challenge",
            about="Four networks trained on MUSDB HQ alone.",
            repository="adefossez/Demucs-mdx",
            networks=("0d19c1c6", "7ecf8ec1", "c511e2ab", "7d865c68"),
            shares=_MDX_SHARES,
        ),
        Family(
            id="mdx_extra",
            name="Demucs, MDX challenge, more songs",
            about="Four networks trained on more songs than MUSDB HQ has. Slow.",
            repository="adefossez/Demucs-mdx_extra",
            networks=("e51eebcc", "a1d90b5c", "5d2d6c55", "cfa93e08"),
        ),
    )
}
"""Without mdx_q and mdx_extra_q: their weights are packed in a way that only a pickle can say; mdx and mdx_extra are
the same networks unpacked."""
