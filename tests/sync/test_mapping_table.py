"""Mappings as a table: out to a spreadsheet and back, with their history, and how they stand."""

import csv
import io
import json

import pytest

from bot import mirror
from bot.models import Company
from bot.sync import mapping_file, mapping_table, mappings
from tests.command_line import environment_of, run_app, run_here
from tests.incidents.house import start_slack
from tests.sync.shop import customer, item, vendor
from tests.sync.test_mapping import put, sale


@pytest.fixture(scope="module")
def in_slack():
    """Settings of a local Slack on a socket, where Priya is U0PRIYA001."""
    process, ready = start_slack("--limits", "off")
    yield {"SLACK_BOT_TOKEN": ready["bot_token"], "SLACK_API_BASE_URL": ready["api_url"]}
    process.terminate()
    process.wait(30)
    process.stdout.close()


@pytest.fixture
def stocked(shop):
    """A customer, a vendor and two items that are posted."""
    shop.hand_over(
        customer("c1", "Jane Doe"),
        vendor("v1", "Paper Mill"),
        item("i1", "Mug", sku="M-1"),
        item("i2", "Cup", sku="C-1"),
    )
    shop.push_all()
    return shop


def qbo(shop, external_id):
    """The item of QuickBooks."""
    return shop.record("item", external_id).qbo_id


def exported(shop):
    """The export of the company."""
    with shop.services.sessions.read() as session:
        return mapping_table.export(session, session.get_one(Company, shop.company_id))


def rows(text):
    """Its rows."""
    return list(csv.DictReader(io.StringIO(text)))


def taken(shop, text, *, apply=True):
    """Read a file and say it all; what it changes and how many records go."""
    with shop.services.sessions.write() as session:
        company = session.get_one(Company, shop.company_id)
        found = mapping_file.read(session, company, text)
        goes = 0
        if apply and not found.refused:
            goes = mapping_file.apply(session, company, found.changes, shop.services.clock.now())
        return found, goes


def test_what_goes_out_comes_back_as_it_is(stocked):
    """A round trip changes nothing, formulas, commas and all kinds of words included."""
    for word in ("OLD-1", "=SUM(A1)", "a, b", '"quoted"', "-5", "@you", "ÄÖ"):
        put(stocked, mappings.SKU, word, qbo(stocked, "i1"))
    put(stocked, mappings.CLASS, mappings.ANY, mappings.NOTHING)
    text = exported(stocked)
    assert not [row["word"] for row in rows(text) if row["word"][:1] in "=@"]
    found, _ = taken(stocked, text)
    assert (found.changes, found.same, found.refused) == ((), 8, ())


def test_a_file_lets_go_what_waited_for_its_words(stocked):
    """A SKU nothing explains is mapped by name; the sale goes, and the history says how."""
    line = {"sku": "NEW-1", "amount": "10.00"}
    stocked.hand_over(sale("1", line))
    stocked.push_all()
    assert stocked.state("invoice", "1") == "held"
    text = "source,what,word,id,name\nShop,sku,NEW-1,,Cup\n"
    found, goes = taken(stocked, text, apply=False)
    assert (len(found.changes), goes, stocked.state("invoice", "1")) == (1, 0, "held")
    _, goes = taken(stocked, text)
    assert goes == 1
    stocked.push_all()
    assert stocked.state("invoice", "1") == "posted"
    taken(stocked, f"source,what,word,id\nShop,sku,new-1,{qbo(stocked, 'i1')}\n")
    with stocked.services.sessions.read() as session:
        company = session.get_one(Company, stocked.company_id)
        told = [(row.was, row.qbo_id, row.why)
                for row in mapping_table.history(session, company, "NEW-1")]  # fmt: skip
    cup, mug = qbo(stocked, "i2"), qbo(stocked, "i1")
    assert told == [(cup, mug, "a file"), ("", cup, "a file")]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Nobody,sku,A,1,", "no source"),
        ("Shop,colour,A,1,", "none of"),
        ("Shop,sku,,1,", "word is empty"),
        ("Shop,sku,A,,", "Neither an id nor a name"),
        ("Shop,sku,A,987654,", "QuickBooks has no item with the id 987654"),
        ("Shop,sku,A,,Nothing Like It", "QuickBooks has no item called"),
        ("Shop,sku,A,(nothing),", "cannot stand for nothing"),
        ("Shop,sku,A,{gone},", "inactive or gone"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_named_and_nothing_is_changed(stocked, row, reason):
    """All or nothing: the good rows beside a wrong one are not taken either."""
    gone = qbo(stocked, "i2")
    stocked.act("deactivate", "Item", gone)
    mirror.refresh(stocked.services, stocked.company_id, "Item", gone)
    good = f"Shop,sku,GOOD,{qbo(stocked, 'i1')},"
    found, _ = taken(stocked, f"source,what,word,id,name\n{good}\n{row.format(gone=gone)}\n")
    [(line, said)] = found.refused
    assert (line, reason in said) == (3, True), said
    assert rows(exported(stocked)) == []


def test_a_word_twice_and_a_file_without_columns_are_refused(stocked):
    """A file says one thing about a word, and has the columns it needs."""
    mug = qbo(stocked, "i1")
    found, _ = taken(stocked, f"source,what,word,id\nShop,sku,A,{mug}\nShop,sku,a,{mug}\n")
    assert [line for line, _ in found.refused] == [3]
    found, _ = taken(stocked, "word;id\nA;1\n")
    assert "columns" in found.refused[0][1]


def test_an_undo_is_remembered(stocked):
    """What is taken back stays in the history."""
    put(stocked, mappings.SKU, "A", qbo(stocked, "i1"))
    with stocked.services.sessions.write() as session:
        mappings.put_back(
            session, stocked.source_id, mappings.SKU, "A", "", by="U2",
            now=stocked.services.clock.now(),
        )  # fmt: skip
    with stocked.services.sessions.read() as session:
        company = session.get_one(Company, stocked.company_id)
        told = [(row.by, row.qbo_id, row.why) for row in mapping_table.history(session, company)]
    assert told == [("U2", "", "taken back"), ("U1", qbo(stocked, "i1"), "a button")]
    assert rows(exported(stocked)) == []


def test_health_counts_what_is_broken_and_what_is_open(stocked):
    """Mapped to something inactive, two words for one item, and a word that holds a sale."""
    for word in ("A", "B"):
        put(stocked, mappings.SKU, word, qbo(stocked, "i1"))
    put(stocked, mappings.SKU, "C", qbo(stocked, "i2"))
    stocked.act("deactivate", "Item", qbo(stocked, "i2"))
    mirror.refresh(stocked.services, stocked.company_id, "Item", qbo(stocked, "i2"))
    stocked.hand_over(sale("1", {"sku": "OPEN-1", "amount": "10.00"}))
    stocked.push_all()
    with stocked.services.sessions.read() as session:
        company = session.get_one(Company, stocked.company_id)
        [one] = mapping_table.health(session, company)
    assert (one.mapped, one.broken, one.wrong_kind, one.shared, one.unmapped) == (3, 1, 0, 1, 1)
    assert (one.used, one.used_mapped, one.by_rule, one.by_name) == (1, 0, 0, 0)


def test_the_command_line_shows_takes_and_tells(stocked, tmp_path):
    """`mappings import --dry-run` changes nothing; a file with a wrong row is told by line."""
    env = environment_of(stocked.services)
    file = tmp_path / "words.csv"
    file.write_text("source,what,word,id,name\nShop,sku,OLD-1,,Mug\n", encoding="utf-8-sig")
    shown = run_app("mappings", "import", str(file), "--dry-run", env=env)
    assert "sku OLD-1 stands for Mug" in shown.stdout
    assert "Nothing was changed" in shown.stdout
    assert rows(exported(stocked)) == []
    assert run_app("mappings", "import", str(file), env=env).returncode == 0
    out = tmp_path / "out.csv"
    assert run_app("mappings", "export", "--out", str(out), env=env).returncode == 0
    [row] = rows(out.read_text(encoding="utf-8-sig"))
    assert (row["word"], row["name"], row["active"]) == ("OLD-1", "Mug", "yes")
    history = run_app("mappings", "history", "old-1", env=env).stdout
    assert "OLD-1" in history
    assert "Mug" in history
    assert f"Item {qbo(stocked, 'i1')}" not in history
    assert "sku" in run_app("mappings", "health", env=env).stdout
    file.write_text("source,what,word,id,name\nShop,sku,X,,Nowhere\n", encoding="utf-8")
    wrong = run_app("mappings", "import", str(file), env=env)
    assert wrong.returncode == 1
    assert (
        "line 2: QuickBooks has no item called 'Nowhere'. Give the name as it stands"
        in wrong.stderr
    )


def test_who_decided_is_named_and_the_file_comes_back_unchanged(stocked, in_slack, tmp_path):
    """Slack knows Priya; somebody it does not know, or has no answer about, stays an id."""
    put(stocked, mappings.SKU, "OLD-1", qbo(stocked, "i1"), by="U0PRIYA001")
    put(stocked, mappings.SKU, "OLD-2", qbo(stocked, "i1"), by="U0NOBODY01")
    put(stocked, mappings.SKU, "OLD-3", qbo(stocked, "i1"), by="")
    env = {**environment_of(stocked.services), **in_slack}
    out = tmp_path / "out.csv"
    assert run_here("mappings", "export", "--out", str(out), env=env).returncode == 0
    told = {row["word"]: row["by"] for row in rows(out.read_text(encoding="utf-8-sig"))}
    assert told == {"OLD-1": "Priya", "OLD-2": "U0NOBODY01", "OLD-3": ""}
    back = run_here("mappings", "import", str(out), env=env)
    assert (back.returncode, back.stdout) == (0, "0 changes, 3 as they are already.\n")

    history = run_here("mappings", "history", "old-1", env=env).stdout
    assert "Priya" in history
    assert "U0PRIYA001" not in history
    [entry] = json.loads(run_here("mappings", "history", "old-1", "--json", env=env).stdout)
    assert (entry["by"], entry["by_name"]) == ("U0PRIYA001", "Priya")

    silent = {**env, "SLACK_API_BASE_URL": "http://127.0.0.1:1/api/"}
    [row, *_] = rows(run_here("mappings", "export", env=silent).stdout)
    assert (row["word"], row["by"]) == ("OLD-1", "U0PRIYA001")


def test_an_import_tells_by_name_what_a_word_stood_for(stocked, tmp_path):
    """Before and after, and what is inactive; an id stands beside its name, never alone."""
    mug, cup = qbo(stocked, "i1"), qbo(stocked, "i2")
    put(stocked, mappings.SKU, "OLD-1", mug)
    put(stocked, mappings.CLASS, "Web", mappings.NOTHING)
    file = tmp_path / "words.csv"
    file.write_text(f"source,what,word,id\nShop,sku,OLD-1,{cup}\nShop,class,Shop,(nothing)\n")
    env = environment_of(stocked.services)
    shown = run_here("mappings", "import", str(file), "--dry-run", env=env).stdout
    assert f"Shop: sku OLD-1 stands for Cup ({cup}), was Mug\n" in shown
    assert "Shop: class Shop stands for nothing, new\n" in shown

    stocked.act("deactivate", "Item", cup)
    mirror.refresh(stocked.services, stocked.company_id, "Item", cup)
    wrong = run_here("mappings", "import", str(file), env=env)
    assert f"line 2: Cup (Item {cup}) is inactive or gone." in wrong.stderr
