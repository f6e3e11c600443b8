"""Fixtures that tests share: small data, and models fitted once."""

import os
import signal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import Phase, settings

# Fitting tiny networks gains nothing from threads, and test processes run side by side.
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# A shell that starts the tests in the background lets them ignore Ctrl-C, which some of them send.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Property tests: a few examples, always the same ones; `HYPOTHESIS_PROFILE=long` draws many new ones for each test.
PHASES = [Phase.explicit, Phase.generate, Phase.shrink]
settings.register_profile("quick", max_examples=20, derandomize=True, deadline=None, phases=PHASES, print_blob=True)
settings.register_profile("long", max_examples=1000, database=None, deadline=None, phases=PHASES, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

# Files of one name are not told apart where doctests are collected; these have none.
collect_ignore_glob = ["conftest.py", "*/conftest.py"]


@pytest.fixture(scope="session")
def linear_data():
    """1500 rows x 12 features, of which 3 strong directions are signal: the model that probabilistic PCA fits."""
    rng = np.random.default_rng(0)
    loadings = rng.standard_normal((3, 12)) * np.array([[3.0], [2.0], [1.2]])
    return rng.standard_normal((1500, 3)) @ loadings + 0.7 * rng.standard_normal((1500, 12)) + 5.0


@pytest.fixture(scope="session")
def shared_data():
    """Folder of real data sets (`SKVAE_DATA`, see benchmarks/real_data.py); tests skip where it is absent."""
    folder = Path(os.environ.get("SKVAE_DATA") or Path(__file__).parents[2] / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("the folder with real data sets is absent")
    return folder


@pytest.fixture(scope="module")
def without_xla():
    """Compile without XLA, in a fifth of the time; that the results are alike is tested with the engine."""
    from skvae.estimators import _training

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_training, "prefers_xla", lambda n_weights: False)
        yield
