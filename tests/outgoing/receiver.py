"""A source's own server: answers as a test says, notes what came, and verifies signatures."""

import base64
import hashlib
import hmac
import json
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

TOLERANCE = 5 * 60


@dataclass(frozen=True)
class Came:
    """One request."""

    path: str
    headers: dict
    content: bytes

    @property
    def id(self):
        return self.headers["webhook-id"]

    @property
    def body(self):
        return json.loads(self.content)

    @property
    def about(self):
        """(external id, sequence): what order is about."""
        return self.body["external_id"], self.body["sequence"]


def genuine(came, key, *, now=None):
    """Verify as the specification of Standard Webhooks 1.0.0 says; written from it alone."""
    stamp = came.headers["webhook-timestamp"]
    if abs((now or time.time()) - int(stamp)) > TOLERANCE:
        return False
    secret = base64.b64decode(key.removeprefix("whsec_"))
    content = f"{came.headers['webhook-id']}.{stamp}.".encode() + came.content
    made = base64.b64encode(hmac.new(secret, content, hashlib.sha256).digest()).decode()
    given = [one.partition(",") for one in came.headers["webhook-signature"].split(" ")]
    return any(version == "v1" and hmac.compare_digest(one, made) for version, _, one in given)


@dataclass
class Receiver:
    """`answer` is asked for (status, headers, body) of each request; None: it breaks off."""

    got: list = field(default_factory=list)
    answer: object = None
    server: object = None

    def __post_init__(self):
        self.answer = self.answer or (lambda _came: 200)

    @property
    def port(self):
        return self.server.server_address[1]

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/hooks"

    def events(self):
        """The names of what was taken, in order of arrival."""
        return [came.body["event"] for came in self.got]

    def start(self, port=0, context=None):
        """Listen."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 5

            def do_POST(self):
                content = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                came = Came(self.path, headers, content)
                receiver.got.append(came)
                with suppress(OSError):
                    receiver.reply(self, receiver.answer(came))

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        if context is not None:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def reply(self, handler, answer):
        """Write an answer."""
        if answer is None:
            handler.close_connection = True
            handler.connection.close()
            return
        if callable(answer):
            answer(handler)
            return
        status, headers, body = answer if isinstance(answer, tuple) else (answer, {}, b"")
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("content-length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def stop(self):
        """Nobody answers there any more."""
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()


def tls(folder, names):
    """A certificate for these names, its file, and a context that shows it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0])])
    now = datetime.now(UTC)  # noqa: TID251  a certificate is valid in real time
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(one) for one in names]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    chain, private = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, private)
    return chain, context
