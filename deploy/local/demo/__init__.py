"""The demo base: invented people in four messy files, and the truth of who is who, kept apart."""
