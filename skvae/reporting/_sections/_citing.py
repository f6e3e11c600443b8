"""How to cite what a report rests on."""

from skvae.estimators import VAETransformer
from skvae.reporting._blocks import Code, Points, Section, Text
from skvae.reporting._citation import PAPERS, SOFTWARE
from skvae.reporting._inputs import last_step

_BIBTEX = """@software{{skvae,
  title = {{{title}}},
  author = {{{{{authors}}}}},
  version = {{{version}}},
  license = {{{license}}}
}}"""


def citing(findings):
    """List the software and the papers whose methods were used."""
    used = [name for name, model in findings.models.items() if name in PAPERS]
    if any(isinstance(last_step(model), VAETransformer) for model in findings.models.values()):
        used = [*dict.fromkeys(["VAE", "PCA", *used])]  # a VAE starts at PCA
    if findings.comparison is not None:
        used.append("comparison")
    software = "{authors}. {title}, version {version} ({license}).".format(**SOFTWARE)
    papers = [paper for part in [*used, "software"] for paper in PAPERS[part]]
    return Section(
        "citing",
        "How to cite",
        [
            Text("If this report helped, please cite the software, and the papers whose methods you use."),
            Points([software, *papers]),
            Code(_BIBTEX.format(**SOFTWARE), "BibTeX of the software"),
        ],
    )
