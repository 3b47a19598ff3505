"""The consent page a person sees when an app asks for access to a company."""

from collections.abc import Mapping, Sequence
from html import escape

STYLE = """
:root{color-scheme:light dark}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:#f4f5f8;color:#21262a;
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{width:min(30rem,calc(100vw - 2rem));background:#fff;border:1px solid #d4d7dc;
border-radius:12px;padding:2rem;box-shadow:0 8px 28px rgba(20,30,40,.08)}
.logos{display:flex;align-items:center;gap:.75rem;margin-bottom:1.25rem}
.logo{width:2.75rem;height:2.75rem;border-radius:10px;display:grid;place-items:center;
font-weight:700;color:#fff;background:#2ca01c}
.logo.app{background:#393a3d}
.dots{color:#8d9096;letter-spacing:.2em}
h1{font-size:1.35rem;line-height:1.3;margin:0 0 .5rem}
p{margin:0 0 1rem;color:#4a5056}
ul{margin:0 0 1.25rem;padding-left:1.2rem;color:#4a5056}
fieldset{border:0;margin:0 0 1.5rem;padding:0}
legend{font-weight:600;margin-bottom:.5rem;padding:0}
label{display:flex;gap:.75rem;align-items:center;padding:.75rem .9rem;border:1px solid #d4d7dc;
border-radius:8px;margin-bottom:.5rem;cursor:pointer}
label:has(input:checked){border-color:#2ca01c;box-shadow:0 0 0 1px #2ca01c}
label small{display:block;color:#6b6f76}
.actions{display:flex;gap:.75rem;justify-content:flex-end}
button{font:inherit;font-weight:600;border-radius:999px;padding:.6rem 1.5rem;cursor:pointer;
border:1px solid #2ca01c;background:#2ca01c;color:#fff}
button.quiet{background:transparent;color:inherit;border-color:#8d9096}
button:focus-visible,input:focus-visible{outline:3px solid #0077c5;outline-offset:2px}
footer{margin-top:1.25rem;font-size:.85rem;color:#6b6f76}
@media (prefers-color-scheme:dark){body{background:#16191c;color:#eceef1}
main{background:#202428;border-color:#3a3f45}p,ul,footer,label small{color:#b4b8be}
label{border-color:#3a3f45}}
"""


def consent_page(app: str, companies: Sequence[tuple[str, str]], params: Mapping[str, str]) -> str:
    """Names the app and the companies to choose from, with Connect and Cancel."""
    hidden = "".join(
        f'<input type="hidden" name="{escape(key)}" value="{escape(value)}">'
        for key, value in params.items()
        if key in ("client_id", "redirect_uri", "state", "scope", "response_type")
    )
    choices = "".join(
        f'<label><input type="radio" name="realm" value="{escape(realm)}"'
        f"{' checked' if position == 0 else ''}><span>{escape(name)}"
        f"<small>Company ID {escape(realm)}</small></span></label>"
        for position, (realm, name) in enumerate(companies)
    )
    initial = escape(app[:1].upper())
    return _page(
        f"Connect {escape(app)}",
        f"""<div class="logos"><span class="logo app">{initial}</span>
<span class="dots">•••</span><span class="logo">qb</span></div>
<h1>{escape(app)} would like to access your QuickBooks company</h1>
<p>If you connect, {escape(app)} can:</p>
<ul><li>read your lists, documents and settings</li>
<li>create and change customers, items, invoices and payments</li></ul>
<form method="post" action="/connect/oauth2">{hidden}
<fieldset><legend>Choose a company</legend>{choices}</fieldset>
<div class="actions"><button class="quiet" name="decision" value="cancel">Cancel</button>
<button name="decision" value="connect">Connect</button></div></form>
<footer>A local QuickBooks simulator. Nothing here reaches Intuit.</footer>""",
    )


def refusal_page(reason: str) -> str:
    """Shown when the request cannot be trusted enough to send the browser back."""
    return _page(
        "Connection not possible",
        f"<h1>Sorry, this app can't connect</h1><p>{escape(reason)}</p>"
        "<footer>A local QuickBooks simulator.</footer>",
    )


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    )
