"""What waits and runs, for the command line of this machine."""

from bot.web.tokens import control_token


def test_the_command_line_alone_may_look_at_the_jobs(edge):
    """With the token that is derived from SECRET_KEYS; nobody else."""
    refused = [
        edge.http.get("/jobs").status_code,
        edge.http.get("/jobs", headers={"Authorization": "Bearer guess"}).status_code,
    ]
    token = control_token(edge.services.settings)
    reply = edge.http.get("/jobs", headers={"Authorization": f"Bearer {token}"})

    assert refused == [401, 401]
    assert reply.status_code == 200
    assert reply.json()["waiting"] == []
