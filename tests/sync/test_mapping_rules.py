"""Rules for words: which one holds, what comes of it, how it ends, and its spreadsheet."""

import itertools
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInput
from bot.models import AuditEntry, Company, Mapping, MappingRule
from bot.sync import globs, mapping_rules, mappings, rule_file
from bot.sync.mapping_rules import Wanted
from tests.command_line import environment_of, run_here
from tests.quickbooks.simulator import connected_bench, settings_for
from tests.sync.shop import customer, item, open_shop, payment, vendor
from tests.sync.test_mapping import bill, posted, put, sale

NOW = datetime(2026, 11, 23, tzinfo=UTC)
PATTERNS = st.text("ab-*?", min_size=1, max_size=7).map(globs.folded).filter(bool)
WORDS = st.text("ab-", max_size=7)


@pytest.fixture(scope="module")
def stocked(simulator, tmp_path_factory):
    """A customer, a vendor and two items that are posted; one company for all these tests."""
    folder = tmp_path_factory.mktemp("rules")
    with connected_bench(simulator, settings_for(simulator, folder), folder, "rules") as bench:
        shop = open_shop(bench)
        shop.hand_over(
            customer("c1", "Jane Doe"),
            vendor("v1", "Paper Mill"),
            item("i1", "Mug", sku="M-1"),
            item("i2", "Cup", sku="C-1"),
        )
        shop.push_all()
        yield shop


@pytest.fixture
def rules(stocked):
    """Make rules that end with the test."""
    made = []

    def make(what, pattern, qbo_id, *, every=False, entity="", approved_by=""):
        entity = entity or mappings.ENTITIES[what]
        source_id = None if every else stocked.source_id
        wanted = Wanted(what, pattern, entity, qbo_id, source_id, "U1", approved_by)
        with stocked.services.sessions.write() as session:
            company = session.get_one(Company, stocked.company_id)
            rule = mapping_rules.make(session, company, wanted, stocked.services.clock.now())
            made.append(rule.id)
            return len(mapping_rules.release(session, rule))

    yield make
    with stocked.services.sessions.write() as session:
        for rule_id in made:
            rule = session.get_one(MappingRule, rule_id)
            mapping_rules.end(session, rule, "U1", stocked.services.clock.now())


def qbo(shop, external_id):
    """The item of QuickBooks."""
    return shop.record("item", external_id).qbo_id


def item_of(shop, number):
    """The item of an invoice's only line."""
    [line] = [
        row for row in posted(shop, "Invoice", number)["Line"] if "SalesItemLineDetail" in row
    ]
    return line["SalesItemLineDetail"]["ItemRef"]["value"]


def sold(number, sku, **more):
    """An invoice with one line."""
    return sale(number, {"sku": sku, "amount": "10.00"}, **more)


def test_a_rule_lets_go_what_waited_and_is_no_mapping(stocked, rules):
    """The SKU nobody mapped goes by the pattern, the audit record names the rule, nothing stays."""
    stocked.hand_over(sold("R1", "tee-xl"), sold("R2", "Cap-1"))
    stocked.push_all()
    assert stocked.causes("invoice", "R1") == [("item_not_mapped", "item:Shop/tee-xl")]
    assert rules(mappings.SKU, "TEE-*", qbo(stocked, "i1")) == 1
    stocked.push_all()
    assert item_of(stocked, "R1") == qbo(stocked, "i1")
    assert stocked.state("invoice", "R2") == "held"
    assert not [row for row in stocked.all(Mapping) if row.key == "tee-xl"]
    [entry] = [row for row in stocked.all(AuditEntry) if row.action == "mappings.rule_used"]
    assert entry.subject == "invoice:Shop/R1"
    assert (entry.data["rules"][0]["word"], entry.data["rules"][0]["pattern"]) == (
        "tee-xl",
        "TEE-*",
    )


def test_own_mapping_then_source_then_company_then_name(stocked, rules):
    """Each step falls back to the next as the one above it ends."""
    mug, cup = qbo(stocked, "i1"), qbo(stocked, "i2")
    rules(mappings.SKU, "BOX-*", mug, every=True)
    stocked.hand_over(sold("P1", "BOX-1"))
    stocked.push_all()
    rules(mappings.SKU, "BOX-*", cup)
    stocked.hand_over(sold("P2", "BOX-1"))
    stocked.push_all()
    put(stocked, mappings.SKU, "BOX-1", mug)
    stocked.hand_over(sold("P3", "BOX-1"), sold("P4", "C-1"))
    stocked.push_all()
    assert [item_of(stocked, number) for number in ("P1", "P2", "P3", "P4")] == [mug, cup, mug, cup]


def test_an_ended_rule_holds_again_and_its_history_stays(stocked):
    """What was posted stays; the next word waits for a person."""
    with stocked.services.sessions.write() as session:
        company = session.get_one(Company, stocked.company_id)
        wanted = Wanted(mappings.SKU, "POT-?", "Item", qbo(stocked, "i1"), None, "U1")
        rule_id = mapping_rules.make(session, company, wanted, NOW).id
    stocked.hand_over(sold("E1", "POT-1"), sold("E2", "POT-10"))
    stocked.push_all()
    assert (stocked.state("invoice", "E1"), stocked.state("invoice", "E2")) == ("posted", "held")
    with stocked.services.sessions.write() as session:
        mapping_rules.end(session, session.get_one(MappingRule, rule_id), "U2", NOW)
    stocked.hand_over(sold("E3", "POT-2"))
    stocked.push_all()
    assert stocked.state("invoice", "E3") == "held"
    with stocked.services.sessions.read() as session:
        [rule] = [one for one in mapping_rules.history(session, stocked.company_id)
                  if one.id == rule_id]  # fmt: skip
        assert (rule.by, rule.ended_by, rule.pattern) == ("U1", "U2", "POT-?")


def test_rules_hold_for_every_kind_of_word(stocked, rules):
    """Customers, terms, accounts and where money goes; a location may be posted without."""
    jane = stocked.record("customer", "c1").qbo_id
    terms = {row["Name"]: row["Id"] for row in stocked.books("Term")}
    accounts = {row["Name"]: row["Id"] for row in stocked.books("Account")}
    rules(mappings.CUSTOMER, "GUEST-*", jane)
    rules(mappings.TERM, "* days", terms["Net 30"], every=True)
    rules(mappings.LOCATION, "web-*", mappings.NOTHING)
    rules(mappings.ACCOUNT, "6* Office*", accounts["Office Expenses"], approved_by="Ann")
    rules(mappings.DEPOSIT_TO, "stripe*", accounts["Checking"], approved_by="Ann")
    stocked.hand_over(
        sold("K1", "M-1", customer="guest-9", terms="29 days", location="WEB-EU"),
        bill("K2", "6100 Office supplies"),
        payment("K3", "GUEST-9", "4.00", method="Stripe Link"),
        customer("guest-12", "Nobody Known"),
    )
    stocked.push_all()
    made = posted(stocked, "Invoice", "K1")
    assert (made["CustomerRef"]["value"], made["SalesTermRef"]["value"]) == (jane, terms["Net 30"])
    assert "DepartmentRef" not in made
    line = posted(stocked, "Bill", "K2")["Line"][0]["AccountBasedExpenseLineDetail"]
    assert line["AccountRef"]["value"] == accounts["Office Expenses"]
    paid = next(row for row in stocked.books("Payment") if row["TotalAmt"] == 4)
    assert paid["DepositToAccountRef"]["value"] == accounts["Checking"]
    assert stocked.record("customer", "guest-12").qbo_id == jane


def test_a_rule_to_something_inactive_holds_what_it_explains(stocked, rules):
    """As a mapping would: the person decides again."""
    stocked.hand_over(item("i3", "Bowl", sku="B-1"))
    stocked.push_all()
    bowl = qbo(stocked, "i3")
    rules(mappings.SKU, "BWL*", bowl)
    stocked.act("deactivate", "Item", bowl)
    stocked.hand_over(sold("B1", "BWL-7"))
    stocked.push_all()
    [(problem, _)] = stocked.causes("invoice", "B1")
    assert problem in ("mapping_broken", "inactive_record")


@pytest.mark.parametrize(
    ("what", "pattern", "reason"),
    [
        ("sku", "MUG", "no pattern"),
        ("sku", "*", "fits nearly everything"),
        ("sku", "-*", "fits nearly everything"),
        ("sku", "a*b*c*d*e*f*", "at most 5 stars"),
        ("sku", f"{'x' * 128}*", "at most 128"),
        ("account", "6*", "who approved"),
        ("deposit_to", "6*", "who approved"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(rules, what, pattern, reason):
    """With a sentence that says what to do."""
    with pytest.raises(BadInput, match=reason):
        rules(what, pattern, "1")


def test_two_rules_that_would_tie_are_refused_when_the_second_is_made(rules):
    """The same pattern; as narrow a one that meets it; not for the same record."""
    rules(mappings.CLASS, "AB*", "1")
    for pattern in ("ab*", "*AB"):
        with pytest.raises(BadInput, match="rule"):
            rules(mappings.CLASS, pattern, "2")
    rules(mappings.CLASS, "AB?", "1")
    rules(mappings.CLASS, "CD*", "2")
    rules(mappings.CLASS, "ABC*", "2")
    rules(mappings.CLASS, "AB*", "3", every=True)


@given(PATTERNS, PATTERNS)
def test_two_patterns_meet_just_when_some_word_fits_both(one, other):
    """Against all short words: no tie is overlooked."""
    tried = ("".join(word) for size in range(6) for word in itertools.product("ab-", repeat=size))
    found = any(globs.fits(one, word) and globs.fits(other, word) for word in tried)
    assert globs.meet(one, other) or not found
    assert globs.meet(one, one)


@given(PATTERNS, WORDS)
def test_a_pattern_fits_as_a_person_reads_it(pattern, word):
    """A star is any run, a question mark one sign, all else itself."""
    by_hand = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    assert globs.fits(pattern, word) == bool(re.fullmatch(by_hand, word))


@given(st.lists(st.tuples(PATTERNS, st.sampled_from([None, 1, 2])), max_size=6), WORDS)
def test_the_rule_that_holds_is_the_nearest_and_narrowest(found, word):
    """Of the source before the company's, then the longest part of its own; never another's."""
    rules = [
        MappingRule(id=n, company_id=1, source_id=source, what="sku", pattern=pattern,
                    entity="Item", qbo_id=str(n), by="", at=NOW)
        for n, (pattern, source) in enumerate(found, 1)
    ]  # fmt: skip
    fitting = [rule for rule in rules if rule.source_id != 2 and globs.fits(rule.pattern, word)]
    chosen = mapping_rules.first(rules, 1, "sku", word)
    assert (chosen is None) == (not fitting)
    if chosen is not None:
        own = [rule for rule in fitting if rule.source_id == 1] or fitting
        assert chosen in own
        assert globs.rank(chosen.pattern) == max(globs.rank(rule.pattern) for rule in own)


def test_rules_go_to_a_spreadsheet_and_come_back(stocked, rules):
    """A round trip changes nothing; another target for the same pattern takes its place."""
    rules(mappings.SKU, "=SUM*", qbo(stocked, "i1"))
    rules(mappings.CLASS, "zz-*", mappings.NOTHING, every=True)
    with stocked.services.sessions.write() as session:
        company = session.get_one(Company, stocked.company_id)
        text = rule_file.export(session, company)
        found = rule_file.read(session, company, text)
        assert (found.wanted, found.same, found.refused) == ((), 2, ())
        changed = "what,pattern,id,source\nsku,=SUM*,{},Shop\nsku,x,1,Shop\n"
        found = rule_file.read(session, company, changed.format(qbo(stocked, "i2")))
        assert [line for line, _ in found.refused] == [3]
        found = rule_file.read(session, company, changed[: changed.index("sku,x")].format("9999"))
        assert "QuickBooks has no item with the id 9999" in found.refused[0][1]
        good = changed[: changed.index("sku,x")].format(qbo(stocked, "i2"))
        found = rule_file.read(session, company, good)
        rule_file.apply(session, company, found, NOW)
        [rule] = [one for one in mapping_rules.standing(session, stocked.company_id)
                  if one.pattern == "=SUM*"]  # fmt: skip
        assert rule.qbo_id == qbo(stocked, "i2")
        mapping_rules.end(session, rule, "", NOW)


def test_the_command_line_makes_tries_lists_and_ends_rules(stocked):
    """By name; a word is tried without a change; what is unknown is one clear line."""
    env = environment_of(stocked.services)
    made = run_here("mappings", "rule", "add", "sku", "JAR-*", "--to", "Mug", env=env)
    assert (made.returncode, "stands for Mug." in made.stdout) == (0, True), made.stderr
    tried = run_here("mappings", "rule", "try", "sku", "jar-9", "--source", "Shop", env=env)
    assert "JAR-*" in tried.stdout
    tried = run_here("mappings", "rule", "try", "sku", "lid-9", "--source", "Shop", env=env)
    assert "No mapping and no rule explains lid-9" in tried.stdout
    misspelt = run_here("mappings", "rule", "add", "sku", "CUP-*", "--to", "Muug", env=env)
    told = "QuickBooks has no item called 'Muug'; the nearest is Mug. Give the name as it stands"
    assert (misspelt.returncode, told in misspelt.stderr) == (2, True), misspelt.stderr
    refused = run_here("mappings", "rule", "add", "account", "6*", "--to", "Checking", env=env)
    assert (refused.returncode, "--approved-by" in refused.stderr) == (2, True), refused.stderr
    number = re.search(r"Rule (\d+)", made.stdout).group(1)
    assert "JAR-*" in run_here("mappings", "rule", "list", env=env).stdout
    ended = run_here("mappings", "rule", "end", number, env=env)
    assert (ended.returncode, "has ended" in ended.stdout) == (0, True)
    assert "JAR-*" not in run_here("mappings", "rule", "list", env=env).stdout
    assert "JAR-*" in run_here("mappings", "rule", "list", "--all", env=env).stdout
