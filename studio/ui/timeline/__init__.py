"""Tracks, waveforms, spectrograms and the pitch lane: sound drawn over time."""
