import gc
import subprocess
import sys

import pytest


def test_garbage_is_still_collected_but_seldom():
    code = "import gc\nfrom rushes.cli.quick_start import start_quickly\nstart_quickly()\nprint(gc.isenabled(), *gc.get_threshold())"
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    enabled, first, *_ = said.split()
    assert enabled == "True" and int(first) > gc.get_threshold()[0]


@pytest.mark.parametrize(
    ("stage", "event", "usual"),
    [
        ("analyze", "start", True),
        ("render", "start", True),
        ("analyze", "cached", False),
        ("edit", "start", False),
    ],
)
def test_a_session_that_analyses_or_renders_collects_as_usual(stage, event, usual):
    code = (
        "import gc; before = gc.get_threshold()\n"
        "from rushes.cli.progress import ProgressView\n"
        "from rushes.cli.quick_start import start_quickly\n"
        f"start_quickly(); ProgressView().tell({event!r}, {stage!r}, 0, 2, 'a clip')\n"
        "print(gc.get_threshold() == before)"
    )
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert said == f"{usual}\n"
