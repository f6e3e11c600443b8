"""Blocks of rows and threads change no bit, and the user's thread settings come back."""

from concurrent.futures import ThreadPoolExecutor

import joblib
import numpy as np
import pytest
from threadpoolctl import ThreadpoolController, threadpool_limits

from skvae.estimators import _threads
from skvae.estimators._threads import BLOCK, OneBlasThread, map_blocks, spare_threads


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
    assert not recwarn.list


def test_the_limit_of_blas_comes_back():
    with threadpool_limits(2, "blas"):
        before = blas_threads()
        with OneBlasThread():
            assert set(blas_threads()) == {1}
            with OneBlasThread():
                assert set(blas_threads()) == {1}
            assert set(blas_threads()) == {1}
        assert blas_threads() == before
        with pytest.raises(RuntimeError), OneBlasThread():
            raise RuntimeError
        assert blas_threads() == before


def test_the_limit_of_blas_comes_back_after_many_threads():
    def enter(_):
        with OneBlasThread():
            return set(blas_threads())

    before = blas_threads()
    with ThreadPoolExecutor(8) as pool:
        assert all(seen == {1} for seen in pool.map(enter, range(200)))
    assert blas_threads() == before


def test_other_threads_may_set_limits_afterwards():
    """threadpoolctl lets one thread alone set limits until that one is done."""
    with OneBlasThread():
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
