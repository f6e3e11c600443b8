"""Blocks of rows and threads change no bit, and the user's thread settings come back."""

import multiprocessing
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import joblib
import numpy as np
import pytest
from threadpoolctl import ThreadpoolController, threadpool_limits

from skvae import VAETransformer
from skvae.estimators import _threads
from skvae.estimators._model import Model
from skvae.estimators._threads import BLOCK, ONE_BLAS_THREAD, map_blocks, spare_threads


def blas_threads():
    return [library.num_threads for library in ThreadpoolController().select(user_api="blas").lib_controllers]


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


def test_the_limit_of_blas_comes_back():
    with threadpool_limits(2, "blas"):
        before = blas_threads()
        with ONE_BLAS_THREAD:
            assert set(blas_threads()) == {1}
            with ONE_BLAS_THREAD:
                assert set(blas_threads()) == {1}
            assert set(blas_threads()) == {1}
        assert blas_threads() == before
        with pytest.raises(RuntimeError), ONE_BLAS_THREAD:
            raise RuntimeError
        assert blas_threads() == before


def test_the_limit_of_blas_comes_back_after_many_threads():
    def enter(_):
        with ONE_BLAS_THREAD:
            return set(blas_threads())

    before = blas_threads()
    with ThreadPoolExecutor(8) as pool:
        assert all(seen == {1} for seen in pool.map(enter, range(200)))
    assert blas_threads() == before


def test_a_short_inference_does_not_wait_for_a_long_one():
    """One thread stays inside; another comes and goes."""
    inside, leave = threading.Event(), threading.Event()

    def stay():
        with ONE_BLAS_THREAD:
            inside.set()
            leave.wait(30)

    before = blas_threads()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(stay)
        inside.wait(30)
        with ONE_BLAS_THREAD:
            assert set(blas_threads()) == {1}
        assert set(blas_threads()) == {1}
        leave.set()
        first.result()
    assert blas_threads() == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork_while_others_infer_is_free():
    before = blas_threads()
    with ONE_BLAS_THREAD:
        child = multiprocessing.get_context("fork").Process(target=_enter_in_child, args=(before,))
        child.start()
        child.join(30)
        alive = child.is_alive()
        child.kill()
    assert not alive
    assert child.exitcode == 0


def _enter_in_child(expected):
    """Exit with 0 if the child has its threads back, and may limit them."""
    assert blas_threads() == expected
    with ONE_BLAS_THREAD:
        assert set(blas_threads()) == {1}


def test_other_threads_may_set_limits_afterwards():
    """threadpoolctl lets one thread alone set limits until that one is done."""
    with ONE_BLAS_THREAD:
        pass
    before = blas_threads()

    def limited():
        with threadpool_limits(1, "blas"):
            return set(blas_threads())

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(limited).result() == {1}
    assert blas_threads() == before


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
