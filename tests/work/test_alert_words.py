"""What alerts and previews say of money and of the other document, through the real path."""

from bot import incidents
from tests.dispatch.slack_world import text_of
from tests.sync.shop import invoice
from tests.work.sales import keyed

SPLIT = "$108.25 = sales $100.00 + sales tax $8.25"


def message(house, incident):
    """The alert as Slack gets it."""
    return text_of({"blocks": incidents.build(house.services, incident).blocks})


def test_sales_tax_stands_apart_from_sales_in_a_filed_month(house):
    """Alert, preview with its month, and green: the return grows by the tax, income by the rest."""
    house.filed_through("2026-11-30")
    house.shop.hand_over(invoice("1001", "c1", tax="8.25"))
    house.sync()
    alert = house.incident("filed_tax")

    assert f"1 invoice, {SPLIT} not posted, dated in November 2026" in message(house, alert)
    _, words = house.preview(alert, "post_filed")
    assert f"receivables +{SPLIT}" in words
    assert f"November 2026: total {SPLIT} (1 document; sales tax FILED)" in words
    green = house.mend_by_two(alert, "post_filed")

    assert green.state == "resolved", house.ending(alert)
    assert f"1 of 1 in QuickBooks, total {SPLIT}" in house.ending(alert)


def test_a_used_number_names_and_links_the_document_that_has_it(house):
    """Type, number, whose, how much, of when, and its TxnId."""
    theirs = keyed(house, "77.00", DocNumber="1001", TxnDate="2026-10-01")
    house.shop.hand_over(invoice("1001", "c1"))
    house.sync()
    alert = house.incident("duplicate_document_number")
    shown = incidents.build(house.services, alert)

    said = text_of({"blocks": shown.blocks})
    assert "invoice 1001" in said
    assert f"of Jane Doe, $77.00, dated 10/01/2026 (QuickBooks id {theirs})" in said
    assert alert.facts["theirs"]["link"] in str(shown.blocks)
    assert alert.facts["theirs"]["link"]
