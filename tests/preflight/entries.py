"""The other types of records: what is right, and what may be wrong with them."""

from collections.abc import Callable
from random import Random

from tests.preflight.model import Defect, Draft, Json, Maker
from tests.preflight.world import DAY, World

_ACCOUNT_WORDS = ("Office Expenses", "Advertising")


def money(cents: int) -> str:
    """Cents as a source writes them."""
    return f"{cents // 100}.{cents % 100:02d}"


def _code(world: World) -> Json:
    return {} if world.country == "US" else {"tax_code": world.ids["code"][0]}


def sold(kind: str, **usual) -> Callable[..., Json]:
    """A receipt, credit memo or refund of one line."""

    def made(world: World, rng: Random, **more) -> Json:
        key = f"{kind}{world.next(kind)}"
        cents = rng.randint(1, 90_000)
        line = {"item": f"item{rng.randint(0, 3)}", "amount": money(cents), **_code(world)}
        return {"type": kind, "external_id": key, "number": f"D{key}"[:21], "date": DAY,
                "customer": f"customer{rng.randint(0, 5)}", "lines": [line],
                "total": money(cents), **usual, **more}  # fmt: skip

    return made


def bought(kind: str, **usual) -> Callable[..., Json]:
    """An expense or vendor credit of one line."""

    def made(world: World, rng: Random, **more) -> Json:
        key = f"{kind}{world.next(kind)}"
        cents = rng.randint(1, 90_000)
        line = {"account": rng.choice(_ACCOUNT_WORDS), "amount": money(cents), **_code(world)}
        return {"type": kind, "external_id": key, "number": f"D{key}"[:21], "date": DAY,
                "vendor": f"vendor{rng.randint(0, 5)}", "lines": [line], "total": money(cents),
                **usual, **more}  # fmt: skip

    return made


receipt = sold("sales_receipt")
credit = sold("credit_memo")
refund = sold("refund", paid_from="Checking")
vendor_credit = bought("vendor_credit")
cash = bought("expense", payment_type="cash", paid_from="Checking")
check = bought("expense", payment_type="check", paid_from="Checking")
card = bought("expense", payment_type="card", paid_from="Mastercard")


def bill_payment(world: World, rng: Random, bill: str = "open_bill", **more) -> Json:
    """A check for a bill of the first vendor."""
    paid = money(rng.randint(1, 2000))
    number = world.next("bill payment")
    return {"type": "bill_payment", "external_id": f"bp{number}", "payment_type": "check",
            "paid_from": "Checking", "number": f"BP{number}", "date": DAY, "vendor": "vendor0",
            "amount": paid, "applies_to": [{"bill": bill, "amount": paid}], **more}  # fmt: skip


def journal(world: World, rng: Random, **more) -> Json:
    """Two sides that are equal."""
    number, cents = world.next("journal"), money(rng.randint(1, 90_000))
    lines = [{"account": "Depreciation", "debit": cents}, {"account": "Truck", "credit": cents}]
    return {"type": "journal_entry", "external_id": f"j{number}", "number": f"J{number}",
            "date": DAY, "lines": lines, **more}  # fmt: skip


def deposit(world: World, rng: Random, **more) -> Json:
    """Money of an account taken to the bank."""
    number, cents = world.next("deposit"), money(rng.randint(1, 90_000))
    lines = [{"account": "Interest Earned", "amount": cents}]
    return {"type": "deposit", "external_id": f"d{number}", "deposit_to": "Checking", "date": DAY,
            "lines": lines, "total": cents, **more}  # fmt: skip


def account(world: World, _rng: Random | None = None, **more) -> Json:
    """A new account."""
    number = world.next("account")
    return {"type": "account", "external_id": f"a{number}", "name": f"New Costs {number}",
            "account_type": "Expense", **more}  # fmt: skip


def small(kind: str) -> Callable[..., Json]:
    """A class or location."""

    def made(world: World, _rng: Random | None = None, **more) -> Json:
        number = world.next(kind)
        return {"type": kind, "external_id": f"{kind}{number}", "name": f"New {kind} {number}",
                **more}  # fmt: skip

    return made


GOOD: tuple[Callable[..., Json], ...] = (
    receipt, credit, refund, vendor_credit, cash, check, card, bill_payment, journal, deposit,
    account, small("class"), small("location"),
    lambda w, r: account(w, number=f"{w.next('number'):07d}"),
    lambda w, r: account(w, description="d" * 100),
    lambda w, r: {"type": "item", "external_id": f"cat{w.next('cat')}", "kind": "category",
                  "name": f"Sort {w.next('sort')}"},
    lambda w, r: journal(w, r, number=f"{w.next('long journal'):021d}"),
    lambda w, r: receipt(w, r, reference="r" * 21),
)  # fmt: skip
_DOCUMENTS = (receipt, credit, refund, vendor_credit, cash, check, card, bill_payment, journal)
_SALES = (receipt, credit, refund)


def _one_of(makers, **wrong) -> Maker:
    return lambda w, r: Draft(r.choice(makers)(w, r, **{k: v(w, r) for k, v in wrong.items()}))


def _said(value):
    return lambda w, r: value


def _spoiled(makers, change: Callable[[World, Json], None]) -> Maker:
    def made(world: World, rng: Random) -> Draft:
        record = rng.choice(makers)(world, rng)
        return Draft(record, lambda payload: change(world, payload))

    return made


def _set(field: str, what: str) -> Callable[[World, Json], None]:
    return lambda world, payload: payload.update({field: {"value": world.one(what)}})


def _inside(detail: str, field: str, what: str) -> Callable[[World, Json], None]:
    def change(world: World, payload: Json) -> None:
        payload["Line"][0][detail][field] = {"value": world.one(what)}

    return change


def _named(name: str) -> Callable[[World, Json], None]:
    return lambda world, payload: payload.update({"Name": name})


def _below(what: str) -> Callable[[World, Json], None]:
    return lambda world, payload: payload.update({"ParentRef": {"value": world.one(what)}})


def _other_kind(world: World, payload: Json) -> None:
    payload["ParentRef"] = {"value": world.one("expense")}
    payload["AccountType"] = "Income"
    payload.pop("AccountSubType", None)


DEFECTS: tuple[Defect, ...] = (
    Defect("entry number of 22", _one_of(_DOCUMENTS, number=lambda w, r: f"{w.next('x'):022d}")),
    Defect("entry memo of 4001", _one_of((*_DOCUMENTS, deposit), memo=_said("m" * 4001))),
    Defect("receipt of a closed day", _one_of((*_DOCUMENTS, deposit), date=_said("2026-03-31"))),
    Defect("receipt of an inactive customer",
           _spoiled(_SALES, _set("CustomerRef", "gone_customer"))),
    Defect("receipt of an inactive item",
           _spoiled(_SALES, _inside("SalesItemLineDetail", "ItemRef", "gone_item"))),
    Defect("receipt with an invoice's number", _one_of(_SALES, number=_said("USED-1"))),
    Defect("credit with a credit's number", _one_of((credit,), number=_said("CREDIT-1"))),
    Defect("expense from an inactive account",
           _spoiled((cash, card), _set("AccountRef", "gone_account"))),
    Defect("expense for an inactive account",
           _spoiled((cash, check, vendor_credit),
                    _inside("AccountBasedExpenseLineDetail", "AccountRef", "gone_account"))),
    Defect("credit of an inactive vendor",
           _spoiled((vendor_credit,), _set("VendorRef", "gone_vendor"))),
    Defect("vendor credit's number again",
           _one_of((vendor_credit,), number=_said("VC-1"), vendor=_said("vendor0"))),
    Defect("check number again", _one_of((check, bill_payment), number=_said("CHECK-1"))),
    Defect("expense number again", _one_of((cash, card), number=_said("EXPENSE-1"))),
    Defect("journal number again", _one_of((journal,), number=_said("JOURNAL-1"))),
    Defect("bill payment of another's bill", _one_of((bill_payment,), bill=_said("others_bill"))),
    Defect("bill payment of more than is owed",
           _one_of((bill_payment,), amount=_said("10.01"),
                   applies_to=_said([{"bill": "small_bill", "amount": "10.01"}]))),
    Defect("journal to an inactive account",
           _spoiled((journal,), _inside("JournalEntryLineDetail", "AccountRef", "gone_account"))),
    Defect("deposit to an inactive account",
           _spoiled((deposit,), _set("DepositToAccountRef", "gone_account"))),
    Defect("account name of 101", _one_of((account,), name=_said("x" * 101))),
    Defect("quote in an account name", _one_of((account,), name=_said('Costs 4"'))),
    Defect("account description of 101", _one_of((account,), description=_said("x" * 101))),
    Defect("account number of 21", _one_of((account,), number=lambda w, r: f"{w.next('x'):021d}")),
    Defect("account number of more than 7",
           _one_of((account,), number=lambda w, r: f"{w.next('y'):0{r.randint(8, 20)}d}")),
    Defect("name of an account", _spoiled((account,), _named("insurance"))),
    Defect("account below another kind", _spoiled((account,), _other_kind)),
    Defect("class name of 101", _one_of((small("class"),), name=_said("x" * 101))),
    Defect("name of a class", _spoiled((small("class"),), _named("NORTH"))),
    Defect("class at the sixth level", _spoiled((small("class"),), _below("deep_class"))),
    Defect("class below an inactive one", _spoiled((small("class"),), _below("gone_class"))),
    Defect("location name of 101", _one_of((small("location"),), name=_said("x" * 101))),
    Defect("name of a location", _spoiled((small("location"),), _named("Harbor"))),
)  # fmt: skip
LESSONS = (
    "account number of more than 7",
    "receipt with an invoice's number",
    "credit with a credit's number",
    "vendor credit's number again",
)
