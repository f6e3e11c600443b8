"""Measurements that need a process of their own; each prints one number on its last line.

`speed.py` runs this script.
"""

import argparse
import time

import keras
import psutil
import source_a
import tensorflow as tf
import workloads


def first_fit_of_source_a(workload):
    """Time the first fit of the peer, in seconds."""
    X = uniform_table_on_warm_device(workload)
    started = time.perf_counter()
    source_a.fit_vae(X, workload.epochs, workload.batch_size)
    return time.perf_counter() - started


def first_fit_of_skvae(workload):
    """Time our first fit, in seconds."""
    X = uniform_table_on_warm_device(workload)
    started = time.perf_counter()
    workloads.vae(workload).fit(X)
    return time.perf_counter() - started


def memory_growth(workload, n_warm=5, n_fits=50):
    """Measure by how much the resident memory grows with each fit, in MB, once the first fits are over."""
    X = workloads.uniform_table(workload)
    for seed in range(n_warm):
        workloads.vae(workload, random_state=seed).fit(X)
    before = _resident_memory()
    for seed in range(n_fits):
        workloads.vae(workload, random_state=seed).fit(X)
    return (_resident_memory() - before) / n_fits


def uniform_table_on_warm_device(workload):
    """Make the table, and let TensorFlow and Keras finish their imports: they load lazily."""
    keras.ops.convert_to_numpy(tf.zeros(1))
    return workloads.uniform_table(workload)


def _resident_memory():
    """Return the resident memory of this process in MB."""
    return psutil.Process().memory_info().rss / 1e6


TASKS = {task.__name__: task for task in (first_fit_of_source_a, first_fit_of_skvae, memory_growth)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=TASKS)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    sizes = workloads.QUICK if options.quick else workloads.FULL
    print(TASKS[options.task](sizes["w2"]))
