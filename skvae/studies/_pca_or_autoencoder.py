"""Does an autoencoder show eight blobs that PCA hides?"""

import warnings

import numpy as np
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.preprocessing import MinMaxScaler

from skvae import AutoencoderTransformer
from skvae._study import within_study
from skvae.metrics import kmeans_inertia_score, reconstruction_error
from skvae.studies._groups import codes
from skvae.studies._separation import counted, in_most
from skvae.studies._study import Finding, Measured, Study

_N_BLOBS = 8
# The silhouette compares all pairs of rows.
_SILHOUETTE_ROWS = 5000
_MODELS = ("PCA", "autoencoder of the notebook", "autoencoder, defaults")


def _load(samples, sizes):
    """Make nothing: each replicate draws its own blobs."""
    if samples is not None:
        raise ValueError("The study of PCA and autoencoder makes its own blobs: give no data.")
    return None


def _conditions(samples, sizes):
    """There is one condition."""
    return [{"rows": sizes["rows"]}]


def _measure(samples, condition, sizes, seed):
    """Draw blobs and a column of noise, and measure each model on them."""
    X, y = make_blobs(sizes["rows"], 9, centers=_N_BLOBS, cluster_std=2, random_state=seed)
    X = MinMaxScaler().fit_transform(np.hstack([X, np.random.default_rng(seed).random((len(X), 1))]))
    rows, drawn = [], []
    for name, model in _models(sizes["epochs"], seed).items():
        with within_study(), warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Training .* made the loss worse")
            Z = model.fit(X).transform(X)
        rows.append({"model": name, **_measures(model, X, Z, y, seed)})
        shown = slice(_SILHOUETTE_ROWS)
        drawn += [{"model": name, **code} for code in codes(Z[shown], y[shown])]
    return Measured(rows, drawn)


def _models(epochs, seed):
    """Make PCA, the notebook's autoencoder, and this package's with its defaults."""
    notebook = {"encoder": (8, 6), "activation": "tanh", "init": "random", "optimizer": "sgd", "learning_rate": 0.01}
    models = (
        PCA(2, random_state=seed),
        AutoencoderTransformer(**notebook, batch_size=64, epochs=epochs, random_state=seed),
        AutoencoderTransformer(epochs=epochs, random_state=seed),
    )
    return dict(zip(_MODELS, models, strict=True))


def _measures(model, X, Z, y, seed):
    """Take the notebook's measures, and two that compare between codes of different scale."""
    kmeans = KMeans(_N_BLOBS, n_init=10, random_state=seed).fit(Z)
    some = {"sample_size": min(_SILHOUETTE_ROWS, len(X)), "random_state": seed}
    return {
        "squared_error": reconstruction_error(X, model.inverse_transform(Z)),
        "inertia": float(kmeans.inertia_),
        "inertia_share": kmeans_inertia_score(Z, n_clusters=_N_BLOBS, random_state=seed),
        "silhouette_in_features": float(silhouette_score(X, kmeans.labels_, **some)),
        "silhouette_in_code": float(silhouette_score(Z, kmeans.labels_, **some)),
        "blobs_found": float(adjusted_rand_score(y, kmeans.labels_)),
    }


def _judge(table, sizes):
    """Compare the notebook's autoencoder with PCA, replicate by replicate."""
    return [
        _compared(table, "squared_error", np.greater, "the notebook's autoencoder reconstructs worse than PCA"),
        _compared(table, "inertia", np.less, "its code has the lower inertia (in codes of different scale)"),
        _compared(table, "inertia_share", np.less, "so it has as a share of the code's variance"),
        _compared(
            table, "silhouette_in_features", np.greater, "its clusters have the higher silhouette in the features"
        ),
        _compared(table, "blobs_found", np.greater, "its clusters are more nearly the eight blobs"),
    ]


def _compared(table, measure, better, claim):
    """Judge whether a comparison goes one way in most replicates."""
    values = table.pivot(index="replicate", columns="model", values=measure)
    pca, notebook, ours = (values[name] for name in _MODELS)
    flags = better(notebook, pca)
    figures = (
        f"{notebook.mean():.3g} against {pca.mean():.3g}, in {counted(flags)} replicates; defaults {ours.mean():.3g}"
    )
    return Finding(claim, in_most(flags), figures)


def _draw(figure, table, codes):
    """Draw the codes of the first replicate."""
    from skvae.plot import ComparisonDisplay

    planes = {name: group[["z0", "z1"]] for name, group in codes.groupby("model", sort=False)}
    labels = codes.loc[codes["model"] == _MODELS[0], "label"]
    ComparisonDisplay(planes, labels).plot(figure.subplots(1, len(planes)))


STUDY = Study(
    name="pca_or_autoencoder",
    question="Does an autoencoder show eight blobs that PCA hides?",
    claim="PCA reconstructs better (0.021 to 0.024 against 0.026 to 0.039), the autoencoder's code clusters better "
    "(inertia 485 against 544, silhouette 0.164 against 0.118) and shows eight blobs",
    version=1,
    full={"replicates": 10, "rows": 30_000, "epochs": 50},
    quick={"replicates": 2, "rows": 2000, "epochs": 20},
    load=_load,
    conditions=_conditions,
    measure=_measure,
    judge=_judge,
    draw=_draw,
    by=("model",),
    shown=("squared_error", "inertia", "inertia_share", "silhouette_in_features", "silhouette_in_code", "blobs_found"),
    # A silhouette needs more rows than clusters.
    least={"rows": _N_BLOBS + 1, "epochs": 1},
)
