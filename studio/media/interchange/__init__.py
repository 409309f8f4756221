"""What other programs of the field read and write: melodies, notes, labels and figures as files.

To add a kind of file: a module here that turns values into text or bytes and back, a line in `kinds.KINDS`, a branch in
`writing.contents`, `reading.labels_in` or `melodies.melody_or_notes`, and a round trip in
`tests/unit/test_interchange.py` or `tests/unit/test_melody_import.py`.
"""
