"""The study of one's own in the docs."""

import ast
import doctest
import re
from pathlib import Path

from skvae.studies import Study

PAGE = Path(__file__).parents[2] / "docs" / "studies.md"


def test_the_docs_show_what_the_doctest_runs():
    _, section = PAGE.read_text(encoding="utf-8").split("## A study of your own")
    shown = re.search("```python\n(.*?)```", section, re.DOTALL).group(1)
    run = "".join(example.source for example in doctest.DocTestParser().get_examples(Study.__doc__))
    assert ast.dump(ast.parse(shown)) == ast.dump(ast.parse(run))
