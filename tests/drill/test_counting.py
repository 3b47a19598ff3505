"""How the drill counts and judges, without any process."""

from sandbox.drill.play import Result, unexplained
from sandbox.drill.score import Sheet, counted, wrongs
from sandbox.drill.story import FAMILIES, Case, Story
from sandbox.drill.watch import Post, words_of

KEYS = [
    "injected",
    "auto",
    "detected",
    "false_alarms",
    "explained",
    "offered",
    "fixed",
    "verified",
    "seconds_median",
    "seconds_max",
    "click_seconds_max",
    "messages",
]


def _story(family: str = "inactive", *, noise: bool = False) -> Story:
    return Story(18, family, "a title", lambda books, rng: Case(print, str), noise=noise)


def _post(text: str, words: str = "", **payload: str) -> Post:
    told = {"kind": "inactive_record", "family": "inactive", "state": "open", **payload}
    return Post("C1", "100.5", text, words, "qb_incident", told, [])


def _good(story: Story | None = None, seconds: float = 2.0) -> Result:
    return Result(
        story or _story(),
        "Harbor",
        loud=True,
        detected=True,
        explained=True,
        offered=True,
        fixed=True,
        verified=True,
        seconds=seconds,
        click_seconds=3.0,
        messages=(("C1", str(seconds)),),
    )


def test_the_answer_has_exactly_the_promised_keys() -> None:
    """Programs read it: seed, six families with twelve counts each, scenarios."""
    answer = counted(Sheet(4, [_good()]))

    assert list(answer) == ["seed", "families", "scenarios"]
    assert tuple(answer["families"]) == FAMILIES
    assert all(list(row) == KEYS for row in answer["families"].values())
    assert answer["families"]["inactive"]["injected"] == 1


def test_a_good_result_leaves_nothing_to_say() -> None:
    """All detected, explained, mended, in time, one message each."""
    assert wrongs(Sheet(4, [_good(), _good(seconds=4.0)]), 10, whole=False) == []


def test_the_whole_drill_needs_all_five_families() -> None:
    """A family without a trouble was not measured."""
    found = wrongs(Sheet(4, [_good()]), 10, whole=True)

    assert len(found) == 4
    assert "mapping: no trouble of this family was injected" in found


def test_being_late_is_wrong() -> None:
    """The middle message and the slowest press have a limit."""
    late = _good(seconds=11.0)

    assert wrongs(Sheet(4, [late]), 10, whole=False) == [
        "inactive: 11 s from the trouble to its message, in the middle; 10 s are allowed"
    ]


def test_a_stray_message_is_a_false_alarm_of_its_family() -> None:
    """A message that belongs to no trouble is named with its words."""
    sheet = Sheet(4, [_good()], strays=[_post("Corner Deli is odd", family="duplicates")])

    assert counted(sheet)["families"]["duplicates"]["false_alarms"] == 1
    assert "False alarm in a channel: Corner Deli is odd" in wrongs(sheet, 10, whole=False)


def test_noise_is_neither_injected_nor_auto() -> None:
    """Clean noise is mixed in; it counts only when something is said about it."""
    sheet = Sheet(4, [Result(_story(noise=True), "Harbor")])

    row = counted(sheet)["families"]["inactive"]
    assert (row["injected"], row["auto"], row["false_alarms"]) == (0, 0, 0)


def test_a_fix_that_is_green_but_not_right_is_wrong() -> None:
    """`verified` stays behind `fixed`, and the sums say so too."""
    broken = Result(
        _story(),
        "Harbor",
        loud=True,
        detected=True,
        explained=True,
        offered=True,
        fixed=True,
        seconds=1.0,
        messages=(("C1", "1"),),
        wrong=("green, but the books are not right: missing",),
    )

    found = wrongs(Sheet(4, [broken]), 10, whole=False)

    assert any("green, but the books are not right" in line for line in found)
    assert "inactive: fixed 1, verified 0" in found


def test_documents_are_counted_as_a_person_counts_them() -> None:
    """Three invoices and a payment are four documents; thousands have commas."""
    assert _post("Harbor: 3 invoices, $40.00, and 1 payment not posted").counts(4)
    assert _post("Harbor: 1,200 documents wait").counts(1200)
    assert not _post("Harbor: 13 invoices wait").counts(3)


def test_a_marker_is_found_in_any_spelling() -> None:
    """Visible spaces and line breaks do not hide a name."""
    assert _post("x", "Jane··Corvo stead").holds("Corvostead")
    assert not _post("INV-100").holds("INV-1000")


def test_runs_of_one_line_are_one_line() -> None:
    """Rich text is read as a person reads it."""
    section = {
        "type": "rich_text_section",
        "elements": [{"type": "text", "text": "3 invo"}, {"type": "text", "text": "ices"}],
    }

    assert words_of([{"type": "rich_text", "elements": [section]}]) == "3 invoices"


def test_an_alert_without_a_why_is_not_explained() -> None:
    """What, why and what next; a hole in the text is none of them."""
    why = "Why QuickBooks refuses documents for inactive customers, whoever posts them"

    assert unexplained(_post("x", why)) == ""
    assert "does not say why" in unexplained(_post("x", "It is inactive"))
    assert "hole" in unexplained(_post("x", f"{why} {{name}}"))
