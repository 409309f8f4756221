"""The pictures of a project: the one under the playhead, and all of them in a lane over time."""
