"""Repairs: plan, approve, apply with a journal, verify."""
