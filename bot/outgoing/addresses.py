"""Where events may go: https, and no address of a private network, checked where it leads."""

import ipaddress
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network

import httpx

from bot.errors import BadInput

LONGEST = 2000
_LAST_PORT = 65_535
_NAT64 = IPv6Network("64:ff9b::/96")


def checked(address: str, *, private: bool) -> str:
    """The address of a callback as it is kept. Raises BadInput naming what is wrong with it.

    `private`: plain http and private networks are allowed (OUTGOING_PRIVATE). Where a name leads
    is looked up before every connection (`allowed`), since it may lead elsewhere tomorrow.
    """
    plain = address.strip()
    try:
        url = httpx.URL(plain)
        odd = url.port is not None and not 0 < url.port <= _LAST_PORT
    except (httpx.InvalidURL, ValueError):
        odd = True
    if odd or not plain.isprintable() or " " in plain:
        raise BadInput("This is no web address: it is like https://shop.example/hooks.")
    wrong = _wrong(url, private=private)
    if wrong:
        raise BadInput(wrong)
    return str(url)


def _wrong(url: httpx.URL, *, private: bool) -> str:
    schemes = ("https", "http") if private else ("https",)
    if url.scheme not in schemes or not url.host:
        return (
            "Events go to an https:// address only: what they say is nobody else's business. "
            "http:// within a private network needs OUTGOING_PRIVATE=true in the bot's settings."
        )
    if url.userinfo:
        return "The address may hold no name and password; events are signed instead."
    if url.fragment:
        return "Leave out what stands behind # in the address: no server ever sees it."
    if len(str(url)) > LONGEST:
        return f"The address is longer than {LONGEST} characters."
    literal = _literal(url.host)
    if literal is not None and is_never(literal):
        return f"{literal} is no address of a source's system: events never go there."
    if literal is not None and not private and not is_public(literal):
        return _of_private(literal)
    return ""


def _of_private(address: object) -> str:
    return (
        f"{address} belongs to a private network, where events never go; OUTGOING_PRIVATE=true "
        "in the bot's settings allows it."
    )


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def allowed(host: str, port: int, *, private: bool, plain: bool) -> tuple[list[str], str]:
    """Look a host up; give the addresses that may be connected to, or why there are none.

    `plain`: over http, which goes to private networks alone.
    """
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return [], f"nobody knows the name {host}"
    named = dict.fromkeys(str(row[4][0]) for row in rows)
    found = [one for one in named if not is_never(ipaddress.ip_address(one))]
    public = [one for one in found if is_public(ipaddress.ip_address(one))]
    if plain:
        fit = [one for one in found if private and one not in public]
        return fit, "" if fit else "its address does not begin with https://"
    fit = found if private else public
    return fit, "" if fit else f"its address leads into a private network ({', '.join(found[:3])})"


def is_never(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is of the machine's own link, such as a cloud's metadata service.

    Nor is one that stands for many or for none. OUTGOING_PRIVATE opens none of these.
    """
    one = _inner(address) or address
    return one.is_link_local or one.is_multicast or one.is_unspecified


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the public Internet, also where it wraps another.

    https://www.iana.org/assignments/iana-ipv6-special-registry (mapped, 6to4, NAT64).
    """
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast
    inner = _inner(address)
    if inner is not None:
        return is_public(inner)
    odd = address.is_multicast or address.is_reserved or address.is_site_local
    return address.is_global and not odd


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    """The IPv4 address that one of IPv6 wraps."""
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
