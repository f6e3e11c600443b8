"""Blocks of rows and threads change no bit."""

import joblib
import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from skvae import VAETransformer
from skvae._blas import ONE_BLAS_THREAD
from skvae.estimators import _threads
from skvae.estimators._model import Model
from skvae.estimators._threads import BLOCK, map_blocks, spare_threads


@pytest.mark.parametrize("n_rows", [1, BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK + 7])
@pytest.mark.parametrize("n_threads", [1, 3])
def test_blocks_are_joined_in_order(monkeypatch, n_rows, n_threads):
    monkeypatch.setattr(_threads, "spare_threads", lambda: n_threads)
    X = np.arange(2.0 * n_rows).reshape(n_rows, 2)
    np.testing.assert_array_equal(map_blocks(lambda x: 2 * x, X), 2 * X)
    first, second = map_blocks(lambda x: (x[:, 0], x + 1), X)
    np.testing.assert_array_equal(first, X[:, 0])
    np.testing.assert_array_equal(second, X + 1)


def test_products_have_the_same_bits_whatever_the_threads(monkeypatch):
    rng = np.random.default_rng(0)
    X, W = rng.normal(size=(6 * BLOCK, 300)), rng.normal(size=(300, 57))
    results = []
    for n_threads, n_blas in [(1, 1), (1, 4), (4, 1), (4, 4)]:
        monkeypatch.setattr(_threads, "spare_threads", lambda n_threads=n_threads: n_threads)
        with threadpool_limits(n_blas, "blas"):
            results.append(map_blocks(lambda x: x @ W, X))
    for other in results[1:]:
        np.testing.assert_array_equal(results[0], other)


def test_overflow_in_threads_is_silent_here(monkeypatch, recwarn):
    monkeypatch.setattr(_threads, "spare_threads", lambda: 4)
    assert np.isinf(map_blocks(lambda x: x * 1e300, np.full((5 * BLOCK, 1), 1e300))).all()
    assert np.isnan(map_blocks(lambda x: x * 1e300 - x * 1e300, np.full((5 * BLOCK, 1), 1e300))).all()
    assert not recwarn.list


def test_workers_of_joblib_have_no_threads_to_spare():
    assert spare_threads() == joblib.cpu_count()
    for backend in ("threading", "loky"):
        assert joblib.Parallel(2, backend=backend)([joblib.delayed(spare_threads)()] * 2) == [1, 1]


@pytest.mark.parametrize("infer", ["transform", "reconstruct", "score", "sample", "fill"])
def test_all_inference_uses_one_blas_thread(iris, monkeypatch, infer):
    """With more, last bits would depend on how many there are."""
    model = VAETransformer(2, encoder=(4,), missing="mask", epochs=1, random_state=0).fit(iris)
    inside = []

    def watched(method):
        real = getattr(Model, method)

        def call(self, *args):
            inside.append(ONE_BLAS_THREAD.n_inside > 0)
            return real(self, *args)

        return call

    for method in ("encode", "decode"):
        monkeypatch.setattr(Model, method, watched(method))
    calls = {"sample": lambda: model.sample(3), "fill": lambda: model._filled(iris)}
    calls.get(infer, lambda: getattr(model, infer)(iris))()
    assert inside
    assert all(inside)
