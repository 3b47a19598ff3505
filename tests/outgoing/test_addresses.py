"""Events go to the public Internet over https and nowhere else, wherever a name leads."""

import socket
from ipaddress import ip_address
from threading import Event

import pytest

from bot.errors import BadInput
from bot.outgoing import addresses, connection
from tests.outgoing.receiver import Receiver, tls

PRIVATE = [
    "127.0.0.1",
    "127.8.9.10",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fec0::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "2002:7f00:1::",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2001::1",
]
PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::"]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_a_private_network_is_none_to_post_to(address):
    """Also where one address wraps another."""
    assert not addresses.is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_fine(address):
    """Also where a network reaches IPv4 through IPv6."""
    assert addresses.is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/hooks",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[fe80::1%25eth0]/",
        "https://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "gopher://shop.example/",
        "https:///nowhere",
        "https://shop.example:99999/",
        "https://" + "a" * 2100 + ".example/",
        "",
        "https://shop .example/",
    ],
)
def test_an_address_that_events_never_go_to_is_refused_when_it_is_named(url):
    """In one sentence."""
    with pytest.raises(BadInput) as refused:
        addresses.checked(url, private=False)
    assert refused.value.message.endswith(".")


@pytest.mark.parametrize(
    "host",
    ["169.254.169.254", "0.0.0.0", "224.0.0.1", "[fe80::1]", "[::ffff:169.254.1.1]",
     "[64:ff9b::a9fe:a9fe]", "[::]", "[ff02::1]"],
)  # fmt: skip
def test_the_machines_own_link_is_never_an_address(host):
    """Private networks may be allowed; a cloud's metadata service is in none of them."""
    with pytest.raises(BadInput, match="never go there"):
        addresses.checked(f"http://{host}/latest", private=True)

    found, why = addresses.allowed(host.strip("[]"), 80, private=True, plain=True)
    assert (found, bool(why)) == ([], True)


def test_a_good_address_is_kept_as_it_is():
    """With port and query."""
    url = "https://shop.example:8443/hooks?tenant=7"
    assert addresses.checked(f" {url} ", private=False) == url


@pytest.mark.parametrize("host", ["localhost", "127.1", "0x7f000001", "2130706433", "017700000001"])
def test_a_name_that_leads_into_a_private_network_is_not_connected_to(office, host):
    """It is looked up before each connection; nothing arrives there, and the reason is told."""
    office.on(f"http://{host}:{office.receiver.port}/hooks")
    office.tell(office.record("1042"))
    office.settings(OUTGOING_PRIVATE=False)
    url = f"https://{host}:{office.receiver.port}/hooks"
    with office.services.sessions.write() as session:
        row = session.merge(office.callback)
        row.url = url
    office.deliver()

    assert office.receiver.got == []
    (event,) = office.rows()
    assert "private network" in event.answer
    assert event.state == "waiting"


def test_a_name_that_leads_elsewhere_the_second_time_is_not_followed(office, monkeypatch):
    """The connection is made to the address that was looked at: the name is asked for once."""
    asked = []

    def lookup(host, port, **_):
        asked.append(host)
        leads_to = "93.184.216.34" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (leads_to, port))]

    tried = []

    class Nowhere(connection.httpcore.SyncBackend):
        def connect_tcp(self, host, *_, **__):
            tried.append(host)
            raise connection.httpcore.ConnectError

    monkeypatch.setattr(addresses.socket, "getaddrinfo", lookup)
    guard = connection.Guard(private=False)
    guard._inner = Nowhere()
    guard.begin(plain=False)
    with pytest.raises(connection.httpcore.ConnectError):
        guard.connect_tcp("rebound.example", 443)

    assert asked == ["rebound.example"]
    assert tried == ["93.184.216.34"]


def test_plain_http_never_leaves_the_private_network():
    """OUTGOING_PRIVATE allows a system in the same building, not the open Internet unencrypted."""
    found, why = addresses.allowed("93.184.216.34", 80, private=True, plain=True)
    assert (found, why) == ([], "its address does not begin with https://")
    assert addresses.allowed("127.0.0.1", 80, private=True, plain=True) == (["127.0.0.1"], "")


def test_a_name_that_nobody_knows_is_told_as_that(office):
    """Not as a broken connection."""
    office.on("https://no-such-host.invalid/hooks")
    office.tell(office.record("1042"))
    office.deliver()

    assert office.rows()[0].answer == "nobody knows the name no-such-host.invalid"


@pytest.fixture
def certified(tmp_path, monkeypatch):
    """A server that shows a certificate for localhost, which the bot trusts."""
    chain, context = tls(tmp_path, ["localhost"])
    monkeypatch.setenv("SSL_CERT_FILE", str(chain))
    connection.trusted.cache_clear()
    made = Receiver().start(context=context)
    yield made
    made.stop()
    connection.trusted.cache_clear()


def test_events_go_over_tls_to_the_name_that_was_given(office, certified):
    """The certificate is for the name, although the connection is made to its address."""
    office.on(f"https://localhost:{certified.port}/hooks")
    office.tell(office.record("1042"))
    office.deliver()

    assert [came.headers["host"] for came in certified.got] == [f"localhost:{certified.port}"]
    assert office.states() == ["delivered"]


def test_a_certificate_for_another_name_is_refused(office, certified):
    """Nothing is posted to whoever cannot show who it is."""
    office.on(f"https://127.0.0.1:{certified.port}/hooks")
    office.tell(office.record("1042"))
    office.deliver()

    assert certified.got == []
    assert office.rows()[0].answer == "its certificate is not valid for this address"


def test_a_server_that_answers_drop_by_drop_is_left_after_the_whole_time(office, monkeypatch):
    """Ten seconds are for the whole request, not for each byte of it."""
    monkeypatch.setattr(connection, "TOTAL_SECONDS", 0.5)
    slowly = Event()

    def drip(handler):
        for byte in b"HTTP/1.1 200 OK\r\n" + b"x-a: " + b"a" * 200:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            slowly.wait(0.05)

    office.receiver.answer = lambda _came: drip
    office.on()
    office.tell(office.record("1042"))
    office.deliver()

    assert "did not answer within" in office.rows()[0].answer


def test_a_long_answer_is_not_read_to_its_end(office):
    """Its status counts; of what it says only the beginning is kept."""
    office.receiver.answer = lambda _came: (500, {}, b"x" * 3_000_000)
    office.on()
    office.tell(office.record("1042"))
    office.deliver()

    assert len(office.rows()[0].answer) < 300


@pytest.mark.parametrize(
    "said", [b"no http at all\r\n\r\n", b"", b"HTTP/1.1 xyz\r\n\r\n", b"\x00" * 50]
)
def test_what_is_no_http_is_tried_again(office, said):
    """Whatever is at the other end, the event waits and the job goes on."""

    def write(handler):
        handler.close_connection = True
        handler.wfile.write(said)
        handler.wfile.flush()

    office.receiver.answer = lambda _came: write
    office.on()
    office.tell(office.record("1042"))
    office.deliver()

    (row,) = office.rows()
    assert (row.state, row.attempts) == ("waiting", 1)
    assert row.answer
