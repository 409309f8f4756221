"""The Speak workspace: voices, the script with its takes, how each speaker sounds."""
