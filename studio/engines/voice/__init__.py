"""The built-in voice: a person's recordings, cut by eSpeak's exact phones, speak again."""
