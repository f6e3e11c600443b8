"""Reports made once, of a table that is small and awkward."""

from contextlib import contextmanager
from functools import partial

import numpy as np
import pandas as pd
import pytest

import skvae
from skvae import VAETransformer
from skvae.reporting import _models

NASTY = (
    "<script>alert(1)</script>",
    "\"quotes\" & 'more'",
    "protein \N{DNA DOUBLE HELIX}",
    "\N{HEBREW LETTER SHIN}\N{HEBREW LETTER LAMED}\N{HEBREW LETTER VAV}\N{HEBREW LETTER FINAL MEM}",
    "long_" * 40,
    "$x^ {{ 7 * 7 }}",
    "nul\x00 and bell\x07",
)


#: The last two become equal where no page can hold what tells them apart.
LABELS = ("<b>tumour</b>", "normal & \N{GREEK SMALL LETTER ALPHA}\x01", "normal & \N{GREEK SMALL LETTER ALPHA}\x02")


@pytest.fixture(scope="session")
def nasty_table():
    """60 rows of three groups, features whose names would break a careless page, and missing values."""
    rng = np.random.default_rng(0)
    groups = np.repeat(LABELS, 20)
    values = rng.normal(size=(60, 2)) @ rng.normal(size=(2, 7)) + 0.3 * rng.normal(size=(60, 7))
    values[:30] += 2
    values[::9, 1] = np.nan
    index = [f"<i>sample {i}</i>" for i in range(60)]
    return pd.DataFrame(values, columns=NASTY, index=index), pd.Series(groups, index=index, name="<u>group</u>")


@contextmanager
def small_models():
    """Put a VAE that trains in a moment where the default one stands."""
    from skvae.estimators import _training

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_training, "prefers_xla", lambda n_weights: False)
        patch.setattr(_models, "VAETransformer", partial(VAETransformer, encoder=(8,), epochs=8))
        yield


@pytest.fixture(scope="module", autouse=True)
def small_vae():
    """Put it there for all tests of reports, and for no other."""
    with small_models():
        yield


@pytest.fixture(scope="session")
def table_report(nasty_table, tmp_path_factory):
    """The report of the table, also written to a file."""
    X, y = nasty_table
    path = tmp_path_factory.mktemp("report") / "report.html"
    with small_models():
        return skvae.report(X, y, path=path, n_repeats=3, n_refits=2, random_state=0)
