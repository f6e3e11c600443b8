"""`skvae.report`: what it takes, gives and refuses."""

import os
import random
import re
import subprocess
import sys
import warnings

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from scipy import sparse
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import skvae
from skvae import VAEImputer, VAETransformer
from skvae.model_selection import compare_transformers
from skvae.reporting import _pictures
from skvae.reporting._models import pca_and_vae

_PICTURE = r'src="(data:image[^"]+)"'
SMALL = {"encoder": (8,), "epochs": 3, "random_state": 0}
QUICK = {"n_repeats": 2, "n_refits": 0, "random_state": 0}


@pytest.fixture(scope="module")
def iris():
    return load_iris(return_X_y=True, as_frame=True)


@pytest.fixture(autouse=True)
def sketched(table_report, monkeypatch):
    """Leave out what takes the most time: to draw. The report that all tests share is drawn before."""
    monkeypatch.setattr(_pictures, "_saved", lambda *_, **__: b'<svg viewBox="0 0 9 9"></svg>')


@pytest.fixture(scope="module")
def pipeline(iris):
    return make_pipeline(StandardScaler(), VAETransformer(2, **SMALL)).fit(iris[0])


def test_a_table_gives_pca_and_vae_compared_and_fitted(table_report, nasty_table):
    assert list(table_report.models) == ["PCA", "VAE"]
    assert table_report.path.read_text(encoding="utf-8") == table_report.html
    X, y = nasty_table
    models = {name: clone(model) for name, model in table_report.models.items()}
    expected = compare_transformers(models, X, y, n_repeats=3, random_state=0)
    seconds = ["fit_seconds", "transform_seconds"]
    pd.testing.assert_frame_equal(
        table_report.comparison.runs.drop(columns=seconds), expected.runs.drop(columns=seconds)
    )
    for name, model in models.items():
        np.testing.assert_array_equal(table_report.models[name].transform(X), model.fit(X).transform(X))
    assert set(table_report.stability) == {
        ("PCA", "other rows and seeds"),
        ("VAE", "other seeds"),
        ("VAE", "other rows and seeds"),
    }


def test_the_verdict_counts_the_sentences_of_the_comparison(table_report):
    lines = table_report.comparison.verdict.splitlines()
    better, worse = (sum(line.startswith(f"VAE is {word} than PCA") for line in lines) for word in ("better", "worse"))
    assert f"better than PCA in {better or 'none'}" in table_report.verdict
    assert f"worse in {worse or 'none'}" in table_report.verdict
    assert f"of {len(lines)} measures" in table_report.verdict
    assert str(table_report) == table_report.verdict


def test_a_model_with_its_data_stands_beside_pca_with_the_same_steps(iris, pipeline):
    X, y = iris
    page = skvae.report(X, y, estimator=pipeline, **QUICK)
    assert page.models["VAE"] is pipeline
    assert [type(step).__name__ for _, step in page.models["PCA"].steps] == ["StandardScaler", "PCA"]
    assert page.models["PCA"][-1].n_components == 2
    assert set(page.comparison.table.index) == {"PCA", "VAE"}
    assert "Copies of the model were fitted anew" in page.html


def test_a_model_alone_tells_its_parameters_and_training(pipeline):
    page = skvae.report(estimator=pipeline)
    assert page.comparison is None
    assert page.stability == {}
    assert "VAE has 2 latent variables; without data" in page.verdict
    for heading in ("The model", "Training", "Exact parameters", "How to cite"):
        assert f">{heading}</h2>" in page.html
    assert ">Latent planes</h2>" not in page.html


def test_one_split_gives_no_verdict(iris):
    page = skvae.report(*iris, estimator=make_pipeline(StandardScaler(), PCA(2, whiten=True)).fit(iris[0]), n_repeats=0)
    assert "not compared" in page.verdict
    scaled = make_pipeline(StandardScaler()).fit(iris[0])
    page = skvae.report(*iris, estimator=scaled, n_repeats=1, n_refits=0, random_state=0)
    assert "on 4 there is no verdict" in page.verdict


def test_the_stability_of_a_large_table_is_left_out_and_that_is_said(iris):
    X = np.tile(iris[0].to_numpy(), (40, 1)) + np.random.default_rng(0).normal(size=(6000, 4))
    page = skvae.report(X, estimator=PCA(2).fit(X), n_repeats=0)
    assert page.stability == {}
    assert "Not measured by default" in page.html


@pytest.mark.parametrize("n_rows", [1, 2])
def test_tables_of_few_rows_leave_out_what_needs_more(iris, n_rows):
    page = skvae.report(iris[0][:n_rows], estimator=PCA(1).fit(iris[0]), n_repeats=0)
    assert page.stability == {}
    assert "Not measured: a row needs two others" in page.html
    assert ("What the latent variables mean" in page.html) is (n_rows > 1)


def test_pca_stands_beside_nested_pipelines_with_all_their_steps(iris):
    X = iris[0]
    nested = make_pipeline(make_pipeline(StandardScaler(), TruncatedSVD(2))).fit(X)
    beside = skvae.report(X, estimator=nested, **QUICK).models
    assert [type(step).__name__ for _, step in beside["PCA"].steps] == ["StandardScaler", "PCA"]
    assert list(beside) == ["PCA", "TruncatedSVD"]
    assert list(skvae.report(X, estimator=make_pipeline(make_pipeline(PCA(2))).fit(X), **QUICK).models) == ["PCA"]


def test_a_class_that_is_called_pca_too_keeps_its_place(iris):
    own = type("PCA", (TruncatedSVD,), {})(2).fit(iris[0])
    page = skvae.report(iris[0], estimator=own, **QUICK)
    assert list(page.models) == ["PCA", "PCA (given)"]
    assert page.html.count("PCA was fitted to these rows; the given model perhaps was not") == 2


def test_the_best_model_of_a_search_is_reported(iris):
    X, y = iris
    search = GridSearchCV(VAETransformer(2, **SMALL), {"beta": [1.0, 2.0]}, cv=2).fit(X)
    page = skvae.report(X, y, search, n_repeats=0, n_refits=0)
    assert page.models["VAE"] is search.best_estimator_


def test_missing_values_that_the_model_bears_are_filled_for_pca(iris):
    X, y = iris[0].copy(), iris[1]
    X.iloc[::7, 1] = np.nan
    page = skvae.report(X, y, VAETransformer(2, missing="mask", **SMALL).fit(X), **QUICK)
    assert [type(step).__name__ for _, step in page.models["PCA"].steps] == ["MeanImputer", "PCA"]


def test_a_model_with_covariates_is_described_without_pca(iris):
    X, y = iris
    X = X.assign(lab=np.where(np.arange(150) % 2, "a", "b"))
    page = skvae.report(X, y, VAETransformer(2, covariates=["lab"], **SMALL).fit(X), **QUICK)
    assert list(page.models) == ["VAE"]
    assert page.comparison is None
    assert any("conditioned on covariates" in warning for warning in page.warnings)


def test_a_model_that_cannot_decode_is_described_without_its_loadings(iris):
    from sklearn.preprocessing import FunctionTransformer, Normalizer

    X, y = iris
    page = skvae.report(X, y, make_pipeline(Normalizer(), FunctionTransformer(), PCA(2)).fit(X), **QUICK)
    reason = (
        "Left out: PCA does not decode its codes. The step Normalizer cannot be undone: it has no inverse_transform."
    )
    assert page.html.count(reason) == 2  # in place of loadings, and of reconstructions
    assert any("inverse_transform" in warning for warning in page.warnings)


def test_the_step_that_cannot_be_undone_is_named_wherever_it_is_nested(iris):
    X = iris[0].assign(lab=np.where(np.arange(150) % 2, "a", "b"))
    columns = ColumnTransformer(
        [("features", StandardScaler(), list(iris[0])), ("lab", "passthrough", ["lab"])],
        verbose_feature_names_out=False,
    ).set_output(transform="pandas")
    model = make_pipeline("passthrough", make_pipeline(columns), VAETransformer(2, covariates=["lab"], **SMALL)).fit(X)
    page = skvae.report(X, iris[1], model, **QUICK)
    assert page.html.count("The step ColumnTransformer cannot be undone") == 2


def test_columns_that_tell_nothing_are_left_out_and_listed(iris):
    X = iris[0].assign(constant=1.0, empty=np.nan)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        page = skvae.report(X, iris[1], **QUICK)
    for warning in ("1 column without any value left out: empty.", "1 column with one value only left out: constant."):
        assert f"reading the table: {warning}" in page.warnings
        assert warning in page.html
    beware = page.html.partition("What to beware of")[2].partition("<table")[0]
    assert "1 column with one value only left out: constant." in beware
    assert not {"empty", "constant"} & set(page.models["VAE"].feature_names_in_)


def test_scales_are_told_by_what_the_models_do_with_them(iris):
    X = iris[0] * [1, 1, 1, 1000]
    own = skvae.report(X, n_repeats=0, n_refits=0, random_state=0).html
    given = skvae.report(X, estimator=PCA(1).fit(X), n_repeats=0, n_refits=0).html
    for page, is_scaled in ((own, True), (given, False)):
        assert "Very different scales: the standard deviation of petal width (cm)" in page
        assert ("The models of this page bring all features to one scale" in page) is is_scaled


def test_warnings_are_listed_with_the_step_that_raised_them(iris):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        collapsed = VAETransformer(2, beta=100, **SMALL).fit(iris[0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        page = skvae.report(*iris, estimator=collapsed, **QUICK)
    assert any(warning.startswith("comparing on random splits: Posterior collapse") for warning in page.warnings)
    assert "Comparing on random splits (2 times" in page.html
    assert "0 of 2 latent variables active" in page.html


def test_the_same_seed_gives_the_same_figures(iris):
    pages = []
    for n_jobs in (1, 2):
        # Other processes would compile with XLA, which the tests leave out.
        with parallel_config("threading"):
            pages.append(skvae.report(*iris, n_repeats=2, n_refits=0, random_state=3, n_jobs=n_jobs))
    tables = [page.comparison.table["reconstruction_error"] for page in pages]
    pd.testing.assert_frame_equal(*tables)
    np.testing.assert_array_equal(*(page.models["VAE"].transform(iris[0]) for page in pages))
    assert "random_state=3 gives the same figures" in pages[0].html


def test_a_seed_that_was_drawn_is_told_and_repeats(iris):
    page = skvae.report(*iris, n_repeats=1, n_refits=0)
    seed = page.models["VAE"][-1].random_state
    assert f"random_state={seed} gives" in page.html
    again = skvae.report(*iris, n_repeats=1, n_refits=0, random_state=seed)
    np.testing.assert_array_equal(*(p.models["VAE"].transform(iris[0]) for p in (page, again)))


def test_ctrl_c_ends_the_report(iris, monkeypatch, tmp_path):
    from skvae._study import is_within_study
    from skvae.preprocessing import MeanImputer

    def interrupted(*_):
        assert is_within_study()  # or the fit would end early and the report go on
        raise KeyboardInterrupt

    monkeypatch.setattr(MeanImputer, "fit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        skvae.report(*iris, path=tmp_path / "page.html", n_repeats=0)
    assert os.listdir(tmp_path) == []


def test_nothing_global_changes(iris, pipeline, monkeypatch):
    monkeypatch.undo()  # pictures are drawn
    settings, numpy_state, python_state = dict(mpl.rcParams), np.random.get_state()[1].copy(), random.getstate()
    backend = mpl.get_backend(auto_select=False)
    skvae.report(*iris, estimator=pipeline, **QUICK)
    assert dict(mpl.rcParams) == settings
    assert mpl.get_backend(auto_select=False) == backend
    np.testing.assert_array_equal(np.random.get_state()[1], numpy_state)
    assert random.getstate() == python_state


def test_pictures_do_not_depend_on_the_settings_of_matplotlib(iris, monkeypatch):
    monkeypatch.undo()  # pictures are drawn
    settings = {"axes.formatter.use_mathtext": True, "text.color": "red", "svg.fonttype": "none"}
    pages = []
    for changed in ({}, settings):
        with mpl.rc_context(changed):
            pages.append(skvae.report(*iris, PCA(2).fit(iris[0]), n_repeats=0, n_refits=0))
            assert all(mpl.rcParams[name] == value for name, value in changed.items())
    plain, other = (re.findall(_PICTURE, page.html) for page in pages)
    assert len(plain) > 2
    assert plain == other


def test_pyplot_is_not_imported():
    code = (
        "import skvae, sys\nfrom sklearn.datasets import load_iris\nfrom sklearn.decomposition import PCA\n"
        "X, y = load_iris(return_X_y=True)\nskvae.report(X, y, PCA(2).fit(X), n_repeats=1, n_refits=0)\n"
        "assert not {'matplotlib.pyplot', 'tensorflow'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_labels_may_be_values_of_a_scale_without_comparison(iris, pipeline):
    X = iris[0]
    page = skvae.report(X, X.iloc[:, 0] + np.linspace(0, 0.01, 150), pipeline, n_repeats=0, n_refits=0)
    assert page.comparison is None
    assert "Latent planes" in page.html


def test_labels_that_no_page_can_hold_stay_apart(iris, tmp_path):
    y = np.array(["a\ud800", "a\N{REPLACEMENT CHARACTER}", "a\x01"], dtype=object)[iris[1]]
    page = skvae.report(iris[0], y, PCA(2).fit(iris[0]), path=tmp_path / "page.html", n_repeats=0, n_refits=0)
    for name in ("a\N{REPLACEMENT CHARACTER}", "a\N{REPLACEMENT CHARACTER} (2)", "a\N{REPLACEMENT CHARACTER} (3)"):
        assert re.search(rf">\s*{re.escape(name)}\s*<", page.html)


@pytest.mark.parametrize("kind", [list, np.asarray])
def test_tables_without_names(iris, kind):
    X = iris[0].to_numpy()
    page = skvae.report(kind(X), kind(iris[1]), PCA(2).fit(X), **QUICK)
    assert "x2 " in page.html


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (lambda X, y, m: (m, X, y), TypeError, r"skvae\.report\(X, y, estimator=model\)"),
        (lambda X, y, m: (VAETransformer,), TypeError, "X is the class VAETransformer"),
        (lambda X, y, m: ("table.csv",), TypeError, "read_table"),
        (lambda X, y, m: (), TypeError, "nothing to report on"),
        (lambda X, y, m: (X, y, VAETransformer), TypeError, "is the class VAETransformer"),
        (lambda X, y, m: (X, y, "model.skvae"), TypeError, "must be a fitted transformer"),
        (lambda X, y, m: (X, y, VAETransformer()), NotFittedError, "fit it first, or leave it out"),
        (lambda X, y, m: (X, y, clone(m)), NotFittedError, "Pipeline is not fitted"),
        (lambda X, y, m: (X, y, LinearRegression().fit(X, y)), TypeError, "no transform"),
        (lambda X, y, m: (X.iloc[:, :3], y, m), ValueError, "do not fit each other.*petal width"),
        (lambda X, y, m: (X, y[:-1], m), ValueError, "y has 149 labels, but X has 150 rows"),
        (lambda X, y, m: (X, y[:-1]), ValueError, "y has 149 labels, but X has 150 rows"),
        (lambda X, y, m: (None, y, m), ValueError, "no table X"),
        (lambda X, y, m: (X.astype(str) + "?", y), ValueError, "labels go into y"),
        (lambda X, y, m: (X * np.nan, y), ValueError, "no value at all"),
        (lambda X, y, m: (X * 0, y), ValueError, "no column that varies"),
        (lambda X, y, m: (X.iloc[:0], y[:0]), ValueError, "0 sample"),
        (
            lambda X, y, m: (X.set_axis(list("abab"), axis=1), y),
            ValueError,
            "names columns more than once: a, b. Give each",
        ),
        (lambda X, y, m: (sparse.csr_array(X.to_numpy()), y), TypeError, "[Ss]parse"),
        (lambda X, y, m: (X.iloc[:5], y[:5], m), ValueError, "n_repeats=0 leaves the comparison out"),
        (lambda X, y, m: (X, y * 0, m), ValueError, "at least two different labels"),
        (lambda X, y, m: (X, y.where(y > 0), m), ValueError, "50 missing labels"),
        (lambda X, y, m: (X, np.ma.masked_equal(y, 0), m), ValueError, "masked"),
    ],
)
def test_bad_arguments(iris, pipeline, arguments, error, message):
    with pytest.raises(error, match=f"(?s){message}"):
        skvae.report(*arguments(*iris, pipeline))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_components": 0}, "n_components"),
        ({"n_components": 5}, "allow 4 at most"),
        ({"n_repeats": -1}, "n_repeats"),
        ({"n_refits": 1}, "n_refits"),
        ({"random_state": "seed"}, "random_state"),
        ({"title": 3}, "title"),
    ],
)
def test_bad_options(iris, options, message):
    with pytest.raises(ValueError, match=message):
        skvae.report(*iris, **options)


def test_an_imputer_is_told_where_its_model_is(iris):
    X = iris[0].copy()
    X.iloc[0, 0] = np.nan
    imputer = VAEImputer(VAETransformer(2, missing="mask", **SMALL)).fit(X)
    with pytest.raises(TypeError, match=r"imputer\.estimator_"):
        skvae.report(X, estimator=imputer)


@pytest.mark.parametrize(
    ("place", "error"),
    [("no/such/folder/page.html", FileNotFoundError), (".", IsADirectoryError)],
)
def test_a_path_that_cannot_be_written_is_told_before_anything_is_computed(iris, tmp_path, place, error):
    with pytest.raises(error, match="cannot be written"):
        skvae.report(*iris, path=tmp_path / place, n_components=400)


def test_only_pages_are_replaced(iris, table_report, tmp_path):
    script = tmp_path / "b.py"
    script.write_text("print('mine')")
    for write in (lambda: skvae.report(*iris, path=script), lambda: table_report.save(script)):
        with pytest.raises(ValueError, match=r"ends in \.html or \.htm"):
            write()
    assert script.read_text() == "print('mine')"


def test_labels_in_another_order_of_the_same_names_are_told(iris):
    X = iris[0].iloc[:20]
    y = pd.Series(np.arange(20) % 2, index=X.index)
    model = PCA(2).fit(X)
    with pytest.warns(UserWarning, match=r"another order.*y\.loc\[X\.index\]") as caught:
        skvae.report(X, y[::-1], model, n_repeats=0, n_refits=0)
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        skvae.report(X, y, model, n_repeats=0, n_refits=0)
        skvae.report(X, y.reset_index(drop=True).add_prefix("other"), model, n_repeats=0, n_refits=0)


@pytest.mark.parametrize(("n_rows", "n_repeats", "least"), [(7, 5, 8), (1, 0, 2)])
def test_too_few_rows_are_told_with_what_is_needed(n_rows, n_repeats, least):
    values = np.zeros((n_rows, 4))
    with pytest.raises(ValueError, match=rf"{n_rows} rows?, but .* needs {least} at least"):
        pca_and_vae(values, 2, 0, is_compared=bool(n_repeats))


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_without_permission(iris, tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError, match="no permission"):
        skvae.report(*iris, path=tmp_path / "page.html")


def test_an_old_page_survives_a_crash(table_report, tmp_path, monkeypatch):
    path = tmp_path / "page.html"
    path.write_text("old")
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        table_report.save(path)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["page.html"]
    monkeypatch.undo()
    assert table_report.save(path) == path
    assert path.read_text(encoding="utf-8") == table_report.html


@pytest.mark.parametrize("package", ["jinja2", "matplotlib"])
def test_a_missing_package_names_the_extra(iris, monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=r"skvae\[report\]"):
        skvae.report(*iris)


def test_a_notebook_shows_the_page_in_a_frame(table_report):
    frame = table_report._repr_html_()
    assert frame.startswith("<iframe")
    assert "<script>" not in frame
    assert "<h1>" not in frame
    assert "report.html" in repr(table_report)


def test_warnings_and_covariates_bear_names(iris):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(40, 4)), columns=list("abcd")).assign(rare=0.0)
    X.loc[0, "rare"] = 1.0
    told = " ".join(skvae.report(X, n_repeats=8, n_refits=0, random_state=0).warnings)
    assert "columns are constant: 'rare'" in told
    X["batch"] = np.arange(40) % 2
    model = VAETransformer(2, covariates=[5], encoder=(4,), epochs=2, random_state=0).fit(X)
    page = skvae.report(X, estimator=model, n_repeats=0, n_refits=0)
    assert re.search(r"columns that condition the code</bdi></th>\s*<td[^>]*><bdi>batch</bdi>", page.html)
    assert "by position" not in page.html
