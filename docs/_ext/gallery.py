"""How the scripts of `examples/` stand in the gallery."""

from pathlib import Path

# From the first steps to the fine points; what is not named here comes last.
ORDER = [
    "first_steps",
    "pca_or_vae",
    "missing_and_batches",
]


class ReadingOrder:
    """Sort scripts as a reader would take them."""

    def __init__(self, folder):
        self.folder = folder

    def __call__(self, filename):
        """Return the place of a script."""
        stem = Path(filename).stem
        return ORDER.index(stem) if stem in ORDER else len(ORDER), stem

    def __repr__(self):
        """Return always the same, so that Sphinx sees no change."""
        return f"<{type(self).__name__}>"


def arguments(gallery_conf, script_vars):
    """Return the command line of a script: files that it writes belong into the build."""
    folder = Path(gallery_conf["src_dir"], "_build", "written")
    folder.mkdir(parents=True, exist_ok=True)
    return [str(folder)] if Path(script_vars["src_file"]).stem == "pictures" else []
