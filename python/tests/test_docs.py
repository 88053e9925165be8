"""The snippets of docs/python.md, one after the other."""

import os
import re
from pathlib import Path

import pytest

SOURCE = os.environ.get("SKERRY_SOURCE_DIR")


@pytest.mark.skipif(not SOURCE, reason="SKERRY_SOURCE_DIR names no clone")
def test_the_snippets_of_the_guide_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = (Path(SOURCE) / "docs" / "python.md").read_text()
    snippets = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(snippets) >= 4
    names = {}
    for snippet in snippets:
        exec(snippet, names)
