"""BLAS has one thread where last bits or waiting count, and the user's settings come back."""

import multiprocessing
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from threadpoolctl import ThreadpoolController, threadpool_info, threadpool_limits

from skvae._blas import ONE_BLAS_THREAD, one_thread


def blas_threads():
    return [library.num_threads for library in ThreadpoolController().select(user_api="blas").lib_controllers]


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


def threads():
    return {library["filepath"]: library["num_threads"] for library in threadpool_info()}


def test_threads_that_overlap_leave_the_settings_of_all_libraries():
    """The first who enters leaves first, while the second is still inside."""
    entered, left = threading.Event(), threading.Event()

    def first():
        with one_thread():
            entered.set()
            second_entered.wait(30)
        left.set()

    def second():
        entered.wait(30)
        with one_thread():
            second_entered.set()
            left.wait(30)
            return set(threads().values())

    second_entered, before = threading.Event(), threads()
    with ThreadPoolExecutor(2) as pool:
        pool.submit(first)
        assert pool.submit(second).result() == {1}
    assert threads() == before
