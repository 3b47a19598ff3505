"""Looks before it creates: a likely twin in QuickBooks holds the record and asks a person.

Names are shared by customers, vendors and employees. Whether QuickBooks would refuse a name that
differs in blanks, or that an inactive record has, is open; so the look comes first, and a refusal
(6240) leads to the same questions.
"""
