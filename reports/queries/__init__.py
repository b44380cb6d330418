"""Reads that become figures. Nothing here reads a note, the words of a goal or a single answer."""
