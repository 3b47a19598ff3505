"""Faults as a company in French gets them: Message, Detail and kinds of documents, never the code.

Recorded is 6140 alone. A switch translates the other usual faults in words of our own, so that a
client can be tried that must not read the words.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.faults import FaultError, QboFault

RECORDED: Mapping[str, str] = {
    "Duplicate Document Number Error": "Numéro de document en double",
    "You must specify a different number. This number has already been used.": (
        "Vous devez indiquer un nombre différent. Ce numéro a déjà été utilisé."
    ),
}
KINDS: Mapping[str, str] = {
    "Invoice": "Facture",
    "Credit Memo": "Note de crédit",
    "Sales Receipt": "Reçu de vente",
    "Bill": "Facture à payer",
    "Journal Entry": "Écriture de journal",
}
"""Recorded is the first one."""
OWN: Mapping[str, str] = {
    "A business validation error has occurred while processing your request": (
        "Une erreur de validation est survenue pendant le traitement de votre demande"
    ),
    "Account Period Closed, Cannot Update Through Services API": (
        "Période comptable fermée, mise à jour impossible par l'API"
    ),
    "Account Period Closed Error": "Période comptable fermée",
    "Amount calculation incorrect in the request.": "Calcul du montant incorrect dans la demande.",
    "Another customer, vendor or employee is": "Un autre client, fournisseur ou employé",
    "Another customer is": "Un autre client",
    "Business Validation Error:": "Erreur de validation :",
    "Deposited Transaction cannot be changed": "Une opération déposée ne peut pas être modifiée",
    "Duplicate Name Exists Error": "Nom en double",
    "Invalid Company Status": "État de l'entreprise non valide",
    "Invalid Number": "Nombre non valide",
    "Invalid Reference Id": "Identifiant de référence non valide",
    "Invalid account type used": "Type de compte non valide",
    "Object Not Found": "Objet introuvable",
    "Permission Denied Error": "Autorisation refusée",
    "Required param missing, need to supply the required value for the API": (
        "Paramètre obligatoire manquant"
    ),
    "Required parameter": "Le paramètre obligatoire",
    "Something you're trying to use has been made inactive.": (
        "Un élément que vous essayez d'utiliser a été rendu inactif."
    ),
    "Stale Object Error": "Objet périmé",
    "String length is either shorter or longer than supported by specification": (
        "Le texte est plus court ou plus long que permis"
    ),
    "The name supplied already exists": "Le nom indiqué existe déjà",
    "Unsupported Operation": "Opération non prise en charge",
    "already using this name. Please use a different name.": (
        "utilise déjà ce nom. Veuillez utiliser un autre nom."
    ),
    "is missing in the request": "manque dans la demande",
}
KIND = re.compile(r"(?<=TxnType=).+?(?= with TxnId=)")


def in_language(company: Company, problem: QboFault) -> QboFault:
    """The fault in the company's language, as far as its words are known."""
    return (
        french(problem, company.switches.translate_all_faults)
        if company.language == "fr"
        else problem
    )


def french(problem: QboFault, everything: bool = False) -> QboFault:
    """A fault in French: 6140 as recorded, others when everything is to be translated."""
    return QboFault(
        tuple(_error(error, everything) for error in problem.errors), problem.kind, problem.status
    )


def _error(error: FaultError, everything: bool) -> FaultError:
    if error.code == "6140":
        detail = KIND.sub(lambda found: KINDS.get(found[0], found[0]), error.detail)
        return replace(
            error, message=_told(error.message, RECORDED), detail=_told(detail, RECORDED)
        )
    if not everything:
        return error
    return replace(error, message=_told(error.message, OWN), detail=_told(error.detail, OWN))


def _told(text: str, words: Mapping[str, str]) -> str:
    for english, told in words.items():
        text = text.replace(english, told)
    return text
