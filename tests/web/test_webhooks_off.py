"""Without a verifier token there is no address for webhooks."""

from bot.web.webhooks import PATH


def test_no_token_no_address(edge) -> None:
    """Nothing is taken from anybody."""
    assert edge.http.post(PATH, content=b"[]").status_code == 404
