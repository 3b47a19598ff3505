"""Addresses of uploaded files: sealed, and good for a quarter of an hour."""

import hashlib
from datetime import timedelta

from sandbox.quickbooks.company import Company

LIFE = timedelta(minutes=15)


def file_address(company: Company, attachable_id: str) -> str:
    """Where the bytes are, with the time the address ends and a seal over both."""
    ends = str(int((company.clock.now() + LIFE).timestamp()))
    seal = file_seal(company, attachable_id, ends)
    return f"{company.base_url}/files/{company.realm}/{attachable_id}?ends={ends}&seal={seal}"


def file_seal(company: Company, attachable_id: str, ends: str) -> str:
    """What only the simulator can say about this file and this end."""
    text = f"{company.realm}:{company.name}:{attachable_id}:{ends}"
    return hashlib.sha256(text.encode()).hexdigest()[:40]
