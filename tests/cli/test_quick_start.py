import gc
import subprocess
import sys


def test_garbage_is_still_collected_but_seldom():
    code = "import gc\nfrom rushes.cli.quick_start import start_quickly\nstart_quickly()\nprint(gc.isenabled(), *gc.get_threshold())"
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    enabled, first, *_ = said.split()
    assert enabled == "True" and int(first) > gc.get_threshold()[0]
