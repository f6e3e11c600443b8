"""The public names, and what importing them costs."""

import subprocess
import sys

import pytest

import skvae


def test_public_names():
    assert skvae.__all__ == [
        "AutoencoderTransformer",
        "ModelFileError",
        "VAEImputer",
        "VAETransformer",
        "__version__",
        "load",
        "report",
        "save",
        "callbacks",
        "datasets",
        "export",
        "inspection",
        "likelihoods",
        "metrics",
        "model_selection",
        "networks",
        "noise",
        "plot",
        "preprocessing",
        "studies",
    ]
    for name in skvae.__all__:
        assert getattr(skvae, name) is not None
    assert set(skvae.__all__) <= set(dir(skvae))


@pytest.mark.parametrize(
    ("room", "names"),
    [
        ("callbacks", {"TensorBoard"}),
        ("export", {"to_onnx"}),
        (
            "plot",
            {
                "ComparisonDisplay",
                "LatentGridDisplay",
                "LatentSpaceDisplay",
                "LoadingsDisplay",
                "LossCurveDisplay",
                "ReconstructionDisplay",
                "SearchDisplay",
                "TraversalDisplay",
            },
        ),
        (
            "inspection",
            {"align_codes", "group_contrast", "latent_stability", "latent_traversal", "loadings", "top_features"},
        ),
        ("datasets", {"make_protein_groups", "read_proteins", "read_table", "write_table"}),
        ("networks", {"Conv", "Dense", "Network", "Recurrent"}),
        ("likelihoods", {"Bernoulli", "ContinuousBernoulli", "Gaussian", "Likelihood", "NegativeBinomial", "Poisson"}),
        ("noise", {"Dropout", "Gaussian"}),
        (
            "metrics",
            {
                "CalibratedScore",
                "active_units",
                "centroid_distance_score",
                "centroid_distance_scorer",
                "centroid_distance_test",
                "kmeans_adjusted_rand_score",
                "kmeans_inertia_score",
                "kmeans_normalized_mutual_info_score",
                "kmeans_silhouette_score",
                "kmeans_silhouette_test",
                "lost_variance",
                "make_latent_scorer",
                "nearest_neighbor_accuracy",
                "reconstruction_error",
                "silhouette_scorer",
                "trustworthiness_scorer",
            },
        ),
        (
            "model_selection",
            {
                "EvolutionarySearchCV",
                "Measure",
                "TransformerComparison",
                "compare_transformers",
                "drop_or_widen",
                "vary_layers",
            },
        ),
        ("studies", {"Finding", "Measured", "Samples", "Study", "StudyResult", "load_study", "read_samples", "run"}),
    ],
)
def test_public_names_of_rooms(room, names):
    room = getattr(skvae, room)
    assert names <= set(room.__all__)
    assert all(getattr(room, name).__doc__ for name in names)


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = skvae.nonsense


@pytest.mark.parametrize(
    "statement",
    [
        "import skvae",
        "from skvae import *",
        "import skvae; skvae.VAETransformer(); skvae.networks.Dense()",
        "import skvae; skvae.VAEImputer(skvae.VAETransformer(encoder=skvae.networks.Conv())), skvae.noise.Gaussian()",
        "import skvae; skvae.model_selection.EvolutionarySearchCV(skvae.VAETransformer()), skvae.plot.SearchDisplay",
        "from skvae.cli import main",
        "import skvae; skvae.save, skvae.load, skvae.report",
        "import skvae; skvae.export.to_onnx",
        "import skvae; skvae.plot, skvae.callbacks.TensorBoard('logs')",
        "import skvae; skvae.studies.run, skvae.studies.load_study('noise')",
    ],
)
def test_neither_tensorflow_nor_matplotlib_is_imported(statement):
    code = f"{statement}\nimport sys\nassert not {{'tensorflow', 'keras', 'matplotlib'}} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_pickled_model_transforms_without_tensorflow(tmp_path):
    import joblib
    import numpy as np

    X = np.random.default_rng(0).normal(size=(20, 3))
    X[3, 1], X[:, 2] = np.nan, np.arange(20) % 2
    model = skvae.VAETransformer(2, missing="mask", covariates=[2], epochs=1, random_state=0)
    joblib.dump((model.fit(X), X), tmp_path / "model.joblib")
    code = (
        f"import joblib, sys\nmodel, X = joblib.load({str(tmp_path / 'model.joblib')!r})\n"
        "model.transform(X), model.score(X), model.sample(2)\nassert 'tensorflow' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
