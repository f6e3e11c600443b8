"""Make the golden files of the present version of the format: ``python tests/golden/make.py``.

Run once for each version, when it is new. Files of earlier versions stay as they are, for ever.
"""

import json
import warnings
from pathlib import Path

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, QuantileTransformer, StandardScaler

import skvae
from skvae import VAETransformer
from skvae.networks import Dense
from skvae.persistence._container import VERSION
from skvae.preprocessing import MaxNormalizer, MeanImputer

X = np.abs(np.sin(np.arange(60.0)).reshape(15, 4)) * [1, 10, 100, 1000]
HOLES = np.where(np.arange(60).reshape(15, 4) % 7 == 3, np.nan, X)
SHARES = np.clip(X / X.max(axis=0), 0, 1).astype(np.float32)
CODES = np.column_stack([X[:, :3], np.arange(15) % 3])

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
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit(table)
        skvae.save(model, folder / f"v{VERSION}-{name}.skvae")
        output = model.transform(table)
        expected = {"repr": repr(model), "dtype": str(table.dtype), "input": table.tolist(), "output": output.tolist()}
        if hasattr(model, "inverse_transform"):
            expected["inverse"] = model.inverse_transform(output).tolist()
        (folder / f"v{VERSION}-{name}.json").write_text(json.dumps(expected).replace("NaN", "null") + "\n")


if __name__ == "__main__":
    main()
