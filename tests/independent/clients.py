"""The clients whose live tests are run: where they come from and what cannot apply."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Simulator:
    """What a client has to be told: addresses and keys of one company."""

    api_url: str
    discovery_url: str
    client_id: str
    client_secret: str
    realm_id: str
    access_token: str
    refresh_token: str


@dataclass(frozen=True, slots=True)
class Client:
    """One client: a public repository at one version, and how its tests are started."""

    name: str
    repository: str
    version: str
    """A tag, or a commit where the project sets no tags."""
    variable: str
    """Environment variable that names a copy of the repository on this machine."""
    command: Callable[[Path, Path, Simulator], tuple[list[str], dict[str, str]]]
    """Copy, file for the results, simulator -> words of the command and its environment."""
    prepare: tuple[tuple[str, ...], ...] = ()
    """Commands to run once in the copy before the tests."""
    needs: tuple[str, ...] = ()
    """Programs that have to be on this machine."""
    cannot: Mapping[str, str] = field(default_factory=dict)
    """A test's full name -> why it cannot apply."""


def _python_quickbooks(
    copy: Path, results: Path, simulator: Simulator
) -> tuple[list[str], dict[str, str]]:
    words = [sys.executable, "-m", "pytest", "-q", "-p", "addresses", "-p", "no:cacheprovider"]
    words += ["--rootdir", str(copy), f"--junitxml={results}", "tests/integration"]
    return words, {
        "PYTHONPATH": f"{copy}:{HERE / 'python_quickbooks'}",
        "CLIENT_ID": simulator.client_id,
        "CLIENT_SECRET": simulator.client_secret,
        "COMPANY_ID": simulator.realm_id,
        "REFRESH_TOKEN": simulator.refresh_token,
        "QBO_API_URL": simulator.api_url,
        "QBO_DISCOVERY_URL": simulator.discovery_url,
        # The library refuses plain http otherwise; the simulator speaks nothing else.
        "OAUTHLIB_INSECURE_TRANSPORT": "1",
    }


def _node_quickbooks(
    copy: Path, results: Path, simulator: Simulator
) -> tuple[list[str], dict[str, str]]:
    config = (HERE / "node_quickbooks" / "config.js").read_text(encoding="utf-8")
    (copy / "config.js").write_text(config, encoding="utf-8")
    words = ["node", "../node_modules/mocha/bin/mocha.js", "--exit", "--reporter", "xunit"]
    words += ["--reporter-option", f"output={results}"]
    # In this order: one of the others leaves a note behind when it fails half-way.
    words += [f"test/{name}.js" for name in ("index", "batch", "cdc", "charge")]
    return words, {
        "QBO_COMPANY_URL": f"{simulator.api_url}/company/",
        "QBO_ACCESS_TOKEN": simulator.access_token,
        "QBO_REALM_ID": simulator.realm_id,
        "QBO_CLIENT_ID": simulator.client_id,
        "QBO_CLIENT_SECRET": simulator.client_secret,
    }


QUIETLY = ("--no-audit", "--no-fund", "--no-save")
NODE_TOOLS = ("mocha@10.1.0", "expect@0.1.1", "async@0.9.0", "moment@2", "bluebird@3.3.4")
"""What its tests use, one folder up: its own list holds an older bluebird than it runs with."""


CLIENTS: tuple[Client, ...] = (
    Client(
        name="python-quickbooks",
        repository="https://github.com/ej2/python-quickbooks",
        version="0.9.12",
        variable="PYTHON_QUICKBOOKS",
        command=_python_quickbooks,
    ),
    Client(
        name="node-quickbooks",
        repository="https://github.com/mcohen01/node-quickbooks",
        version="f5baf5d976c17ccc6786c5b19d9fbceb3b5aac0d",
        variable="NODE_QUICKBOOKS",
        command=_node_quickbooks,
        prepare=(
            ("npm", "install", *QUIETLY, "--omit=dev"),
            ("npm", "install", *QUIETLY, "--prefix", "..", *NODE_TOOLS),
        ),
        needs=("node", "npm"),
        cannot={
            "Charge Api should create a Charge, get a charge, capture, and refund": (
                "the card payments API of another Intuit product, not of QuickBooks Online"
            ),
            "Batch Api should create 25 Attachables in one batch": (
                "sends items without `bId` and `operation`, which Intuit's batch page requires"
            ),
            "Change Data Capture should create an Attachable and capture the change": (
                "stops inside the client (its date library takes no moment) before it asks"
            ),
            "Query should fetch": "made by the empty last line of its list of entities",
        },
    ),
)
