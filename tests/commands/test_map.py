"""/qb-map: how words stand, which are open with their buttons, rules, and one word's history."""

import pytest

from bot.domain import RecordType
from bot.models import Company, Hold, MappingRule, MirrorRow
from bot.sync import formats, mapping_rules, mappings, places
from bot.sync.mapping_rules import Wanted
from bot.sync.roots import KIND_WORDS


@pytest.fixture
def shop(bot):
    """A source with a mapped SKU, one to an inactive item, a rule, and an open SKU."""
    source = bot.source(bot.harbor, "Web shop")
    now = bot.services.clock.now()
    for qbo_id, name, active in (("1", "Blue Mug", True), ("2", "Old Cup", False)):
        bot.add(
            MirrorRow(company_id=bot.harbor.id, entity="Item", qbo_id=qbo_id, name=name,
                      folded=name.casefold(), active=active, data={"Name": name}, read_at=now)
        )  # fmt: skip
    with bot.services.sessions.write() as session:
        for said, qbo_id in (("MUG-9", "2"), ("MUG-9", "1"), ("CUP-1", "2")):
            mappings.put(session, company_id=bot.harbor.id, source_id=source.id, what="sku",
                         said=said, qbo_id=qbo_id, by="U1", now=now)  # fmt: skip
        wanted = Wanted("sku", "TEE-*", "Item", "1", source.id, "U1")
        mapping_rules.make(session, bot.harbor, wanted, now)
    for number, sku in (("1", "MUG-9"), ("2", "tee-xl"), ("3", "POT-7")):
        bot.record(bot.harbor, "invoice", source_id=source.id, external_id=number, number=number,
                   payload={"type": "invoice", "external_id": number, "customer": "c1",
                            "lines": [{"sku": sku, "amount": "1.00"}]})  # fmt: skip
    return source


def open_word(bot, source, word="POT-7", what="sku"):
    """An alert for a word that stands for nothing, with a document that waits for it."""
    facts = {"what": what, "word": word, "sku": word, "source_id": source.id, "source": source.name}
    alert = bot.incident(
        bot.harbor, "item_not_mapped", subject=f"item:{source.name}/{word}", facts=facts
    )
    held = bot.record(bot.harbor, "invoice", source_id=source.id, external_id=f"h-{word}")
    bot.add(
        Hold(company_id=bot.harbor.id, record_id=held.id, problem=alert.problem,
             subject=alert.subject, facts=facts, since=bot.services.clock.now())
    )  # fmt: skip
    return alert


def test_how_words_stand_is_told_in_numbers_with_the_rules(bot, shop):
    """Mapped, to something inactive, by rule; each rule with what it stands for."""
    said = bot.ask("operator", "/qb-map", "harbor foods")

    assert "Harbor Foods · 2 words mapped · none open · 1 to something that cannot be used" in said
    assert "Web shop, SKU: 2 mapped, 1 to something inactive or gone; 3 words in use: " in said
    assert "1 mapped, 1 by rule and 1 by its name in QuickBooks" in said
    assert "SKU like TEE-* of Web shop → Blue Mug" in said


def test_what_is_open_is_a_word_in_use_however_long_it_waits(bot, shop):
    """The words of documents that wait are counted with those handed over last: it adds up."""
    for word in ("POT-7", "JUG-1", "JUG-2"):
        open_word(bot, shop, word)
    said = bot.ask("operator", "/qb-map", "harbor foods")

    assert "Harbor Foods · 2 words mapped · 3 open" in said
    assert "5 words in use: 1 mapped, 1 by rule and 3 open" in said


def test_a_strict_pattern_and_where_locations_are_kept_are_told(bot, shop):
    """What must look so, with what differs; whether a location is a class there."""
    now = bot.services.clock.now()
    with bot.services.sessions.write() as session:
        company = session.get_one(Company, bot.harbor.id)
        formats.put(session, company, "sku", "ABC-1", source_id=shop.id, by="U1", now=now,
                    strict=True)  # fmt: skip
        places.keep(session, company, "classes", "U1", now)
    said = bot.ask("operator", "/qb-map", "harbor foods")

    assert "locations are kept as classes" in said
    assert "where it says “must”, what is new is held" in said
    assert "SKUs of Web shop must look like ABC-1: 1 of 3 differ, such as tee-xl" in said


def test_an_open_word_has_the_button_that_maps_it(bot, shop):
    """The same preview as on the alert; a viewer sees it, too, the button says who may."""
    alert = open_word(bot, shop)
    answer = bot.answer("operator", "/qb-map", "harbor foods web shop")
    told = str(answer)
    assert "fix:map_item" in told
    assert f"'value': '{alert.id}'" in told
    assert "1 open" in told


def test_the_history_of_a_word_names_who_said_what_and_the_rules_it_fits(bot, shop):
    """Newest first, by the names of the records; a rule that explains a word is told as well."""
    said = bot.ask("operator", "/qb-map", "history mug-9 harbor foods")
    assert said.index("Old Cup → Blue Mug") < said.index("nothing said → Old Cup")
    said = bot.ask("operator", "/qb-map", "harbor foods history TEE-S")
    assert "Rules it fits" in said
    assert "TEE-*" in said
    said = bot.ask("operator", "/qb-map", "harbor foods history NOPE")
    assert "Nobody ever mapped “NOPE” at Harbor Foods" in said


def test_another_source_or_a_slip_is_answered(bot, shop):
    """A source narrows; a word is looked up; what is near is asked about; ended rules are kept."""
    bot.source(bot.harbor, "Cash desk")
    said = bot.ask("operator", "/qb-map", "harbor foods cash desk")
    assert "TEE-*" not in said
    assert "Old Cup → Blue Mug" in bot.ask("operator", "/qb-map", "harbor foods mug-9")
    said = bot.ask("operator", "/qb-map", "harbor foods web shp")
    assert "Did you mean /qb-map Web shop?" in said
    with bot.services.sessions.write() as session:
        [rule] = mapping_rules.standing(session, bot.harbor.id)
        mapping_rules.end(session, rule, "U1", bot.services.clock.now())
    assert "ended" in bot.ask("operator", "/qb-map", "harbor foods rules")
    assert bot.rows(MappingRule)[0].ended_at is not None


def test_another_companys_words_are_never_told(bot, shop):
    """Each company's words are its own."""
    said = bot.ask("operator", "/qb-map", "ridge")
    assert "MUG" not in said
    assert "TEE" not in said


def test_every_kind_of_word_has_words(bot):
    """No kind is told by its internal name."""
    assert set(KIND_WORDS) == set(mappings.KINDS) == set(mappings.ENTITIES)
    assert {kind.value for kind in (RecordType.CUSTOMER, RecordType.VENDOR)} == mappings.PARTIES
