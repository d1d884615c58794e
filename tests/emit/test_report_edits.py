"""What the report says of edits that a user made."""

from __future__ import annotations

from dataclasses import replace

import report_samples
import timeline_samples as samples
from rushes.emit.report import render_report
from rushes.emit.report_edits import edit_rows, gone_files
from rushes.timeline.tree import Timeline

WHO = {"timestamp": "2026-11-21T10:00:00Z", "by": "Ana"}


def edited() -> Timeline:
    plan = samples.timeline((30, 30, 30))
    first = plan.clips[0]
    return replace(
        plan,
        deleted_clips=(
            {"clip_id": "cgone", "file": "night/shaky.mp4", "user_reason": "too_shaky"},
            {"clip_id": "cgone2", "file": first.file, "user_reason": ""},
        ),
        user_edits=(
            {**WHO, "action": "clip_deleted", "edit": 1, "clip_id": "cgone", "reason": "too_shaky"},
            {**WHO, "action": "clip_reordered", "edit": 2, "clip_id": first.id, "place": 2},
            {**WHO, "action": "clip_locked", "edit": 3, "clip_id": first.id, "reason": "the <best>"},
            {
                **WHO,
                "action": "regenerate_requested",
                "edit": 4,
                "clip_id": None,
                "section_start": 1.0,
                "section_end": 2.5,
                "instruction": "make_tighter",
                "clip_ids": ["a", "b"],
            },
        ),
    )


def test_each_edit_says_what_was_done_to_which_clip():
    first = edited().clips[0].file
    assert [(row["what"], row["which"]) for row in edit_rows(edited())] == [
        ("deleted: too_shaky", "night/shaky.mp4"),
        ("moved to place 2", first),
        ("locked: the <best>", first),
        ("made anew: make_tighter, 2 shots", "1.00–2.50 s"),
    ]
    assert {(row["who"], row["when"]) for row in edit_rows(edited())} == {("Ana", "2026-11-21T10:00:00Z")}


def test_a_deleted_clip_that_is_in_another_shot_is_not_called_deleted():
    assert gone_files(edited()) == {"night/shaky.mp4": "deleted: too_shaky"}


def test_the_page_lists_edits_escaped_and_has_no_such_part_without_any():
    sample = report_samples.real_looking()
    page = render_report(replace(sample, timeline=edited()))
    assert "made anew: make_tighter, 2 shots" in page and "locked: the &lt;best&gt;" in page
    assert 'id="edits"' not in render_report(sample)


def test_constraints_are_marked_as_kept_broken_or_of_the_plan() -> None:
    row = {"limit": 2, "used": 1, "binds": False}
    rows = (
        {**row, "name": "max_uses_per_clip", "of": "edit", "holds": True},
        {**row, "name": "min_shot_s", "of": "edit", "holds": False},
        {**row, "name": "never_use", "of": "plan"},
    )
    timeline = edited()
    timeline = replace(timeline, ai_reasoning=replace(timeline.ai_reasoning, constraints=rows))
    page = render_report(replace(report_samples.real_looking(), timeline=timeline))
    table = page[page.index('id="constraints"') :]
    marks = [table.index(mark) for mark in ("holds</span>", "broken</span>", "as planned</span>")]
    assert marks == sorted(marks)
    assert "Objective of the plan" in page


def test_a_soft_constraint_is_missed_and_what_nobody_measured_is_not_known() -> None:
    row = {"limit": 2, "binds": False, "of": "edit", "cost": None}
    rows = (
        {**row, "name": "edit.constraints.soft", "used": 1, "holds": False, "weight": 0.1},
        {**row, "name": "edit.constraints.far", "used": "not known: b.mp4", "holds": None, "weight": None},
    )
    timeline = edited()
    timeline = replace(timeline, ai_reasoning=replace(timeline.ai_reasoning, constraints=rows))
    table = render_report(replace(report_samples.real_looking(), timeline=timeline))
    table = table[table.index('id="constraints"') :]
    assert table.index("missed</span>") < table.index("not known</span>")
    assert "Judged of the shots as they stand" in table and '<th scope="col">Holds</th>' in table


def test_the_shots_that_break_a_constraint_are_named() -> None:
    def shown(broken_by):
        row = {"name": "edit.constraints.one", "limit": 2, "used": "as counted", "of": "edit", "holds": False}
        timeline = edited()
        rows = ({**row, "broken_by": broken_by},)
        timeline = replace(timeline, ai_reasoning=replace(timeline.ai_reasoning, constraints=rows))
        page = render_report(replace(report_samples.real_looking(), timeline=timeline))
        return page[page.index("as counted") :].partition("</td>")[0]

    assert 'as counted <span class="soft">shot 4</span>' in shown([4])
    assert "shots 1, 2, 3, 4, 5, 6, 7, 8, …</span>" in shown(list(range(1, 11)))


def test_the_page_says_of_which_shots_the_objective_is() -> None:
    sample = report_samples.real_looking()
    timeline = edited()
    known = {"shots": [["c01", "front_01.mp4", 36, 30]] * 5}
    reasoning = replace(timeline.ai_reasoning, for_edits=known, style_match_score=None)

    def page(of):
        return render_report(
            replace(sample, timeline=replace(timeline, ai_reasoning=replace(reasoning, objective_of=of)))
        )

    assert "Objective of the plan" in page("plan") and "of its 5 shots before they were edited" in page(
        "plan"
    )
    assert "Objective of the plan" not in page("edit") and "Objective</dt>" in page("edit")
    assert "not measured since it was edited" in page("plan")
    assert "Said of the plan, before it was edited" not in page("plan")


def test_confidence_and_runner_up_of_a_changed_shot_are_those_of_the_choice() -> None:
    sample = report_samples.real_looking()
    edit = sample.timeline
    assert edit is not None
    assert "when it was chosen" not in render_report(sample)
    first = edit.clips[0]
    changed = replace(first, metadata=replace(first.metadata, changed=("range",)))
    page = render_report(replace(sample, timeline=replace(edit, clips=(changed, *edit.clips[1:]))))
    assert "Confidence when it was chosen" in page and "Runner-up when it was chosen" in page
    assert "Parts of the objective that are still known" in page
    assert "; 1 edited since</figcaption>" in page


def test_clips_that_an_edit_replaced_or_made_anew_are_told_so() -> None:
    plan = samples.timeline((30, 30))
    first = plan.clips[0]
    record = {**WHO, "action": "clip_replaced", "edit": 2, "file": "b.mp4", "before": {"file": first.file}}
    now = replace(first, file="b.mp4", edit_history=(record,))
    known = {"shots": [["c01", first.file, 36, 30], ["c02", "gone.mp4", 0, 30]]}
    edit = replace(
        plan,
        clips=(now, plan.clips[1]),
        ai_reasoning=replace(plan.ai_reasoning, for_edits=known),
        user_edits=(
            {**WHO, "action": "clip_trimmed", "edit": 1, "clip_id": "c01", "duration_frames": 45},
            {**WHO, "action": "clip_replaced", "edit": 2, "clip_id": "c01", "file": "b.mp4"},
            {**WHO, "action": "clip_noted", "edit": 3, "clip_id": "c01", "note": "nice"},
        ),
    )
    assert gone_files(edit) == {
        first.file: "replaced by b.mp4",
        "gone.mp4": "in the plan, until its part was made anew",
    }
    # Each row names what the shot showed when it was edited.
    assert [(row["what"], row["which"]) for row in edit_rows(edit)] == [
        ("trimmed to 1.50 s", first.file),
        ("replaced by b.mp4", first.file),
        ("noted: nice", "b.mp4"),
    ]


def test_a_shot_that_its_user_chose_has_no_confidence_and_is_not_called_low():
    sample = report_samples.real_looking()
    edit = sample.timeline
    assert edit is not None
    first = edit.clips[0]
    unmeasured = replace(
        first.metadata, ai_confidence=0.0, ai_reasoning="chosen by hand (Ana)", runner_up=None
    )
    by_hand = ({**WHO, "action": "clip_replaced", "edit": 1, "version": 1},)
    chosen = replace(first, metadata=unmeasured, edit_history=by_hand)
    page = render_report(replace(sample, timeline=replace(edit, clips=(chosen, *edit.clips[1:]))))
    assert "Chosen by you" in page and "; 1 chosen by you" in page
    assert "confidence 0 %" not in page and ">0 %<" not in page
    alone = replace(first, metadata=unmeasured)
    assert "chosen by you" not in render_report(
        replace(sample, timeline=replace(edit, clips=(alone, *edit.clips[1:])))
    )
