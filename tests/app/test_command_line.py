"""The command line as other programs call it: exit codes, one clear line, clean output."""

import json
import socket
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.command_line import run_app, run_here


@pytest.fixture
def env_file(tmp_path):
    """Settings of a bot alone, whose QuickBooks and Slack are out of reach."""
    path = tmp_path / "env"
    path.write_text(
        f"DATABASE_URL=sqlite:///{tmp_path}/bot.sqlite3\n"
        f"SECRET_KEYS={Fernet.generate_key().decode()}\n"
        "INTUIT_CLIENT_ID=id\nINTUIT_CLIENT_SECRET=secret\n"
        "INTUIT_ENVIRONMENT=http://127.0.0.1:9/discovery\n"
        "QUICKBOOKS_API_URL=http://127.0.0.1:9/v3\nSLACK_API_BASE_URL=http://127.0.0.1:9/api/\n"
        "SLACK_BOT_TOKEN=xoxb-1-2-abc\nSLACK_APP_TOKEN=xapp-1-A-2-abc\n"
    )
    return str(path)


def test_run_without_settings_says_what_is_missing():
    """One list, one exit code, no traceback."""
    done = run_app("run", "--env-file", ".env.example")

    assert done.returncode == 2
    assert done.stdout == ""
    for name in ("SECRET_KEYS", "INTUIT_CLIENT_ID", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"):
        assert f"  - {name}" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("SECRET_KEYS=changeme", "SECRET_KEYS"),
        ("SLACK_BOT_TOKEN=changeme", "SLACK_BOT_TOKEN"),
        ("PUBLIC_URL=http://bot.example.com", "PUBLIC_URL"),
        ("LOG_LEVEL=LOUD", "LOG_LEVEL"),
        ("WEB_PORT=http", "WEB_PORT"),
        ("SYNC_SECONDS=0", "SYNC_SECONDS"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_is_not_a_traceback(env_file, line, named):
    """The bot does not start half right."""
    path = Path(env_file)
    kept = [row for row in path.read_text().splitlines() if not row.startswith(f"{named}=")]
    path.write_text("\n".join([*kept, line]) + "\n")
    done = run_here("run", "--env-file", env_file)

    assert done.returncode == 2
    assert named in done.stderr
    assert "Traceback" not in done.stderr
    assert "changeme" not in done.stderr


def test_an_env_file_that_is_not_there_is_one_line():
    """Exit code 2."""
    done = run_here("status", "--env-file", "nowhere/env")

    assert done.returncode == 2
    assert done.stderr.strip() == "There is no env file nowhere/env."


def test_settings_named_on_the_command_line_go_before_the_environment(env_file, tmp_path):
    """A variable left in the shell cannot lead a demo to a real database."""
    elsewhere = tmp_path / "elsewhere.sqlite3"
    run_here("migrate", "--env-file", env_file, env={"DATABASE_URL": f"sqlite:///{elsewhere}"})

    assert not elsewhere.exists()
    assert (tmp_path / "bot.sqlite3").exists()


def test_an_unknown_command_or_option_is_used_wrongly():
    """Exit code 2, as everywhere."""
    assert run_here("nonsense").returncode == 2
    assert run_here("status", "--nonsense").returncode == 2
    assert run_here("bench", "nonsense").returncode == 2
    assert run_here("sandbox", "nonsense").returncode == 2


def test_a_company_and_its_source_are_made_alone(env_file):
    """Without a running bot; the answers are one JSON value each."""
    made = run_app(
        "connect", "--name", "Harbor Foods", "--channel", "C0123456789", "--time-zone",
        "America/New_York", "--tax-filed-through", "2026-10-31", "--role-operator", "U1,S2",
        "--json", "--env-file", env_file,
    )  # fmt: skip
    company = json.loads(made.stdout)
    source = json.loads(run_here("sources", "add", "Shop", "--json", "--env-file", env_file).stdout)
    status = json.loads(run_here("status", "--json", "--env-file", env_file).stdout)

    nothing = {"records": 0, "documents": 0, "invoices": {}, "payments": {}, "purchases": {},
               "words": ""}  # fmt: skip
    assert made.returncode == 0
    assert company["link"].startswith("http://127.0.0.1:8080/reconnect/")
    assert source["token"].startswith("qbi_")
    assert source["url"].endswith("/intake/Shop")
    assert status[0] | {"id": 0} == {
        "company": "Harbor Foods",
        "id": 0,
        "channel": "C0123456789",
        "realm_id": None,
        "connection": "never",
        "lost_since": None,
        "posted": 0,
        "held": 0,
        "waiting": 0,
        "documents_not_posted": 0,
        "invoices_not_posted": {},
        "payments_not_posted": {},
        "purchases_not_posted": {},
        "held_money": nothing,
        "waiting_money": nothing,
        "open": 0,
        "last_posted_at": None,
        "next": 'python app.py connect --name "Harbor Foods", or /qb-reconnect in Slack',
    }


@pytest.mark.parametrize(
    "words",
    [
        ("connect", "--name", "New"),
        ("connect", "--name", "New", "--channel", "general"),
        ("connect", "--name", "New", "--channel", "C01", "--time-zone", "Mars/Base"),
        ("connect", "--name", "New", "--channel", "C01", "--tax-filed-through", "10/31/2026"),
        ("connect", "--name", "  ", "--channel", "C01"),
        ("sources", "add", "shop"),
        ("sync",),
        ("sync", "--csv", "nowhere.csv"),
        ("check", "--company", "Nobody"),
        ("status", "--company", "Nobody"),
    ],
    ids=lambda words: " ".join(words)[:40],
)
def test_wrong_words_are_one_clear_line(env_file, words):
    """Exit code 2, nothing on standard output, no traceback."""
    done = run_here(*words, "--env-file", env_file)

    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1


def test_status_with_no_company_says_what_to_do(env_file):
    """An empty house is no error."""
    run_here("migrate", "--env-file", env_file)
    done = run_here("status", "--env-file", env_file)

    assert done.returncode == 0
    assert "app.py connect" in done.stdout


def test_doctor_names_everything_that_is_wrong_and_never_stops(env_file):
    """Exit code 1; each part has its line."""
    done = run_here("doctor", "--json", "--env-file", env_file)
    found = {row["part"]: row for row in json.loads(done.stdout)}

    assert done.returncode == 1
    assert found["settings"]["ok"] is True
    assert found["database"]["ok"] is True
    assert found["Slack"]["ok"] is False
    assert found["Intuit"]["ok"] is False
    assert found["companies"]["ok"] is False


@pytest.mark.parametrize("url", ["sqlite:////proc/nowhere/bot.sqlite3", "nonsense", "odd://x"])
def test_a_database_that_cannot_be_used_is_one_clear_line(env_file, url):
    """A wrong address, a folder that cannot be made."""
    path = Path(env_file)
    path.write_text(path.read_text() + f"DATABASE_URL={url}\n")
    done = run_here("status", "--env-file", env_file)

    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_a_port_in_use_stops_the_start_with_a_sentence(env_file):
    """Nothing is half started."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        Path(env_file).write_text(Path(env_file).read_text() + f"WEB_PORT={port}\n")
        done = run_app("run", "--env-file", env_file)

    assert done.returncode == 2
    assert f"127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_run_on_one_database_is_refused(env_file):
    """The operating system holds the lock, so that a crash frees it."""
    import fcntl

    database = Path(env_file).with_name("bot.sqlite3.lock")
    with database.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = run_app("run", "--env-file", env_file)

    assert done.returncode == 2
    assert "Another bot is running" in done.stderr


def test_the_record_is_verified_and_exported(env_file):
    """verify: 0 when whole, 1 when somebody changed a row; export: one JSON line an entry."""
    import sqlite3

    run_here("connect", "--name", "A", "--channel", "C01", "--env-file", env_file)
    whole = run_here("audit", "verify", "--json", "--env-file", env_file)
    exported = run_here("audit", "export", "--env-file", env_file)
    with sqlite3.connect(Path(env_file).with_name("bot.sqlite3")) as database:
        database.execute("UPDATE auditentry SET actor = 'U9' WHERE seq = 1")
    database.close()
    broken = run_here("audit", "verify", "--env-file", env_file)

    assert (whole.returncode, json.loads(whole.stdout)["ok"]) == (0, True)
    assert [json.loads(line)["seq"] for line in exported.stdout.splitlines()] == [1, 2]
    assert broken.returncode == 1
    assert "entry 1" in broken.stdout


def test_keys_new_makes_a_key():
    """It needs no settings."""
    key = Fernet(run_app("keys", "new").stdout.strip())

    assert key.decrypt(key.encrypt(b"a token")) == b"a token"


def test_manifest_is_json_for_slack():
    """It follows the settings: signed HTTP without an app token."""
    done = run_here(
        "manifest", env={"SLACK_SIGNING_SECRET": "s", "PUBLIC_URL": "https://b.example"}
    )
    made = json.loads(done.stdout)

    assert made["settings"]["socket_mode_enabled"] is False
    assert made["settings"]["interactivity"]["request_url"] == "https://b.example/slack/events"


def test_explain_knows_an_error_without_any_settings():
    """Problem, kind, family, confidence, evidence, fixes."""
    text = "The name supplied already exists. : Id=120"
    found = json.loads(run_here("explain", text, "--code", "6240", "--json").stdout)

    assert found["kind"] == "duplicate_name"
    assert found["family"] == "duplicates"
    assert 0 < found["confidence"] <= 1
    assert found["evidence"]


def test_explain_tells_the_step_about_a_record_where_there_is_an_error():
    """Of a text that tells of none it only asks for the whole text."""
    looking = "whether the record is there already"
    assert looking in run_here("explain", "QuickBooks export error: flux misaligned").stdout
    said = run_here("explain", "hello there, are you well?").stdout
    assert "I do not know this" in said
    assert looking not in said


def test_explain_loads_neither_the_database_nor_slack():
    """Somebody waits for one sentence: a second and a half of work would be loading alone."""
    done = run_app("explain", "error 6240", env={"PYTHONPROFILEIMPORTTIME": "1"})

    assert done.stdout.startswith("Name of a record is taken")
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "bot.knowledge" in loaded
    heavy = {"sqlmodel", "slack_bolt", "fastapi", "requests", "bot.models", "bot.services"}
    assert heavy & loaded == set()


@pytest.mark.parametrize(
    ("beside", "named"),
    [(["error 6240"], "a text"), (["--code", "6240"], "--code"), (["--json"], "--json")],
)
def test_explain_throws_nothing_away_that_stands_beside_lines(beside, named):
    """Lines come on standard input: whatever else is given is refused, not forgotten."""
    done = run_app("explain", "--jsonl", *beside, given="")
    assert done.returncode == 2
    assert f"so {named} cannot be given with it" in done.stderr
    assert done.stdout == ""


def test_explain_names_what_the_text_names():
    """The name that is taken and by whom, and records in the words of any list."""
    told = {
        "Error 6240: The name supplied already exists. Another employee is already using this "
        "name. Name: Emily Platt": "The name Emily Platt is in use in QuickBooks already, by an "
        "employee.",
        'Customer "Kim Lee" already exists as a vendor in QuickBooks': "The name Kim Lee is in use "
        "in QuickBooks already, by a vendor.",
        "QuickBooks error 6240: Another customer, vendor or employee is already using this name": (
            "QuickBooks refused a record: its name is in use already."
        ),
        'Synder: Product/Service "Sea salt 25 kg" is inactive in QuickBooks': "the item Sea salt 25"
        " kg, which it uses, is inactive",
        'Produkt/Dienstleistung "Sea salt" ist inaktiv (610)': "the item Sea salt, which it uses",
        'QuickBooks: vendor "Acme Supply" not found': "it refers to the vendor Acme Supply",
        "The item 'Blue Mug' could not be found in QuickBooks": "The item Blue Mug was not found",
        "Invalid Reference Id : Names element id 58 not found (2500)": "id 58",
    }
    for text, words in told.items():
        assert words in run_here("explain", text).stdout


def test_explain_answers_every_line_bad_ones_too():
    """One line out for every line in; unknown is an answer."""
    lines = [
        {"id": 1, "text": "Duplicate Name Exists Error", "code": "6240", "platform": "qbo"},
        {"id": "b", "text": "the moon is full", "code": "", "platform": "qbo"},
        {"id": 3, "text": "x", "platform": "nonsense"},
        {"id": 4, "text": 17, "platform": "qbo"},
        {"id": 5},
    ]
    given = "\n".join([*map(json.dumps, lines), "{broken", "[1]"]) + "\n"
    done = run_app("explain", "--jsonl", given=given)
    found = [json.loads(line) for line in done.stdout.splitlines()]

    assert done.returncode == 0
    assert [row["id"] for row in found] == [1, "b", 3, 4, 5, None, None]
    assert found[0]["kind"] == "duplicate_name"
    assert (found[1]["problem"], found[1]["kind"]) == ("unknown", "unknown")
    assert ["error" in row for row in found] == [False, False, True, True, True, True, True]
    assert all({"problem", "kind", "family", "confidence", "fixes"} <= set(row) for row in found)


def test_problems_are_listed_and_previewed(tmp_path):
    """The words as the message would say them."""
    facts = tmp_path / "facts.json"
    facts.write_text("{}")
    listed = run_here("problems", "list", "--json")
    missing = run_here("problems", "preview", "inactive_record", "--facts", str(facts))

    assert "inactive_record" in {row["problem"] for row in json.loads(listed.stdout)}
    assert missing.returncode == 1
    assert "'company' is undefined" in missing.stdout
    assert len(missing.stdout.strip().splitlines()) == 1


def test_what_decides_who_may_is_in_the_record_before_and_after(env_file):
    """The day up to which sales tax is filed is set, and taken back with `none`."""
    words = ("connect", "--name", "Harbor Foods", "--env-file", env_file)
    run_here(*words, "--channel", "C0123456789", "--tax-filed-through", "2026-10-31")
    run_here(*words, "--time-zone", "America/Chicago", "--tax-filed-through", "none")
    record = run_here("audit", "export", "--env-file", env_file).stdout.splitlines()
    changes = [row["data"] for row in map(json.loads, record) if row["action"] == "company.set"]

    assert [(row["before"].get("tax_filed_through"), row["after"]["tax_filed_through"])
            for row in changes] == [(None, "2026-10-31"), ("2026-10-31", None)]  # fmt: skip
    assert changes[1]["before"]["time_zone"] == "America/New_York"
    assert changes[1]["after"]["time_zone"] == "America/Chicago"


def test_a_company_that_is_not_connected_cannot_be_disconnected(env_file):
    """One line says so."""
    run_here("connect", "--name", "Harbor", "--channel", "C0123456789", "--env-file", env_file)
    done = run_here("disconnect", "--company", "Harbor", "--yes", "--env-file", env_file)

    assert done.returncode == 2
    assert "not connected" in done.stderr
