"""Make the golden files of the present version of the format that are not there yet: ``python tests/golden/make.py``.

Run when a version is new, or there are new classes. Files that are there stay as they are, for ever.
"""

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, QuantileTransformer, StandardScaler

import skvae
from skvae import AutoencoderTransformer, VAEImputer, VAETransformer, noise
from skvae.likelihoods import ContinuousBernoulli, Gaussian, NegativeBinomial, Poisson
from skvae.networks import Activation, Conv, Dense, Recurrent
from skvae.persistence._container import VERSION
from skvae.preprocessing import MaxNormalizer, MeanImputer

X = np.abs(np.sin(np.arange(60.0)).reshape(15, 4)) * [1, 10, 100, 1000]
HOLES = np.where(np.arange(60).reshape(15, 4) % 7 == 3, np.nan, X)
SHARES = np.clip(X / X.max(axis=0), 0, 1).astype(np.float32)
CODES = np.column_stack([X[:, :3], np.arange(15) % 3])
LOGS = pd.DataFrame(np.log2(HOLES + 1), columns=list("abcd")).assign(study=["one", "two", "three"] * 5)
COUNTS = np.round(HOLES[:, :2] * [9, 0.9])
REST = {"epochs": 2, "random_state": 0}
SMALL = {"encoder": (2,), **REST}

MODELS = {
    "vae": (make_pipeline(StandardScaler(), VAETransformer(2, encoder=(4,), epochs=3, random_state=0)), X),
    "vae-networks": (
        VAETransformer(
            1,
            encoder=Dense((0.5, 3), "tanh"),
            decoder=(),
            likelihood="bernoulli",
            init="random",
            epochs=2,
            random_state=0,
        ),
        SHARES,
    ),
    "vae-conv": (
        VAETransformer(1, encoder=Conv((2,), image_shape=(2, 2)), likelihood=Gaussian("per_feature"), **REST),
        X,
    ),
    "vae-recurrent": (
        VAETransformer(
            1,
            encoder=Dense((3,), "elu", dropout=0.2, normalization="batch"),
            decoder=Recurrent(2, (2, 2), "gru"),
            likelihood=ContinuousBernoulli(),
            **REST,
        ),
        SHARES,
    ),
    "vae-counts": (VAETransformer(1, decoder=Activation("tanh"), likelihood=Poisson(), **SMALL), np.nan_to_num(COUNTS)),
    "vae-masked-counts": (VAETransformer(1, likelihood=NegativeBinomial(), missing="mask", **SMALL), COUNTS),
    "vae-censored": (
        VAETransformer(1, missing="censored", detection_limit=[0.1] * 4, covariates=["study"], **SMALL),
        LOGS,
    ),
    "autoencoder": (
        AutoencoderTransformer(
            1,
            encoder=Dense((2,), normalization="layer"),
            loss="binary_crossentropy",
            noise=noise.Dropout(0.2),
            missing="mask",
            init="random",  # the file of version 1 is without, and has learned nothing
            **REST,
        ),
        np.where(np.isnan(HOLES), np.nan, SHARES),
    ),
    "autoencoder-deep": (AutoencoderTransformer(2, encoder=Dense((4, 3), "tanh"), init="random", **REST), X),
    "autoencoder-stream": (AutoencoderTransformer(1, noise=noise.Gaussian(0.1), **SMALL), X),
    "vae-imputer": (
        VAEImputer(VAETransformer(1, missing="censored", **SMALL), add_indicator=True, keep_empty_features=True),
        np.where(np.arange(4) == 2, np.nan, HOLES),
    ),
    "scaled-pca": (make_pipeline(StandardScaler(), PCA(2, svd_solver="full")), X),
    "imputed": (make_pipeline(MeanImputer(), MaxNormalizer(scope="global")), HOLES),
    "columns": (
        ColumnTransformer(
            [
                ("logs", make_pipeline(FunctionTransformer(np.log1p), QuantileTransformer(n_quantiles=5)), [0, 1]),
                ("codes", OneHotEncoder(sparse_output=False), [3]),
            ],
            remainder="passthrough",
        ),
        CODES,
    ),
}


def main():
    """Fit, save, and note what the models give."""
    folder = Path(__file__).parent
    for name, (model, table) in MODELS.items():
        path = folder / f"v{VERSION}-{name}.skvae"
        if path.exists():
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.partial_fit(table) if name.endswith("stream") else model.fit(table)
        output = model.transform(table)
        if np.ptp(output, axis=0).max() < 1e-2:
            raise ValueError(f"{name}: all rows have one output, which would not tell mixed-up weights.")
        skvae.save(model, path)
        if isinstance(table, pd.DataFrame):
            rows = {"dtype": "float64", "columns": list(table), "input": table.to_numpy(object).tolist()}
        else:
            rows = {"dtype": str(table.dtype), "input": table.tolist()}
        expected = {"repr": repr(model), **rows, "output": output.tolist()}
        if hasattr(model, "inverse_transform"):
            expected["inverse"] = model.inverse_transform(output).tolist()
        # Scores draw by late digits of the codes, of which Keras has few.
        if isinstance(model, VAETransformer | AutoencoderTransformer) and model._fitted_model.encoder.is_in_numpy:
            expected["scores"] = model.score_samples(table).tolist()
        path.with_suffix(".json").write_text(json.dumps(expected).replace("NaN", "null") + "\n")


if __name__ == "__main__":
    main()
