"""A program of invented people, eleven weeks old, so that every page can be seen at work."""
