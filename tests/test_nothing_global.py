"""Nothing of the process changes: streams of random numbers, Keras, threads, environment, filters, folder, files."""

import gc
import os
import random
import subprocess
import sys
import warnings

import joblib
import numpy as np
import pytest
from members import MEMBERS, fit, told_by
from threadpoolctl import threadpool_info

from skvae import VAETransformer
from skvae.model_selection import compare_transformers
from skvae.networks import Dense, Network
from skvae.preprocessing import MaxNormalizer, MeanImputer


class Residual(Network):
    """A network of a user's own."""

    def mirrored(self):
        return Residual()

    def connect(self, inputs):
        from keras import layers

        hidden = layers.Dropout(0.2)(layers.BatchNormalization()(layers.Dense(4)(inputs)))
        return layers.Add()([hidden, layers.Dense(4)(inputs)])


def snapshot():
    """Return all that belongs to the user, comparable with ==."""
    import keras
    import tensorflow as tf
    from keras.src.backend.common import global_state

    gc.collect()
    return {
        "Python's stream": random.getstate(),
        "NumPy's stream": [np.asarray(part).tolist() for part in np.random.get_state()],
        "Keras' dtype policy": keras.config.dtype_policy().name,
        "Keras' session": {name: repr(value) for name, value in vars(global_state.GLOBAL_STATE_TRACKER).items()},
        "Keras' numbers": (keras.config.floatx(), keras.config.epsilon(), keras.config.image_data_format()),
        "TensorFlow's threads": (
            tf.config.threading.get_inter_op_parallelism_threads(),
            tf.config.threading.get_intra_op_parallelism_threads(),
        ),
        "TensorFlow's modes": (
            tf.executing_eagerly(),
            tf.config.functions_run_eagerly(),
            tf.config.optimizer.get_jit(),
        ),
        "threads of BLAS": sorted((pool["prefix"], pool["num_threads"]) for pool in threadpool_info()),
        "environment": dict(os.environ),
        "warning filters": list(warnings.filters),
        "NumPy's errors": np.geterr(),
        "working directory": os.getcwd(),
        "mask of new files": _umask(),
        "open files": _open_files(),
    }


def _umask():
    """Read the mask of new files."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _open_files():
    """List the files that this process holds open."""
    if not os.path.isdir("/proc/self/fd"):
        return None
    links = (os.path.join("/proc/self/fd", fd) for fd in os.listdir("/proc/self/fd"))
    return sorted(os.readlink(link) for link in links if os.path.exists(link))


def use_everything(folder):
    """Fit, transform, save and load with each estimator."""
    import skvae

    X = np.random.default_rng(0).random((60, 5))
    holes = np.where(X > 0.95, np.nan, X)
    model = VAETransformer(encoder=(6,), epochs=3, n_init=2, random_state=0).fit(X, sample_weight=np.arange(1.0, 61))
    model.set_params(early_stopping=True, init="random", likelihood="bernoulli", verbose=0).fit(X)
    model.set_params(early_stopping=False).partial_fit(X[:7])
    table = np.column_stack([holes, np.arange(60) % 2])
    conditional = VAETransformer(encoder=Residual(), missing="mask", covariates=[5], epochs=2, random_state=0).fit(
        table
    )
    conditional.score(table), conditional.reconstruct(table, covariates=1), conditional.encoder_, conditional.decoder_
    VAETransformer(encoder=Dense((4,), "tanh", 0.5, "batch"), likelihood="poisson", epochs=2, random_state=0).fit(
        np.round(9 * X)
    )
    model.score(X), model.sample(3, random_state=1), model.posterior(X), model.reconstruct(X)
    model.encoder_(X.astype("float32")), model.decoder_(model.transform(X).astype("float32"))
    joblib.dump(model, folder / "model.joblib")
    joblib.load(folder / "model.joblib").transform(X)
    for estimator in (model, MaxNormalizer().fit(X), MeanImputer().fit(holes)):
        skvae.save(estimator, folder / "model.skvae")
        skvae.load(folder / "model.skvae").transform(X)
    for name in ("convolutions", "gru, covariates", "masked counts", "autoencoder", "drawing imputer"):
        member, table = fit(name), MEMBERS[name][1]
        told_by(member, table)
        skvae.save(member, folder / "model.skvae")
        told_by(skvae.load(folder / "model.skvae"), table)
    compare_transformers({"VAE": VAETransformer(encoder=(6,), epochs=2)}, X, n_repeats=1, random_state=0)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_nothing_global_changes(tmp_path):
    VAETransformer(encoder=(6,), epochs=1, random_state=0).fit(np.eye(5))  # TensorFlow is imported
    use_everything(tmp_path)  # whatever is imported late
    import tensorflow as tf

    tf.random.set_seed(5)
    expected = [tf.random.normal([3]).numpy() for _ in range(2)]
    tf.random.set_seed(5)
    first = tf.random.normal([3]).numpy()
    before = snapshot()
    use_everything(tmp_path)
    after = snapshot()
    for what in before:
        assert before[what] == after[what], what
    np.testing.assert_array_equal([first, tf.random.normal([3]).numpy()], expected, "TensorFlow's stream")


def test_fit_with_a_seed_does_not_move_the_global_streams():
    np.random.seed(3), random.seed(3)
    expected = np.random.random(), random.random()
    np.random.seed(3), random.seed(3)
    VAETransformer(encoder=(6,), epochs=2, random_state=0).fit(np.eye(8))
    assert (np.random.random(), random.random()) == expected


def test_first_fit_of_a_process_moves_nothing_that_is_python_s():
    """Importing TensorFlow would move Python's stream and change warning filters."""
    code = (
        "import os, random, threading, warnings, numpy as np\n"
        "from skvae import VAETransformer\n"
        "import sklearn.decomposition, sklearn.model_selection\n"
        "random.seed(3); np.random.seed(3)\n"
        "def state():\n"
        "    numpy_s = np.random.get_state()[1].tolist()\n"
        "    process = os.getcwd(), threading.active_count()\n"
        "    return random.getstate(), numpy_s, list(warnings.filters), np.geterr(), process\n"
        "before = state()\n"
        "VAETransformer(encoder=(6,), epochs=2, random_state=0).fit(np.eye(8))\n"
        "same = [a == b for a, b in zip(before, state())]\n"
        "assert all(same), same\n"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True)


def test_quiet_by_default(capfd, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        VAETransformer(encoder=(6,), epochs=2, random_state=0).fit(np.random.default_rng(0).random((30, 4)))
    assert capfd.readouterr().out == ""
