"""Adopting books: what they hold already is matched with what sources hand over, and linked."""
