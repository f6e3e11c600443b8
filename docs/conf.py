"""How Sphinx builds the documentation: `make docs`. Nothing is fetched, neither now nor by the reader's browser."""

import os
import sys
from pathlib import Path

# TensorFlow's notes about the machine would stand between Sphinx's own; it reads this when it is imported.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).parent / "_ext"))

from sklearn.experimental import enable_halving_search_cv  # noqa: F401, the gallery looks up what examples import

import skvae

project = "skvae"
author = "The skvae developers"
copyright = author
version = release = skvae.__version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_gallery.gen_gallery",
    "gallery",
    "mathml",
    "reference",
]
exclude_patterns = ["_build", "_ext", "_templates"]
templates_path = ["_templates"]

# References that lead nowhere are errors, but for those to other packages, whose lists of names would be fetched.
nitpicky = True
# Functions that templates call need not be pickled.
suppress_warnings = ["config.cache"]
nitpick_ignore_regex = [("py:.*", r"(keras|matplotlib|numpy|pandas|sklearn|tensorflow)\..*")]

# Pages in Markdown have the same anchors here as on a code host.
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
html_math_renderer = "mathml"

autodoc_typehints = "none"  # types stand in the docstrings
toc_object_entries_show_parents = "hide"
default_role = "literal"  # `n_components` in a docstring is code
smartquotes = False  # "relu" is to be typed as it stands
numpydoc_show_class_members = False  # the templates list them

html_theme = "pydata_sphinx_theme"
html_title = "skvae"
html_static_path = ["_static"]
html_css_files = ["skvae.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "secondary_sidebar_items": ["page-toc"],
    "show_prev_next": False,
    "navbar_align": "left",
    "header_links_before_dropdown": 6,
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_sidebars = {"index": []}
html_context = {"default_mode": "auto"}  # light or dark, as the reader's system

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "filename_pattern": r"\.py$",
    "backreferences_dir": "api/examples",
    "doc_module": ("skvae",),
    "within_subsection_order": "gallery.ReadingOrder",
    "reset_argv": "gallery.arguments",
    "reset_modules": ("matplotlib",),
    "download_all_examples": False,
    "show_signature": False,
    "capture_repr": (),  # what is not printed is not shown
    "write_computation_times": False,  # that page would fetch a script
}
