"""The Sing workspace: live pitch on a note grid, vibrato, range, takes."""
