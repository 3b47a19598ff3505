"""Words of trouble and of bookkeeping in other languages: QuickBooks answers in the company's own.

A number in brackets is a code only beside such a word, so the words are those of refusals. A bare
“not” (nicht, pas, non) is none of them: most of what is said with it reports nothing.
"""

from bot.knowledge.patterns import Pattern

_GERMAN = (
    r"fehlgeschlagen|\bfehlt\b|\bfehlen(?:d|der|de|des)\b|ung[uü]ltig|abgelehnt|verweigert"
    r"|abgelaufen|\bbereits\b|(?:ist|sind) doppelt|doppelt\w* (?:beleg|rechnung|nummer|name)"
    r"|\binaktiv|deaktiviert|gel[oö]scht|(?:ab)?geschlossen|gesperrt|veraltet|\bzu lang\b"
    r"|nicht (?:gefunden|aktiv|vorhanden|m[oö]glich|erlaubt|verf[uü]gbar|zugeordnet|mehr aktuell)"
    r"|(?:kann|konnte) nicht"
)
_FRENCH = (
    r"introuvable|\binactifs?\b|(?:est|sont) inactives?\b|d[ée]sactiv[ée]|supprim[ée]"
    r"|cl[oô]tur[ée]|\bferm[ée]e?s?\b|refus[ée]|expir[ée]|manquante?s?\b|obligatoire|en double"
    r"|d[ée]j[aà]\b|existe pas|impossible de|[ée]chou[ée]|p[ée]rim[ée]|trop long"
)
_SPANISH_AND_PORTUGUESE = (
    r"inactiv[oa]s?\b|inativ[oa]s?\b|desactivad|desativad|eliminad[oa]|exclu[ií]d[oa]"
    r"|cerrad[oa]|encerrad[oa]|fechad[oa]\b|rechazad|rejeitad|caducad|expirad|inv[aá]lid[oa]"
    r"|duplicad|ya (?:existe|est[aá]|se)\b|j[aá] (?:existe|est[aá])"
    r"|no (?:se )?(?:encontr|existe|puede|pudo)|n[aã]o (?:foi|encontrad|existe|pode|p[oô]de)"
    r"|\bfalta\b|obrigat[oó]ri|obligatori|demasiado larg|longo demais"
)
_ITALIAN = (
    r"inattiv[oa]|disattivat|non (?:[eè] )?(?:attiv|trovat|valid|esist|disponibil)|eliminat[oa]"
    r"|chius[oa]\b|rifiutat|scadut|\bgi[aà]\b|duplicat[oa]|mancante|impossibile|troppo lung"
)
_DUTCH = (
    r"niet (?:gevonden|actief|toegestaan|geldig|beschikbaar)|inactief|gedeactiveerd|verwijderd"
    r"|afgesloten|gesloten|geweigerd|verlopen|ongeldig|bestaat (?:al|niet)|\bdubbel|ontbreekt"
    r"|verouderd|mislukt|te lang\b"
)
_CHINESE = (
    "停用|无效|無效|不存在|找不到|未找到|已存在|重复|重複|失败|失敗|已关闭|已删除|已刪除|过期|拒绝"
)
_JAPANESE = (
    "無効|非アクティブ|見つかりません|存在しません|既に|すでに|削除|締め切|期限切れ|できません"
)
_KOREAN = "비활성|찾을 수 없|존재하지|이미 |중복|실패|마감|만료|삭제"
_REFUSED = Pattern(
    "|".join(
        (
            _GERMAN,
            _FRENCH,
            _SPANISH_AND_PORTUGUESE,
            _ITALIAN,
            _DUTCH,
            _CHINESE,
            _JAPANESE,
            _KOREAN,
        )
    ),
    exact=True,
)
_LEDGER = Pattern(
    r"\b(?:\w{0,12}(?:rechnung|beleg|lieferant|kunde|buchung|steuersatz|steuercode|konto)\w{0,8}"
    r"|artikel\w?|w[aä]hrung|zahlung"
    r"|\w{0,2}factures?|fournisseurs?|comptes?|comptable|taxe|devise|paiement"
    r"|facturas?|faturas?|fornecedor(?:es)?|proveedor(?:es)?|clientes?|art[ií]culos?|artigos?"
    r"|produtos?|productos?|cuentas?|contas?|cont[aá](?:ble|bil|beis)|impuestos?|impostos?"
    r"|fattur[ae]|fornitor[ei]|clienti|articol[oi]|prodott[oi]|cont[oi]|contabil[ei]|iva"
    r"|facturen|factuur\w{0,8}|leveranciers?|klant(?:en)?|grootboek\w{0,8}|rekening|btw"
    r"|boek(?:ings)?periode)\b"
    r"|客户|顾客|客戶|供应商|供應商|发票|發票|账户|科目|商品|税码|凭证|会计"
    r"|顧客|得意先|仕入先|請求書|勘定|品目|税コード|会計"
    r"|고객|거래처|공급업체|송장|계정|품목|회계",
    exact=True,
)


def refuses(low: str) -> bool:
    """Say whether a text in small letters tells of trouble in one of these languages."""
    return _REFUSED.found_in(low)


def keeps_accounts(low: str) -> bool:
    """Say whether it speaks of bookkeeping in one of them."""
    return _LEDGER.found_in(low)
