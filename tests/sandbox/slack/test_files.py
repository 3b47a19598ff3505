"""Files: the three-step upload of slack_sdk, downloads, people's files."""

import pytest
from slack_sdk.errors import SlackApiError

from tests.sandbox.slack.harness import DANA, HARBOR, Slack
from tests.sandbox.slack.raw_app import raw_app


def test_upload_v2_shares_a_file_in_a_channel(slack: Slack) -> None:
    """slack_sdk's own three steps; the message carries comment and file."""
    slack.web.files_upload_v2(
        channel=HARBOR, filename="rows.csv", content="a,b\n1,2\n", initial_comment="Two rows"
    )
    message = slack.messages()[0]
    stored = message["files"][0]

    assert message["text"] == "Two rows"
    assert stored["name"] == "rows.csv"
    assert stored["size"] == 8
    assert stored["channels"] == [HARBOR]
    assert slack.web.files_info(file=stored["id"])["file"]["mimetype"] == "text/csv"
    assert slack.web.files_list(channel=HARBOR)["paging"]["total"] == 1
    assert slack.look("files")["files"][0]["by_app"]


def test_upload_into_a_thread(slack: Slack) -> None:
    """thread_ts keeps the file out of the channel's top level."""
    ts = slack.web.chat_postMessage(channel=HARBOR, text="p")["ts"]
    slack.web.files_upload_v2(channel=HARBOR, filename="a.txt", content="x", thread_ts=ts)

    assert slack.messages()[1]["thread_ts"] == ts


@pytest.mark.parametrize(
    ("method", "args", "expected"),
    [
        ("files.getUploadURLExternal", {"filename": "a", "length": 0}, "missing_argument"),
        ("files.getUploadURLExternal", {"filename": "a", "length": "x"}, "invalid_arguments"),
        (
            "files.getUploadURLExternal",
            {"filename": "a", "length": 2_000_000_000},
            "file_upload_size_restricted",
        ),
        ("files.completeUploadExternal", {"files": [{"id": "F404"}]}, "file_not_found"),
        ("files.completeUploadExternal", {"files": [{}]}, "invalid_arguments"),
        (
            "files.completeUploadExternal",
            {"files": [{"id": "F1", "text": "x"}]},
            "invalid_arguments",
        ),
        ("files.delete", {"file": "F404"}, "file_not_found"),
    ],
)
def test_refusals(slack: Slack, method: str, args: dict[str, object], expected: str) -> None:
    """Each step has its own words."""
    assert slack.api(method, **args).json()["error"] == expected


def test_a_file_must_be_uploaded_before_it_is_completed(slack: Slack) -> None:
    """Bytes first, of the length announced; then it can be shared once."""
    step = slack.api("files.getUploadURLExternal", filename="a.txt", length=3).json()
    early = slack.api("files.completeUploadExternal", files=[{"id": step["file_id"]}]).json()
    short = slack.http.post(step["upload_url"], content=b"ab")
    good = slack.http.post(step["upload_url"], content=b"abc")
    args = {"files": [{"id": step["file_id"], "title": "A"}], "channel_id": HARBOR}
    done = slack.api("files.completeUploadExternal", **args).json()
    again = slack.http.post(step["upload_url"], content=b"abc")

    assert early["error"] == "file_not_found"
    assert short.status_code == 400
    assert good.text == "OK - 3"
    assert done["files"][0]["title"] == "A"
    assert again.status_code == 404
    assert slack.messages()[0]["files"][0]["title"] == "A"


def test_a_persons_file_reaches_the_app(slack: Slack) -> None:
    """file_shared names it; files.info and the download give the bytes."""
    with raw_app(slack) as app:
        shared = slack.act(DANA, "file", channel=HARBOR, name="in.csv", content_base64="YSxiCg==")
        event = app.wait_for("file_shared")["payload"]["event"]
    stored = slack.web.files_info(file=event["file_id"])["file"]
    bearer = {"authorization": f"Bearer {slack.web.token}"}

    assert stored["id"] == shared["file"]["id"]
    assert event["channel_id"] == HARBOR
    assert slack.http.get(stored["url_private"], headers=bearer).content == b"a,b\n"
    assert "Sign in" in slack.http.get(stored["url_private"]).text
    assert slack.http.get(stored["url_private"], params={"user": DANA}).content == b"a,b\n"
    with pytest.raises(SlackApiError, match="cant_delete_file"):
        slack.web.files_delete(file=stored["id"])
