"""A person inside QuickBooks: what the screens allow, past tokens and the API's own refusals."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sandbox.quickbooks import bank_work, engine
from sandbox.quickbooks.balancing import settle_before_inactive
from sandbox.quickbooks.company import Company
from sandbox.quickbooks.entities.deposit import deposit_of
from sandbox.quickbooks.entities.sales import next_number
from sandbox.quickbooks.merge import merge
from sandbox.quickbooks.model import Body, Entity, Record
from sandbox.quickbooks.plans import LACKS
from sandbox.quickbooks.world import World

KEYS = ("type", "realm", "entity", "id", "ids", "data", "user", "date", "days", "through", "into")


def act(world: World, company: Company, wanted: dict[str, Any]) -> Body:
    """Do one thing a person does. Raises ValueError, or QboFault when QuickBooks refuses."""
    for key in wanted:
        if key not in KEYS:
            msg = f"unknown key {key!r}; known are {', '.join(KEYS)}"
            raise ValueError(msg)
    verb = wanted.get("type")
    if not isinstance(verb, str) or verb not in VERBS:
        msg = f"unknown type {verb!r}; known are {', '.join(VERBS)}"
        raise ValueError(msg)
    company.acting = str(wanted.get("user") or company.user)
    try:
        record = VERBS[verb](world, company, wanted)
    finally:
        company.acting = ""
    reply: Body = {"ok": True, "type": verb, "realm": company.realm}
    if record is not None:
        if wanted.get("user"):
            record.notes["by"] = str(wanted["user"])
        reply["entity"] = record.entity.name
        reply["id"] = record.id
        reply["record"] = company.render(record)
        if verb == "deposit":
            reply["deposit"] = deposit_of(record)
    return reply


def _entity(company: Company, wanted: Body) -> Entity:
    name = str(wanted.get("entity") or "")
    for known, entity in company.entities.items():
        if known.lower() == name.lower():
            return entity
    msg = f"unknown entity {name!r}"
    raise ValueError(msg)


def _record(company: Company, wanted: Body) -> Record:
    entity = _entity(company, wanted)
    record = company.row(entity.name, str(wanted.get("id") or ""))
    if record is None or record.deleted:
        msg = f"there is no {entity.name} with the Id {wanted.get('id')!r}"
        raise ValueError(msg)
    return record


def _data(wanted: Body) -> Body:
    data = wanted.get("data") or {}
    if not isinstance(data, dict):
        msg = "data is an object with the fields to set"
        raise ValueError(msg)
    return data


def _create(_world: World, company: Company, wanted: Body) -> Record:
    entity, data = _entity(company, wanted), dict(_data(wanted))
    rule = entity.number_rule
    if rule is not None and rule.automatic and not data.get("DocNumber"):
        # The screen fills in the next number.
        data["DocNumber"] = next_number(company, entity)
    return engine.create(company, entity, data, include="allowduplicatedocnum", by_person=True)


def _edit(_world: World, company: Company, wanted: Body) -> Record:
    record = _record(company, wanted)
    # A person empties a field by clearing it.
    data = {name: "" if value is None else value for name, value in _data(wanted).items()}
    sent = {**data, "Id": record.id, "sparse": True}
    return engine.update(
        company, record.entity, sent, include="allowduplicatedocnum", by_person=True
    )


def _deactivate(_world: World, company: Company, wanted: Body) -> Record:
    record = _record(company, wanted)
    settle_before_inactive(company, record)
    sent = {"Id": record.id, "sparse": True, "Active": False}
    return engine.update(company, record.entity, sent, by_person=True)


def _reactivate(_world: World, company: Company, wanted: Body) -> Record:
    record = _record(company, wanted)
    rule = record.entity.name_rule
    if rule is None:
        msg = f"a {record.entity.name} is not active or inactive"
        raise ValueError(msg)
    sent = {
        "Id": record.id,
        "sparse": True,
        "Active": True,
        rule.field: record.body.get(rule.field),
    }
    return engine.update(company, record.entity, sent, by_person=True)


def _merge(_world: World, company: Company, wanted: Body) -> Record:
    loser = _record(company, wanted)
    into = str(wanted.get("into") or _data(wanted).get("into") or "")
    survivor = company.row(loser.entity.name, into)
    if survivor is None:
        msg = f"there is no {loser.entity.name} with the Id {into!r} to merge into"
        raise ValueError(msg)
    return merge(company, loser, survivor)


def _void(_world: World, company: Company, wanted: Body) -> Record:
    record = _record(company, wanted)
    return engine.void(company, record.entity, {"Id": record.id}, by_person=True)


def _delete(_world: World, company: Company, wanted: Body) -> Record:
    record = _record(company, wanted)
    return engine.delete(company, record.entity, {"Id": record.id}, by_person=True)


def _restore_without(_world: World, company: Company, wanted: Body) -> None:
    """A backup from before the record was made is restored: nobody finds it any more, Fault 610."""
    record = _record(company, wanted)
    if record.entity.name_rule is None or any(
        not holder.deleted
        for holder in map(company.find, company.referrers.get(record.key, ()))
        if holder is not None
    ):
        msg = f"{record.entity.name} {record.id} is no list record, or documents refer to it"
        raise ValueError(msg)
    record.deleted = True
    company.rewrite(record, record.body)


def _close_books(_world: World, company: Company, wanted: Body) -> None:
    closing = _date(wanted, "date", optional=True)
    group = dict(_preferences(company).body["AccountingInfoPrefs"])
    group.pop("BookCloseDate", None)
    if closing:
        group["BookCloseDate"] = closing
    company.closing_password = bool(closing and _data(wanted).get("password"))
    _set_group(company, "AccountingInfoPrefs", group)


def _file_tax(_world: World, company: Company, wanted: Body) -> None:
    company.tax_filed_through = _date(wanted, "through")


def _date(wanted: Body, key: str, *, optional: bool = False) -> str:
    value = wanted.get(key, _data(wanted).get(key))
    if value in (None, "") and optional:
        return ""
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        msg = f"{key} is a date like 2026-10-31; not {value!r}"
        raise ValueError(msg) from None


def _reconcile(_world: World, company: Company, wanted: Body) -> Record | None:
    """One transaction, or with an Account everything on it up to `date`."""
    day = _date(wanted, "date", optional=True)
    if str(wanted.get("entity", "")).lower() == "account":
        account = _record(company, wanted)
        bank_work.reconcile_account(company, account.id, day or company.today())
        return account
    record = _transaction(company, wanted)
    bank_work.reconcile(company, record, day)
    return record


def _unreconcile(_world: World, company: Company, wanted: Body) -> Record:
    record = _transaction(company, wanted)
    record.notes.pop("reconciled", None)
    return record


def _match(_world: World, company: Company, wanted: Body) -> Record:
    record = _transaction(company, wanted)
    record.notes["matched"] = True
    return record


def _unmatch(_world: World, company: Company, wanted: Body) -> Record:
    record = _transaction(company, wanted)
    record.notes.pop("matched", None)
    return record


def _transaction(company: Company, wanted: Body) -> Record:
    record = _record(company, wanted)
    if not record.entity.transaction:
        msg = f"a {record.entity.name} is not a transaction"
        raise ValueError(msg)
    return record


def _deposit(_world: World, company: Company, wanted: Body) -> Record:
    """Put payments on a bank deposit: from then on the API refuses every change."""
    ids = wanted.get("ids") or [wanted.get("id")]
    if not isinstance(ids, list):
        msg = "ids is a list of Ids"
        raise ValueError(msg)
    entity = str(wanted.get("entity") or "Payment")
    taken = [_record(company, {"entity": entity, "id": one}) for one in ids]
    data = {**_data(wanted)}
    if wanted.get("date"):
        data["date"] = wanted["date"]
    bank_work.take_to_bank(company, taken, data)
    return taken[0]


def _undeposit(_world: World, company: Company, wanted: Body) -> Record:
    """Take a payment off its deposit."""
    entity = str(wanted.get("entity") or "Payment")
    record = _record(company, {"entity": entity, "id": wanted.get("id")})
    bank_work.take_off(company, record)
    return record


def _preferences(company: Company) -> Record:
    return company.tables["Preferences"].rows["1"]


def _set_group(company: Company, group: str, value: Any) -> None:
    record = _preferences(company)
    company.rewrite(record, {**record.body, group: value})
    engine.bump(company, record)


def _set_preference(_world: World, company: Company, wanted: Body) -> Record:
    """`data`: {"SalesFormsPrefs.CustomTxnNumbers": false, …}."""
    record = _preferences(company)
    data = _data(wanted)
    if not data:
        msg = 'data names the preference, like {"SalesFormsPrefs.CustomTxnNumbers": false}'
        raise ValueError(msg)
    for name, value in data.items():
        group, _, key = name.partition(".")
        if group not in record.body or not key:
            msg = f"unknown preference {name!r}; groups are {', '.join(record.body)}"
            raise ValueError(msg)
        _set_group(company, group, {**record.body[group], key: value})
    return record


def _revoke_app(world: World, company: Company, _wanted: Body) -> None:
    world.connections.revoke_realm(company.realm)


def _subscription(ended: bool) -> "Verb":
    def run(_world: World, company: Company, _wanted: Body) -> None:
        company.subscription_ended = ended
        record = company.tables["CompanyInfo"].rows["1"]
        status = {"Name": "SubscriptionStatus", "Value": "EXPIRED" if ended else "PAID"}
        others = [nv for nv in record.body["NameValue"] if nv["Name"] != "SubscriptionStatus"]
        company.rewrite(record, {**record.body, "NameValue": [*others, status]})
        engine.bump(company, record)

    return run


def _change_plan(_world: World, company: Company, wanted: Body) -> Record:
    """`data`: {"plan": "QuickBooks Online Essentials"}."""
    plan = _data(wanted).get("plan")
    if plan not in LACKS:
        msg = f"unknown plan {plan!r}; known are {', '.join(LACKS)}"
        raise ValueError(msg)
    record = company.tables["CompanyInfo"].rows["1"]
    others = [pair for pair in record.body["NameValue"] if pair["Name"] != "OfferingSku"]
    pair = {"Name": "OfferingSku", "Value": plan}
    company.rewrite(record, {**record.body, "NameValue": [*others, pair]})
    engine.bump(company, record)
    return record


def _rights(*, lost: bool) -> "Verb":
    """The people who connected the app so far lose their rights, or get them back."""

    def run(world: World, company: Company, wanted: Body) -> None:
        for connection in world.connections.connections:
            if connection.realm != company.realm:
                continue
            if wanted.get("user") in (None, connection.user):
                connection.demoted = lost

    return run


def _remove_app(world: World, company: Company, _wanted: Body) -> None:
    """An admin takes the app out of the company: its calls get 3100 until somebody connects."""
    for connection in world.connections.connections:
        if connection.realm == company.realm:
            connection.removed = True


def _permission_ends(world: World, company: Company, wanted: Body) -> None:
    """`days`: from now on every permission of the company ends then; 0 ends it at once."""
    days = wanted.get("days")
    if isinstance(days, bool) or not isinstance(days, int | float) or days < 0:
        msg = f"days is a number, 0 or more; not {days!r}"
        raise ValueError(msg)
    world.connections.end_in(company.realm, timedelta(days=days))


def _renewed_elsewhere(world: World, company: Company, _wanted: Body) -> None:
    """Another program with the same permission renews it, so that the bot's copy is dead."""
    world.connections.rotate_away(company.realm)


Verb = Callable[[World, Company, Body], Record | None]
VERBS: dict[str, Verb] = {
    "create": _create,
    "edit": _edit,
    "deactivate": _deactivate,
    "reactivate": _reactivate,
    "merge": _merge,
    "void": _void,
    "delete": _delete,
    "restore_without": _restore_without,
    "close_books": _close_books,
    "file_tax": _file_tax,
    "reconcile": _reconcile,
    "unreconcile": _unreconcile,
    "deposit": _deposit,
    "undeposit": _undeposit,
    "match": _match,
    "unmatch": _unmatch,
    "set_preference": _set_preference,
    "change_plan": _change_plan,
    "revoke_app": _revoke_app,
    "end_subscription": _subscription(ended=True),
    "renew_subscription": _subscription(ended=False),
    "remove_app": _remove_app,
    "demote_user": _rights(lost=True),
    "promote_user": _rights(lost=False),
    "permission_ends": _permission_ends,
    "renewed_elsewhere": _renewed_elsewhere,
}
