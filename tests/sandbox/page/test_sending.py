"""What a person posts: shown at once, kept when it fails, with files beside it."""

import base64

import pytest
from playwright.sync_api import FilePayload, expect

from tests.sandbox.page.conftest import BLUE_RIDGE, HARBOR, PRIYA, Opener, Slack, Tab, eventually

pytestmark = [pytest.mark.browser, pytest.mark.long]

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def test_a_message_that_fails_stays_and_can_be_tried_again(slack: Slack, open_tab: Opener) -> None:
    """Offline it says "Not posted" and keeps the words; later one press posts them once."""
    tab = open_tab()
    tab.page.context.set_offline(True)
    tab.say("Same person, I asked")

    failed = tab.find("article[data-outgoing=failed]")
    expect(failed).to_contain_text("Same person, I asked")
    expect(failed.locator("[data-testid=not-posted]")).to_contain_text("Not posted.")
    tab.page.context.set_offline(False)
    failed.locator("[data-testid=retry-post]").click()

    expect(tab.find("article[data-outgoing]")).to_have_count(0)
    expect(tab.find(".conversation article[data-ts]")).to_have_count(1)
    texts = [one["text"] for one in slack.look("messages", channel=HARBOR)["messages"]]
    assert texts == ["Same person, I asked"]


def test_a_failed_message_can_be_deleted(slack: Slack, open_tab: Opener) -> None:
    """What was not posted and is not wanted any more goes away for good."""
    tab = open_tab()
    slack.world.channels[HARBOR].is_archived = True
    tab.say("too late")

    failed = tab.find("article[data-outgoing=failed]")
    expect(failed).to_contain_text("archived")
    failed.locator("[data-testid=drop-post]").click()
    expect(tab.find("article[data-outgoing]")).to_have_count(0)


def test_files_wait_beside_the_text(slack: Slack, open_tab: Opener) -> None:
    """Chosen files are chips that can be taken out; Enter posts the rest with the text."""
    tab = open_tab()
    files: list[FilePayload] = [
        {"name": "orders.csv", "mimeType": "text/csv", "buffer": b"id,total\n1,420.00\n"},
        {"name": "wrong.csv", "mimeType": "text/csv", "buffer": b"x\n"},
    ]
    tab.find(".conversation [data-testid=attach-input]").set_input_files(files)
    chips = tab.find(".conversation [data-testid=file-chip]")
    expect(chips).to_have_count(2)
    assert not slack.look("files")["files"]

    tab.page.get_by_role("button", name="Take out wrong.csv").click()
    tab.goto("general")
    expect(tab.find(".conversation [data-testid=file-chip]")).to_have_count(0)
    tab.goto("books-harbor-foods")
    expect(chips).to_have_count(1)
    tab.say("The export")

    expect(tab.find("article[data-ts] .file-card")).to_contain_text("orders.csv")
    expect(chips).to_have_count(0)
    posted = eventually(lambda: slack.look("messages", channel=HARBOR)["messages"])
    assert [(one["text"], one["files"][0]["name"]) for one in posted] == [
        ("The export", "orders.csv")
    ]


def _drop(tab: Tab, name: str, text: str) -> None:
    tab.find(".conversation").evaluate(
        """(place, [name, text]) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([text], name, { type: 'text/csv' }));
          for (const type of ['dragover', 'drop'])
            place.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true }));
        }""",
        [name, text],
    )


def test_a_file_can_be_dropped_on_the_conversation(slack: Slack, open_tab: Opener) -> None:
    """Dropped files wait beside the text too; an archived channel takes none."""
    tab = open_tab()
    _drop(tab, "late.csv", "id\n1\n")
    expect(tab.find("[data-testid=file-chip]")).to_contain_text("late.csv")
    tab.find("[data-testid=composer]").press("Enter")
    expect(tab.find(".file-card").first).to_contain_text("late.csv")

    slack.act(PRIYA, "archive", channel=HARBOR)
    expect(tab.find("[data-testid=composer]")).to_be_disabled()
    _drop(tab, "never.csv", "id\n")
    expect(tab.find("[data-testid=file-chip]")).to_have_count(0)


def test_a_csv_shows_its_first_rows_and_all_of_them(slack: Slack, open_tab: Opener) -> None:
    """A preview in the message, a table in the viewer; Escape gives the focus back."""
    rows = "".join(f'{n},"Jane, no. {n}",{n}.50\n' for n in range(40))
    slack.act(PRIYA, "file", channel=HARBOR, name="orders.csv", content=f"id,name,total\n{rows}")
    tab = open_tab()
    opener = tab.find("[data-testid=file-open]")
    expect(opener).to_contain_text("Jane, no. 2")
    expect(opener).not_to_contain_text("Jane, no. 9")

    opener.click()
    viewer = tab.find("[data-testid=viewer]")
    expect(viewer.locator("tbody tr")).to_have_count(40)
    expect(viewer.locator("tbody tr").last).to_contain_text("Jane, no. 39")
    expect(viewer).to_have_accessible_name("orders.csv")
    tab.page.keyboard.press("Escape")
    expect(viewer).to_have_count(0)
    expect(opener).to_be_focused()


def test_a_picture_is_shown_and_enlarged(slack: Slack, open_tab: Opener) -> None:
    """A picture file stands in the message; a press shows it large."""
    content = base64.b64encode(PIXEL).decode()
    slack.act(PRIYA, "file", channel=HARBOR, name="receipt.png", content_base64=content)
    tab = open_tab()

    tab.page.get_by_role("button", name="Look at receipt.png").click()
    shown = tab.find("[data-testid=viewer] img")
    expect(shown).to_have_attribute("alt", "receipt.png")
    assert shown.evaluate("one => one.decode().then(() => one.naturalWidth)") == 1
    tab.find("[data-testid=viewer-close]").click()
    expect(tab.find("[data-testid=viewer]")).to_have_count(0)


def test_an_unsent_text_waits_in_its_channel(slack: Slack, open_tab: Opener) -> None:
    """Each conversation keeps what was typed while the person is elsewhere."""
    tab = open_tab()
    box = tab.find("[data-testid=composer]")
    box.fill("half a thought")
    tab.goto("books-blue-ridge")
    expect(box).to_have_value("")
    slack.post("x", channel=BLUE_RIDGE)
    tab.goto("books-harbor-foods")

    expect(box).to_have_value("half a thought")
