"""What a part of a study leaves behind."""

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor

from threadpoolctl import threadpool_info
from toy_study import STUDY, load, measure

from skvae.studies._parts import parts_of, run_part


def blas_threads():
    return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]


def test_parts_in_threads_leave_the_threads_of_blas():
    """The first ends while the second is still measured."""
    entered, both, ended = (threading.Event() for _ in range(3))
    inside = []

    def overlapping(samples, condition, sizes, seed):
        if condition["level"] == 0:
            entered.set()
            both.wait(30)
        else:
            both.set()
            ended.wait(30)
            inside.extend(blas_threads())
        return measure(samples, condition, sizes, seed)

    def run(part):
        if part.condition["level"]:
            entered.wait(30)
        run_part(study, load(None, study.quick), study.quick, part)
        ended.set()

    study, before = dataclasses.replace(STUDY, measure=overlapping), blas_threads()
    first, _, second, _ = parts_of(study, None, study.quick, 0)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, [first, second]))
    assert set(inside) == {1}
    assert blas_threads() == before
