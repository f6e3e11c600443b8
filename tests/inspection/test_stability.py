"""Stability of codes that do not move, that only turn, and that have nothing in common."""

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from scipy.spatial import procrustes
from scipy.stats import ortho_group
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.metrics import pairwise_distances
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import check_random_state

from skvae import VAETransformer
from skvae.inspection import latent_stability

pytestmark = pytest.mark.usefixtures("without_xla")


class Noise(TransformerMixin, BaseEstimator):
    """Codes from a seed: the first columns, turned or not, plus noise."""

    def __init__(self, turns=False, noise=0.0, random_state=None):
        self.turns, self.noise, self.random_state = turns, noise, random_state

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        rng = check_random_state(self.random_state)
        Z = np.asarray(X)[:, :3] + self.noise * rng.normal(size=(len(X), 3))
        return Z @ ortho_group.rvs(3, random_state=rng) if self.turns else Z


@pytest.fixture(scope="module")
def table():
    X = np.random.default_rng(0).normal(size=(200, 5)) * [1, 3, 2, 1, 1]
    return pd.DataFrame(X, columns=list("abcde"), index=[f"row{i}" for i in range(200)])


def test_pca_does_not_move():
    X, _ = load_iris(return_X_y=True)
    stability = latent_stability(make_pipeline(StandardScaler(), PCA(2)), X, n_repeats=3, random_state=0)
    assert stability.disparity == pytest.approx(0, abs=1e-12)
    assert stability.neighbor_agreement == 1
    assert (stability.row_agreement == 1).all()
    np.testing.assert_allclose(stability.components[["aligned", "matched"]], 1)
    shares = PCA(2).fit(StandardScaler().fit_transform(X)).explained_variance_
    np.testing.assert_allclose(stability.components["variance"], shares / shares.sum())
    assert list(stability.components.index) == ["pca0", "pca1"]
    assert "All fits are the same" in str(stability)


def test_turned_codes_agree_but_for_their_axes(table):
    stability = latent_stability(Noise(turns=True), table, random_state=0)
    assert stability.disparity == pytest.approx(0, abs=1e-12)
    assert stability.neighbor_agreement == pytest.approx(1)
    np.testing.assert_allclose(stability.components["aligned"], 1)
    assert stability.components["matched"].mean() < 0.9
    for Z in stability.codes:
        np.testing.assert_allclose(Z, stability.codes[0])
        assert list(Z.index) == list(table.index)
    assert "Rows that move most" in str(stability)


def test_latent_variables_are_ordered_by_variance(table):
    stability = latent_stability(Noise(), table, n_repeats=2, random_state=0)
    assert list(stability.components.index) == ["latent1", "latent2", "latent0"]
    np.testing.assert_allclose(stability.codes[0], table[["b", "c", "a"]], atol=1e-12)


def test_codes_without_anything_in_common_agree_as_by_chance(table):
    stability = latent_stability(Noise(noise=1e6), table, n_repeats=10, random_state=0)
    assert stability.chance_agreement == pytest.approx(10 / 199)
    assert stability.neighbor_agreement == pytest.approx(stability.chance_agreement, abs=0.01)
    assert stability.disparity > 0.9


def test_figures_are_those_of_a_slow_count(table):
    stability = latent_stability(Noise(noise=1.0), table, n_repeats=3, n_neighbors=4, random_state=3)
    seeds = stability.seeds
    codes = [Noise(noise=1.0, random_state=seed).transform(table) for seed in seeds]
    near = [np.argsort(pairwise_distances(Z), axis=1)[:, 1:5] for Z in codes]
    by_pair = {}
    for first, second in [(0, 1), (0, 2), (1, 2)]:
        by_pair[first, second] = [len(set(a) & set(b)) / 4 for a, b in zip(near[first], near[second], strict=True)]
    np.testing.assert_allclose(stability.row_agreement, np.mean(list(by_pair.values()), axis=0))
    assert list(stability.row_agreement.index) == list(table.index)
    pairs = stability.pairs.set_index(["first", "second"])
    for (first, second), shares in by_pair.items():
        assert pairs.loc[(first, second), "neighbor_agreement"] == pytest.approx(np.mean(shares))
        assert pairs.loc[(first, second), "disparity"] == pytest.approx(procrustes(codes[first], codes[second])[2])
    gaps = pairs["disparity"]
    totals = [gaps[0, 1] + gaps[0, 2], gaps[0, 1] + gaps[1, 2], gaps[0, 2] + gaps[1, 2]]
    assert stability.reference == np.argmin(totals)
    np.testing.assert_allclose(stability.codes[stability.reference], codes[stability.reference][:, [1, 2, 0]])


def test_results_compare_as_objects(table):
    first, second = (latent_stability(PCA(2), table, n_repeats=2, random_state=0) for _ in range(2))
    assert first != second
    assert len({first, second}) == 2


def test_a_row_that_jumps_is_told(table):
    class Jumping(Noise):
        def transform(self, X):
            Z = np.array(X)[:, :3]
            Z[17] = 2 * check_random_state(self.random_state).normal(size=3)
            return Z

    stability = latent_stability(Jumping(), table, random_state=0)
    assert stability.row_agreement.idxmin() == "row17"
    assert "Rows that move most: row17 (" in str(stability)


def test_the_same_seed_gives_the_same_bits_in_any_worker(table):
    vae = VAETransformer(2, encoder=(4,), epochs=3, batch_size=200)
    with parallel_config(backend="threading"):  # processes would compile with XLA
        runs = [latent_stability(vae, table, n_repeats=3, n_jobs=n_jobs, random_state=0) for n_jobs in (None, 2)]
    for first, second in zip(*(run.codes for run in runs), strict=True):
        pd.testing.assert_frame_equal(first, second, check_exact=True)
    assert not hasattr(vae, "history_")
    assert runs[0].disparity > 0
    assert latent_stability(PCA(2), table, random_state=1).seeds != latent_stability(PCA(2), table).seeds


def test_other_rows_move_pca_too(table):
    stability = latent_stability(PCA(2), table, resample="bootstrap", random_state=0)
    assert 0 < stability.disparity < 0.1
    assert 0.5 < stability.neighbor_agreement < 1
    again = latent_stability(PCA(2), table, resample="bootstrap", random_state=0)
    pd.testing.assert_frame_equal(stability.pairs, again.pairs)


def test_summary_in_words(table):
    text = str(latent_stability(Noise(noise=0.1), table, n_repeats=2, random_state=0))
    assert text.startswith("2 fits, 200 rows, 3 latent variables.\nNeighbours: ")
    assert "of the 10 nearest of a row are the same" in text
    assert "by chance 5.0%" in text
    many = str(
        latent_stability(
            PCA(12), np.random.default_rng(0).normal(size=(20, 15)), n_neighbors=3, n_repeats=2, random_state=0
        )
    )
    assert "... and 2 more" in many


def test_latent_variables_without_variance_correlate_with_nothing(table):
    class Flat(Noise):
        def transform(self, X):
            return super().transform(X) * [1, 1, 0]

    stability = latent_stability(Flat(noise=0.1), table, n_repeats=2, random_state=0)
    assert stability.components["matched"].iloc[-1] == 0
    assert stability.components["variance"].iloc[-1] == pytest.approx(0)


def test_fits_that_collapse_have_nothing_in_common(table):
    class Moody(Noise):
        def transform(self, X):
            # All but a few rows have the same code.
            return super().transform(X) * ((self.random_state != seeds[1]) | (np.arange(len(X)) < 5))[:, np.newaxis]

    seeds = latent_stability(PCA(2), table, n_repeats=3, random_state=0).seeds
    with pytest.warns(UserWarning, match=rf"1 of 3 fits collapsed, with the seed\(s\) {seeds[1]}:") as record:
        stability = latent_stability(Moody(), table, n_repeats=3, random_state=0)
    assert [entry.filename for entry in record] == [__file__]
    assert stability.collapsed == [1]
    np.testing.assert_allclose(stability.pairs["disparity"], [1, 0, 1], atol=1e-12)
    chance = stability.chance_agreement
    np.testing.assert_allclose(stability.pairs["neighbor_agreement"], [chance, 1, chance])
    np.testing.assert_allclose(stability.components[["aligned", "matched"]], 0.5)
    assert stability.components["variance"].sum() == pytest.approx(1)
    assert str(stability).startswith("3 fits, of which 1 collapsed, 200 rows")


def test_a_collapsed_fit_is_no_reference(table):
    class Moody(Noise):
        def transform(self, X):
            return super().transform(X) * (self.random_state != seeds[0])

    seeds = latent_stability(PCA(2), table, n_repeats=2, random_state=0).seeds
    with pytest.warns(UserWarning, match="1 of 2 fits collapsed"):
        stability = latent_stability(Moody(), table, n_repeats=2, random_state=0)
    assert stability.reference == 1
    np.testing.assert_allclose(stability.components[["aligned", "matched"]], 0, atol=1e-12)


def test_codes_of_different_widths_are_refused(table):
    class Growing(Noise):
        def transform(self, X):
            return super().transform(X)[:, : 2 if self.random_state == seeds[1] else 3]

    seeds = latent_stability(PCA(2), table, n_repeats=3, random_state=0).seeds
    message = r"different numbers of latent variables.*: 2 in fit\(s\) 1; 3 in fit\(s\) 0, 2.*as n_components=2"
    with pytest.raises(ValueError, match=message):
        latent_stability(Growing(), table, n_repeats=3, random_state=0)


def test_bad_input(table):
    with pytest.raises(TypeError, match="str has no fit"):
        latent_stability("PCA", table)
    with pytest.raises(ValueError, match="200 rows are too few to compare 199 neighbours"):
        latent_stability(PCA(2), table, n_neighbors=199)
    with pytest.raises(ValueError, match="n_repeats"):
        latent_stability(PCA(2), table, n_repeats=1)
    with pytest.raises(ValueError, match="resample"):
        latent_stability(PCA(2), table, resample="jackknife")
    with pytest.raises(ValueError, match="In each fit more than half of the samples have the same code"):
        latent_stability(Noise(), table * 0)
    with pytest.raises(ValueError, match="NaN"):
        latent_stability(PCA(2), table.mask(table > 2))
