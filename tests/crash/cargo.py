"""What is synced while the bot is killed: records of every type, in the worst order."""

from tests.sync.kinds import EVERYTHING
from tests.sync.shop import customer, invoice, payment

# An invoice of an item that nobody knows, and its payment: both are held, told as one cause.
HELD = (invoice("held", "c1", ("sku:NOPE", 1, "31.00")), payment("held", "c1", "31.00", "held"))


def cargo():
    """The records, children before their parents."""
    more = [customer(f"s{n}", f"Branch {n}", parent="c1" if n % 2 else None) for n in range(6)]
    more = [{key: value for key, value in row.items() if value is not None} for row in more]
    for n in range(14):
        price = f"{20 + n}.00"
        more.append(invoice(f"t{n}", f"s{n % 6}", ("i1", 1, price)))
        if n % 2:
            more.append(payment(f"q{n}", f"s{n % 6}", price, f"t{n}"))
    return [*reversed([*EVERYTHING, *more]), *HELD]
