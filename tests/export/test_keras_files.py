"""Files of Keras: they are loaded where there is no skvae, and give what the estimator gives."""

import subprocess
import sys

import numpy as np
import pytest
from exported_models import X, assert_close, exported
from members import AUTOENCODERS

from skvae import VAETransformer

pytestmark = pytest.mark.usefixtures("without_xla")

#: Members whose decoder has something of its own; of the others the encoder is saved, as each file takes a while.
DECODERS = ("vae", "layers normalized", "convolutions", "gru, covariates", "counts", "autoencoder of shares")
LOADER = """
import sys
from pathlib import Path
import keras, numpy as np
for path in Path(sys.argv[1]).glob("*.keras"):
    outputs = keras.models.load_model(path)(np.load(path.with_suffix(".npy")))
    outputs = outputs if isinstance(outputs, list | tuple) else [outputs]
    np.savez(path.with_suffix(".npz"), *map(np.asarray, outputs))
assert not [name for name in sys.modules if name.startswith("skvae")]
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Save one part of each member, and let a process without skvae apply them."""
    folder = tmp_path_factory.mktemp("keras")
    for i, name in enumerate(AUTOENCODERS):
        model, data, indicators, codes, _ = exported(name)
        part, given = ("decoder", codes) if name in DECODERS else ("encoder", data)
        getattr(model, f"{part}_").save(folder / f"{i}.keras")
        np.save(folder / f"{i}.npy", np.hstack([given, indicators]).astype("float32"))
    subprocess.run([sys.executable, "-c", LOADER, str(folder)], check=True, cwd=folder, capture_output=True)
    return folder


@pytest.mark.parametrize("name", AUTOENCODERS)
def test_files_give_what_the_estimator_gives(files, name):
    i, (model, _, _, codes, decoded) = AUTOENCODERS.index(name), exported(name)
    heads = np.load(files / f"{i}.npz")
    if name in DECODERS:
        assert_close(heads["arr_0"], decoded)
        return
    assert_close(heads["arr_0"], codes)
    if hasattr(model, "posterior") and model.covariates is None:
        assert_close(np.exp(0.5 * heads["arr_1"]), model.posterior(np.load(files / f"{i}.npy"))[1])


def test_nan_is_nan_unless_it_is_a_missing_value():
    model, data, *_ = exported("vae")
    row = data[:1].astype("float32")
    row[0, 2] = np.nan
    assert np.isnan(np.asarray(model.encoder_(row)[0])).all()
    masked, *_ = exported("masked")
    assert_close(masked.encoder_(row)[0], masked.transform(row))


def test_systems_that_are_ill_conditioned_are_solved():
    # Little noise, and latent variables that many features share: eigenvalues of the precision from 1e5 down to 1.
    rng = np.random.default_rng(0)
    table = rng.normal(size=(200, 3)) @ rng.normal(size=(3, 30)) + 0.003 * rng.normal(size=(200, 30))
    table[rng.random(table.shape) < 0.3] = np.nan
    model = VAETransformer(3, encoder=(3,), missing="mask", epochs=1, random_state=0).fit(table)
    assert_close(model.encoder_(table.astype("float32"))[0], model.transform(table), 1e-4)


def test_a_loaded_model_can_be_trained_further(tmp_path):
    import keras

    model, *_ = exported("batches normalized")
    model.encoder_.save(tmp_path / "encoder.keras")
    encoder = keras.models.load_model(tmp_path / "encoder.keras")
    assert len(encoder.trainable_variables) == len(model.encoder_.trainable_variables) > 0
    assert_close(encoder(X.astype("float32"))[0], model.transform(X))
