"""Taking in: each version once, changes told, the sync nudged, children let go."""

from datetime import timedelta

from bench.shop_export import build_export
from bot.models import Record
from bot.sync import intake, writing
from bot.sync.csvfile import read_csv
from bot.sync.reading import parse_record
from bot.sync.records import BadRow, Note
from tests.sync.shop import customer, invoice, item, payment


def test_the_same_version_again_changes_nothing(shop):
    """Redelivered records are unchanged, within one hand-over too, and nudge nobody."""
    first = shop.hand_over(customer("c1", "Jane"), customer("c1", "Jane"), item("i1", "Mug"))
    nudged = len(shop.nudges.seen)
    second = shop.hand_over(customer("c1", "Jane"), item("i1", "Mug"))

    assert (first.accepted, first.unchanged) == (2, 1)
    assert (second.accepted, second.unchanged, second.updated) == (0, 2, 0)
    assert len(shop.all(Record)) == 2
    assert shop.nudges.seen[:1] == [("sync", str(shop.company_id))]
    assert len(shop.nudges.seen) == nudged


def test_a_changed_version_replaces_one_that_is_not_posted(shop):
    """The later one is posted; of two in one hand-over, too."""
    shop.hand_over(customer("c1", "Jane"), customer("c1", "Janet"))
    report = shop.hand_over(customer("c1", "Jane Doe"))
    shop.push_all()

    assert (report.updated, report.accepted) == (1, 0)
    assert [row["DisplayName"] for row in shop.books("Customer")] == ["Jane Doe"]


def test_a_changed_version_of_a_posted_record_is_told_not_lost(shop):
    """Again and again, until somebody acts on it."""
    shop.hand_over(customer("c1", "Jane"))
    shop.push_all()
    for _ in range(2):
        report = shop.hand_over(customer("c1", "Jane Doe"))
        assert report.updated == 0
        [note] = report.notes
        assert note.text.endswith("an alert asks about its name, which QuickBooks has otherwise")
    assert shop.books("Customer")[0]["DisplayName"] == "Jane"


def test_a_changed_version_of_a_record_on_its_way_is_told_not_lost(shop):
    """Its outcome is not known: replacing it could lose the change in silence."""
    shop.hand_over(customer("c1", "Jane"))
    with shop.services.sessions.write() as session:
        writing.intend(
            session,
            shop.company_id,
            "create",
            "Customer",
            {"DisplayName": "Jane"},
            now=shop.services.clock.now(),
            record_id=shop.record("customer", "c1").id,
        )
    report = shop.hand_over(customer("c1", "Jane Doe"))

    assert "is being posted just now" in report.notes[0].text
    assert shop.record("customer", "c1").name == "Jane"


def test_a_corrected_record_and_what_waited_for_it_are_tried_again(shop):
    """Held for its name; the source renames; customer and invoice are posted."""
    shop.create("Vendor", DisplayName="Jane Doe")
    shop.hand_over(customer("c1", "Jane Doe"), item("i1", "Mug"), invoice("1", "c1"))
    shop.push_all()
    assert shop.state("invoice", "1") == "held"
    shop.nudges.seen.clear()

    shop.hand_over(customer("c1", "Jane Doe, Shop"))
    assert shop.holds() == []
    assert ("check", f"{shop.company_id}:failed_records") in shop.nudges.seen
    shop.push_all()

    assert shop.state("invoice", "1") == "posted"


def test_refusals_and_notes_are_handed_through(shop):
    """Good ones go in, bad ones come back with their lines."""
    bad, note = BadRow(4, "x", "why"), Note(5, "so")
    items = [parse_record(customer("c1", "Jane")), bad, note]
    report = intake.accept(shop.services, shop.source_id, items)

    assert (report.accepted, report.refused, report.notes) == (1, [bad], [note])


def test_documents_carry_number_amount_date_and_the_buyers_name(shop):
    """Whatever came first, customer or order."""
    shop.hand_over(customer("c1", "Jane Doe"))
    shop.hand_over(invoice("1", "c1"), invoice("2", "c7"))
    first, second = shop.record("invoice", "1"), shop.record("invoice", "2")

    assert (first.name, first.number, str(first.amount)) == ("Jane Doe", "1", "100.00")
    assert str(first.doc_date) == "2026-11-12"
    assert first.currency == "USD"
    assert second.name == "c7"


def test_a_whole_export_goes_in_and_into_the_books(shop):
    """500 rows with all their mess: every good record is posted once, with the right sum."""
    export = build_export(500, 7)
    report = intake.accept(shop.services, shop.source_id, read_csv(export.data))
    assert report.accepted == export.truth.good
    shop.push_all()

    assert shop.holds() == []
    assert len(shop.creates()) == export.truth.good
    invoices = shop.books("Invoice")
    assert len(invoices) == export.truth.invoices
    assert round(sum(row["TotalAmt"] for row in invoices) * 100) == (
        export.truth.invoice_total * 100
    )
    again = intake.accept(shop.services, shop.source_id, read_csv(export.data))
    assert (again.accepted, again.updated) == (0, 0)


def test_a_document_dated_years_ahead_is_refused_and_the_others_go_on(shop):
    """2099 is a slip of the source; it is told by its id and never reaches the books."""
    today = shop.services.clock.today("America/Los_Angeles")
    near = (today + timedelta(days=700)).isoformat()
    models = [
        parse_record(record)
        for record in (
            customer("c1", "Jane"),
            item("i1", "Mug"),
            invoice("1001", "c1", date="2099-12-31"),
            payment("p1", "c1", "5.00", date="2099-12-31"),
            invoice("1002", "c1", date=near),
        )
    ]
    report = intake.accept(shop.services, shop.source_id, models)
    shop.push_all()

    assert report.accepted == 3
    assert [row.external_id for row in report.refused] == ["1001", "p1"]
    assert "2099-12-31 is more than two years ahead of today" in report.refused[0].reason
    assert [row["DocNumber"] for row in shop.books("Invoice")] == ["1002"]
    assert shop.books("Payment") == []
