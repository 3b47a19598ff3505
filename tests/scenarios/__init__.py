"""Whole stories with real processes: a package, because one world serves all its files."""
