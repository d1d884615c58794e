"""The report in a real browser: no fault on the console, nothing fetched, nothing wider than a phone, and it works."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
import report_samples
from rushes.emit.report import ReportData, render_report

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium on the PATH: the report was not seen in a browser"
)

WRAPPER = """<!DOCTYPE html><meta charset="utf-8"><body>
<iframe id="f" width="{width}" height="900" style="border:0" srcdoc="{page}"></iframe><pre id="out"></pre>
<script>
document.getElementById("f").onload = (event) => {{
  const page = event.target.contentDocument;
  const found = {{}};
  const look = (name, get) => {{ found[name] = get(page); }};
  {probe}
  document.getElementById("out").textContent = JSON.stringify(found);
}};
</script>"""

WIDTHS = """
  look("page", (p) => p.documentElement.scrollWidth);
  for (const one of page.querySelectorAll("details")) one.open = true;
  look("opened", (p) => p.documentElement.scrollWidth);
  look("too_wide", (p) => [...p.querySelectorAll("main *, header *, footer *")]
    .filter((e) => !e.closest(".scroll, pre, .hidden") && e.getBoundingClientRect().right > p.documentElement.clientWidth + 1)
    .map((e) => e.outerHTML.slice(0, 80)));
  look("loads", (p) => p.defaultView.performance.getEntriesByType("resource").map((e) => e.name));
"""

USE = """
  look("first", (p) => p.querySelector("#now h3").textContent);
  page.querySelector('a.shot[data-shot="3"]').dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true}));
  look("chosen", (p) => p.querySelector("#now h3").textContent);
  look("marked", (p) => [...p.querySelectorAll(".on")].map((e) => e.id || e.dataset.shot));
  look("time", (p) => p.getElementById("video").currentTime);
  const tools = page.querySelector("#unused .tools");
  look("tools", () => !tools.hidden);
  tools.querySelector('[data-show="rejected"]').click();
  look("rejected", (p) => [...p.querySelectorAll("#unused-list > li")].filter((e) => !e.hidden).map((e) => e.dataset.state));
  tools.querySelector('[data-show=""]').click();
  const select = tools.querySelector("select");
  select.value = "name";
  select.dispatchEvent(new Event("change"));
  look("names", (p) => [...p.querySelectorAll("#unused-list > li")].map((e) => e.dataset.name));
  look("count", () => tools.querySelector("output").textContent);
"""


def opened(page: str, folder: Path, *, width: int = 1200, probe: str = WIDTHS) -> tuple[dict, list[str]]:
    """What a probe finds in the page, and the lines that the browser's console got."""
    file = folder / "wrapper.html"
    file.write_text(WRAPPER.format(width=width, page=html.escape(page), probe=probe), encoding="utf-8")
    done = subprocess.run(
        [
            *(
                CHROMIUM,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                f"--user-data-dir={folder / 'browser'}",
            ),
            *(
                "--disable-background-networking",
                "--hide-scrollbars",
                "--enable-logging=stderr",
                "--virtual-time-budget=4000",
            ),
            *("--no-first-run", "--host-resolver-rules=MAP * ~NOTFOUND", "--dump-dom", file.as_uri()),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found = re.search(r'<pre id="out">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, done.stderr
    return json.loads(html.unescape(found[1])), [
        line for line in done.stderr.splitlines() if "CONSOLE" in line
    ]


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> ReportData:
    path = tmp_path_factory.mktemp("video") / "preview.mp4"
    with av.open(str(path), "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 90, 160, "yuv420p"
        for at in range(90):
            picture = np.full((160, 90, 3), at * 2, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return replace(report_samples.real_looking(), preview=path.read_bytes(), video_file=None)


def hostile(data: ReportData) -> ReportData:
    """Long words without a break everywhere."""
    long = "a_very_long_name_without_any_break_" * 5
    timeline = data.timeline
    clip = timeline.clips[0]
    named = replace(clip, file=long, metadata=replace(clip.metadata, shot_type=long, ai_reasoning=long))
    rows = [
        {**data.clips[0], "clip": long},
        {**data.clips[30], "clip": long + "b", "tags": [long], "reasons": [long]},
    ]
    return replace(
        data,
        title=long,
        timeline=replace(timeline, clips=(named, *timeline.clips[1:])),
        clips=[*rows, *data.clips[1:]],
        warnings=(long,),
        failed=((long, long),),
        provenance={long: {long: long}},
        recipe_yaml=f"{long}: {long}",
    )


def test_nothing_is_wider_than_a_phone_of_360_px_and_nothing_is_fetched(data, tmp_path):
    found, console = opened(render_report(data), tmp_path, width=360)
    assert found == {"page": 360, "opened": 360, "too_wide": [], "loads": []}
    assert console == []


def test_long_names_break_and_do_not_widen_the_page(data, tmp_path):
    found, console = opened(render_report(hostile(data)), tmp_path, width=360)
    assert (found["opened"], found["too_wide"], console) == (360, [], [])


def test_a_ranking_fits_a_phone(data, tmp_path):
    page = render_report(replace(data, timeline=None, preview=None))
    found, console = opened(page, tmp_path, width=360)
    assert (found["opened"], found["too_wide"], console) == (360, [], [])


def test_choosing_a_shot_shows_it_and_seeks_and_lists_filter_and_sort(data, tmp_path):
    found, console = opened(render_report(data), tmp_path, probe=USE)
    assert console == []
    assert found["first"] == "1 front_01.mp4"
    assert found["chosen"] == "3 overhead_03.mp4"
    assert found["marked"] == ["3", "shot-3"]
    assert abs(found["time"] - 4.501) < 1e-6 or abs(found["time"] - 3.0) < 0.1
    assert found["tools"] is True
    assert found["rejected"] == ["rejected"] * 14
    assert found["names"] == [f"unused_{at:02}.mp4" for at in range(1, 41)]
    assert found["count"] == "40 clips"
