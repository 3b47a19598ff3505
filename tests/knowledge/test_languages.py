"""Errors in the language of the company: told by their code and by the words of a refusal."""

import pytest

from tests.words import knowledge

KNOWLEDGE = knowledge()


def kind(text: str, platform: str = "") -> str:
    """The kind a text is taken for, the guesses of `explain` included."""
    return KNOWLEDGE.problem(KNOWLEDGE.guess(platform, "", text).problem).kind


INACTIVE = (
    "Das Element ist inaktiv",
    "Kunde inaktiv",
    "Le client est inactif",
    "El artículo está inactivo",
    "O fornecedor está inativo",
    "L'articolo non è attivo",
    "De leverancier is niet actief",
    "客户已停用",
    "顧客は無効です",
    "고객이 비활성 상태입니다",
)
MISSING = (
    "Objekt nicht gefunden",
    "Objet introuvable",
    "No se encontró el objeto",
    "Objeto não encontrado",
    "Oggetto non trovato",
    "Object niet gevonden",
    "找不到对象",
)


@pytest.mark.parametrize("form", ["{} (610)", "610: {}", "Fehler 610: {}", "Código 610: {}"])
@pytest.mark.parametrize(
    ("text", "wanted"),
    [(text, "inactive_record") for text in INACTIVE]
    + [(text, "missing_record") for text in MISSING],
)
def test_610_is_inactive_or_missing_by_its_words(text, wanted, form):
    """Nobody names QuickBooks; what is there is never told as missing, nor the other way."""
    assert kind(form.format(text)) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Fehler 6140: Doppelte Belegnummer. Sie ist vergeben.", "duplicate_document_number"),
        ("Die Belegnummer 1042 ist doppelt (6140)", "duplicate_document_number"),
        ("Erro 6140: Número do documento duplicado", "duplicate_document_number"),
        ("Fehler: 6240 Der Name ist bereits vergeben", "duplicate_name"),
        ("Erreur 6240 : ce nom est déjà utilisé", "duplicate_name"),
        ("Código 6240: El nombre ya existe", "duplicate_name"),
        ("Codice 6240: Il nome esiste già", "duplicate_name"),
        ("Fout 6240: De naam bestaat al", "duplicate_name"),
        ("错误 6240：名称已存在", "duplicate_name"),
        ("Ein veraltetes Objekt (5010)", "stale_object"),
        ("La période comptable est clôturée (6210)", "closed_period"),
        ("El periodo contable está cerrado (6210)", "closed_period"),
        ("Die Buchungsperiode ist geschlossen (6200)", "closed_period"),
    ],
)  # fmt: skip
def test_a_code_with_the_words_of_a_refusal_is_read(text, wanted):
    """ "Fehler" is nobody's name, and a number in brackets is a code beside such words."""
    assert kind(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("QuickBooks: Le client Dupont est inactif", "inactive_record"),
        ("QuickBooks: La factura 1042 no se encontró", "missing_record"),
        ("Erreur QuickBooks : Impossible de se connecter à QuickBooks.", "network"),
        ("QuickBooks no está autenticado. Debe autorizar la aplicación primero.", "token_expired"),
        ("QuickBooks: Der Artikel ist keinem Konto zugeordnet", "missing_mapping"),
    ],
)
def test_where_quickbooks_is_named_the_words_are_enough(text, wanted):
    """Without a code."""
    assert kind(text) == wanted


@pytest.mark.parametrize("platform", ["", "qbo"])
@pytest.mark.parametrize(
    "text",
    [
        "Der Bus fährt um 6 Uhr ab (610)",
        "Die Maschine ist inaktiv (610)",
        "Die Filiale ist geschlossen (610)",
        "Die Rechnung 1042 wurde bezahlt (6140)",
        "Der Benutzername existiert bereits (6240)",
        "Fehler 6140 im Motorsteuergerät",
        "Fehler 404: Seite nicht gefunden",
        "Le magasin est fermé le dimanche (610)",
        "La facture est payée (6140)",
        "Erreur 2500 : fichier introuvable",
        "Objet : réunion annulée (610)",
        "El ascensor está fuera de servicio (610)",
        "Il negozio è chiuso il lunedì (6210)",
        "Fout 3200: printer niet gevonden",
        "客户已付款 (6140)",
        "顧客から電話がありました (610)",
    ],
)
def test_a_number_in_brackets_of_anything_else_is_no_code(text, platform):
    """A room, a bus line, a copier, a file: unknown, even where somebody calls it QuickBooks'."""
    assert KNOWLEDGE.problem(KNOWLEDGE.classify(platform, "", text).problem).kind == "unknown"
