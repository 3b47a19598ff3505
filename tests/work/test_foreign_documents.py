"""A document in another currency than the company's own: its alert speaks of its own currency."""

from bot import mirror
from tests.sync.shop import customer, invoice


def test_a_total_that_differs_is_told_in_the_documents_own_currency(house):
    """A EUR invoice of a USD company, posted, and handed over again with another amount."""
    shop = house.shop
    switch = {"CurrencyPrefs.MultiCurrencyEnabled": True}
    shop.simulator.act(shop.realm, "set_preference", data=switch)
    mirror.refresh_company(house.services, shop.company_id)
    shop.hand_over(
        customer("e1", "Berliner Laden", currency="EUR"),
        invoice("E-1", "e1", ("i1", 1, "100.00"), currency="EUR"),
    )
    house.sync()
    assert shop.state("invoice", "E-1") == "posted"
    assert {row["CurrencyRef"]["value"] for row in shop.books("Invoice")} == {"EUR"}

    shop.hand_over(invoice("E-1", "e1", ("i1", 1, "107.00"), currency="EUR"))
    house.sync()

    alert = house.incident("total_differs")
    assert alert.facts["currency"] == "EUR"
    said = house.shown(alert)
    assert "€107.00" in said
    assert "$10" not in said
