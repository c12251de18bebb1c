"""The story: the system's main job, played on the demo base through the public API alone, every promise checked."""
