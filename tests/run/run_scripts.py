"""Runs in processes of their own, which a test may kill."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

HERE = Path(__file__).parent


def run_script(store, body, **options):
    """A run in a process of its own. `body` sees `session`, `Graph`, `node`, `executors`."""
    script = f"""
        import sys
        sys.path.insert(0, {str(HERE)!r})
        from pathlib import Path
        from text_operations import OPERATIONS, node
        from rushes.graph.node import Graph, NodeInput
        from rushes.run import executors
        from rushes.run.engine import Session
        from rushes.store.store import Store
        store = Store(Path({str(store.root)!r}))
    """
    text = textwrap.dedent(script) + textwrap.dedent(body)
    return subprocess.Popen([sys.executable, "-c", text], stderr=subprocess.PIPE, text=True, **options)
