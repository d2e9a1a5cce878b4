"""Reads schema/v1 and writes what is derived from it. Standard library only."""
