"""Pocket TTS (Kyutai): a language model over speech, small enough for one core, which clones from a few seconds."""
