"""A report, as a file and in notebooks."""

from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from skvae._replacement import replace_file
from skvae.inspection import LatentStability
from skvae.model_selection import TransformerComparison
from skvae.reporting._inputs import checked_path


@dataclass(frozen=True, eq=False, repr=False)
class Report:
    """What :func:`skvae.report` returns: a page, and what it was written from.

    A notebook shows the page; :meth:`save` writes it.

    Attributes
    ----------
    html : str
        The page, complete in itself.
    path : Path or None
        Where it was written.
    verdict : str
        Its first sentence.
    models : dict of str to estimator
        The fitted models, the one that the others are compared with first.
    comparison : TransformerComparison or None
        What was measured on random splits.
    stability : dict of (str, str) to LatentStability
        By model, and by what the refits differ in.
    warnings : list of str
        What was left out or told while the table was read, and what the fits warned of, each once.

    Examples
    --------
    >>> import skvae
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.decomposition import PCA
    >>> X = load_iris(as_frame=True).data
    >>> page = skvae.report(estimator=PCA(2).fit(X))
    >>> print(page)
    PCA has 2 latent variables; without data, how well they describe any is unknown.
    """

    html: str
    path: Path | None
    verdict: str
    models: dict[str, Any]
    comparison: TransformerComparison | None
    stability: dict[tuple[str, str], LatentStability]
    warnings: list[str]

    def save(self, path):
        """Write the page.

        Parameters
        ----------
        path : str or path-like
            Its name ends in ``.html`` or ``.htm``. An existing file is replaced as a whole: a crash leaves the old page
            or the new one.

        Returns
        -------
        path : Path

        Raises
        ------
        ValueError
            If the name is not that of a page.
        OSError
            If it cannot be written; an old page is untouched.
        """
        path = checked_path(path)
        replace_file(str(path), [self.html.encode()])
        return path

    def __str__(self):
        """Say the verdict."""
        return self.verdict

    def __repr__(self):
        """Show the verdict, and where the page is."""
        return f"<Report {self.path or 'not written'}: {self.verdict}>"

    def _repr_html_(self):
        """Show the page in a notebook, in a frame of its own."""
        style = "width:100%;height:40rem;border:1px solid #ccc"
        return f'<iframe title="Report" srcdoc="{escape(self.html)}" sandbox style="{style}"></iframe>'
