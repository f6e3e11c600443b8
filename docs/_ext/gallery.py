"""How the scripts of `examples/` stand in the gallery, and how pages link to them."""

from pathlib import Path

from docutils import nodes
from sphinx import addnodes

# From the first steps to the fine points; what is not named here comes last.
ORDER = [
    "first_steps",
    "pca_or_vae",
    "from_protein_groups_to_report",
    "eight_blobs",
    "choosing_latent_size",
    "what_a_component_means",
    "missing_values",
    "batch_effects",
    "images",
    "counts",
    "denoising",
    "few_labels",
    "new_data_and_anomalies",
    "architecture_search",
    "evolving_architecture",
    "early_stopping_and_starts",
    "watching_a_training",
    "scaling_out",
    "saving_safely",
    "pictures",
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


def lead_to_gallery(app, doctree):
    """Let links to a script, which a code host follows to its file, lead to its page in the gallery."""
    for link in list(doctree.findall(addnodes.download_reference)):
        script = Path(link["reftarget"])
        if script.parent.name == "examples":
            target = f"/auto_examples/{script.stem}"
            page = addnodes.pending_xref("", refdomain="std", reftype="doc", reftarget=target, refexplicit=True)
            page.append(nodes.inline("", "", *link.children))
            link.replace_self(page)


def setup(app):
    """Do so before files to be downloaded are copied."""
    app.connect("doctree-read", lead_to_gallery, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
