"""What goes wrong while a model is trained or used: interrupts, memory, forks, threads, read-only data, many fits."""

import gc
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from skvae import VAETransformer
from skvae.estimators import _training
from skvae.model_selection import compare_transformers
from skvae.training import Program, _engine


def small(**changes):
    return VAETransformer(**({"encoder": (8,), "epochs": 30, "random_state": 0} | changes))


def interrupt_at(monkeypatch, n, error=KeyboardInterrupt):
    """Let the n-th call of the compiled function fail; epochs are looked at one by one."""
    real, n_calls = Program.train, [0]

    def train(self, *args):
        n_calls[0] += 1
        if n_calls[0] == n:
            raise error
        return real(self, *args)

    monkeypatch.setattr(Program, "train", train)
    monkeypatch.setattr(Program, "steps_per_look", lambda self: 1)


# Ctrl-C


def test_interrupt_warns_and_keeps_the_weights_so_far(iris, monkeypatch):
    interrupt_at(monkeypatch, 11)
    with pytest.warns(ConvergenceWarning, match=r"Training interrupted by user after 10 of 30 epochs"):
        model = small().fit(iris)
    assert model.n_iter_ == len(model.history_["loss"]) == 10
    assert np.isfinite(model.score(iris))
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(model)).transform(iris), model.transform(iris))


def test_interrupt_before_the_first_epoch_leaves_the_start(iris, monkeypatch):
    interrupt_at(monkeypatch, 1)
    with pytest.warns(ConvergenceWarning, match="after 0 of 30 epochs"):
        model = small().fit(iris)
    assert model.n_iter_ == 0
    assert model.history_["loss"].shape == (0,)
    monkeypatch.undo()
    start = small(epochs=1, learning_rate=1e-12).fit(iris)
    np.testing.assert_allclose(model.transform(iris), start.transform(iris), atol=1e-5)


def test_interrupt_keeps_the_best_epoch_under_early_stopping(iris, monkeypatch):
    interrupt_at(monkeypatch, 6)
    with pytest.warns(ConvergenceWarning, match="interrupted"):
        model = small(early_stopping=True, learning_rate=0.9, n_iter_no_change=20).fit(iris)
    monkeypatch.undo()
    start = small(early_stopping=True, learning_rate=1e-12, epochs=1).fit(iris)
    np.testing.assert_allclose(model.transform(iris), start.transform(iris), rtol=1e-5, atol=1e-5)


def test_interrupted_training_goes_on_with_warm_start(iris, monkeypatch):
    interrupt_at(monkeypatch, 11)
    with pytest.warns(ConvergenceWarning, match="interrupted"):
        model = small(warm_start=True).fit(iris)
    monkeypatch.undo()
    assert model.fit(iris).n_iter_ == 40


def test_interrupt_in_a_pipeline_leaves_it_fitted(iris, monkeypatch):
    interrupt_at(monkeypatch, 5)
    with pytest.warns(ConvergenceWarning, match="interrupted"):
        pipeline = make_pipeline(StandardScaler(), small()).fit(iris)
    assert pipeline.transform(iris).shape == (150, 2)


def test_interrupt_in_a_pipeline_of_ones_own_leaves_it_fitted(iris, monkeypatch):
    class Own(Pipeline):
        pass

    interrupt_at(monkeypatch, 5)
    with pytest.warns(ConvergenceWarning, match="interrupted"):
        pipeline = Own([("scale", StandardScaler()), ("vae", small())]).fit(iris)
    assert pipeline.transform(iris).shape == (150, 2)


def test_interrupt_in_a_search_stops_the_search(iris, monkeypatch):
    interrupt_at(monkeypatch, 5)
    search = GridSearchCV(make_pipeline(StandardScaler(), small()), {"vaetransformer__beta": [1, 2]}, cv=2)
    with pytest.raises(KeyboardInterrupt):
        search.fit(iris)
    assert not hasattr(search, "best_estimator_")


def test_interrupt_in_a_comparison_stops_the_comparison(iris, monkeypatch):
    interrupt_at(monkeypatch, 5)
    with pytest.raises(KeyboardInterrupt):
        compare_transformers({"VAE": small()}, iris, random_state=0)


def test_comparison_in_threads_leaves_no_filter_of_warnings(iris):
    before = list(warnings.filters)
    with joblib.parallel_config("threading", n_jobs=2):
        compare_transformers({"a": small(epochs=2), "b": small(epochs=2)}, iris, n_repeats=3, random_state=0)
    # joblib writes the filters of its threads anew, with other objects for the same patterns.
    assert {kind for kind, *_ in warnings.filters} <= {kind for kind, *_ in before}
    assert not any("Training" in str(entry) for entry in warnings.filters)


def test_an_error_in_one_start_does_not_wait_for_the_others(iris, monkeypatch):
    monkeypatch.setattr(_training, "spare_threads", lambda: 2)
    interrupt_at(monkeypatch, 3, MemoryError("full"))
    begun = time.perf_counter()
    with pytest.raises(MemoryError, match="batch_size"):
        small(n_init=2, epochs=1_000_000).fit(iris)
    assert time.perf_counter() - begun < 60


@pytest.mark.parametrize("n_threads", [1, 2])
def test_interrupt_ends_all_starts(iris, monkeypatch, n_threads):
    monkeypatch.setattr(_training, "spare_threads", lambda: n_threads)
    interrupt_at(monkeypatch, 7)
    begun = time.perf_counter()
    with pytest.warns(ConvergenceWarning, match="interrupted"):
        model = small(n_init=3, epochs=100_000).fit(iris)
    assert time.perf_counter() - begun < 60
    assert np.isfinite(model.score(iris))


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="this system hands no signal to a thread")
def test_ctrl_c_ends_starts_in_threads(iris, monkeypatch):
    """The signal reaches the main thread, which only waits."""
    monkeypatch.setattr(_training, "spare_threads", lambda: 2)
    small(n_init=2, epochs=1).fit(iris)

    def press():
        # The system may hand a signal to any thread; handed to this one, it wakes no other.
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)

    threading.Timer(2.0, press).start()
    with pytest.warns(ConvergenceWarning, match="interrupted"):
        model = small(n_init=2, epochs=1_000_000).fit(iris)
    assert 0 < model.n_iter_ < 1_000_000


def test_ctrl_c_in_a_process_of_its_own():
    """Interrupt a long fit as a terminal does; it answers within seconds, though calls of the program are long."""
    code = (
        "import numpy as np, signal\n"
        "from skvae import VAETransformer\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "X = np.random.default_rng(0).normal(size=(5000, 50))\n"
        "VAETransformer(epochs=1, random_state=0).fit(X)\n"  # the next fit compiles nothing
        "print('begun', flush=True)\n"
        "model = VAETransformer(epochs=10**6, random_state=0).fit(X)\n"
        "print(model.transform(X).shape, 0 <= model.n_iter_ < 10**6, flush=True)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "begun\n"
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    sent = time.perf_counter()
    out, err = process.communicate(timeout=60)
    assert out == "(5000, 2) True\n", err
    assert "Training interrupted by user" in err
    assert time.perf_counter() - sent < 20


def test_ctrl_c_while_tensorflow_is_imported_breaks_no_later_fit():
    """It comes in the middle of the import, and is heard when that is done."""
    code = (
        "import importlib.abc, os, signal, sys, numpy as np\n"
        "from skvae import VAETransformer\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "class Interrupter(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name == 'tensorflow.python.eager.context':\n"
        "            print('interrupted', flush=True)\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupter())\n"
        "X = np.random.default_rng(0).normal(size=(20, 3))\n"
        "try:\n"
        "    VAETransformer(epochs=2).fit(X)\n"
        "except KeyboardInterrupt:\n"
        "    print('heard', signal.getsignal(signal.SIGINT) is signal.default_int_handler)\n"
        "print(VAETransformer(epochs=2).fit(X).n_iter_)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["interrupted", "heard", "True", "2"], done.stderr[-2000:]


def test_calls_of_the_program_last_about_a_second(iris, monkeypatch):
    """Nothing can look into a running call: slow steps make short calls."""
    program = Program(lambda *_: None, 2, "adam", 8, use_xla=False)
    assert program.steps_per_look() == _engine.FIRST_STEPS
    program._seconds_per_step = 0.02
    assert program.steps_per_look() == 50
    program._seconds_per_step = 5.0
    assert program.steps_per_look() == 1
    program._seconds_per_step = 1e-9
    assert program.steps_per_look() == program.steps_per_call


# Memory


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_running_out_of_memory_names_the_batch_size(iris, monkeypatch, method):
    import tensorflow as tf

    model = small().fit(iris)
    before = pickle.dumps(vars(model))
    exhausted = tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor")
    for error in (exhausted, MemoryError("Unable to allocate 3 TiB")):
        interrupt_at(monkeypatch, 1, error)
        with pytest.raises(MemoryError, match=r"batches of 150 rows: lower batch_size, n_comp") as caught:
            getattr(model, method)(iris)
        assert caught.value.__cause__ is error
        monkeypatch.undo()
    assert pickle.dumps(vars(model)) == before


def test_running_out_of_memory_for_real_names_the_batch_size():
    """A billion weights, in a process that may not have as much."""
    pytest.importorskip("resource")
    code = (
        "import resource, numpy as np\n"
        "from skvae import VAETransformer\n"
        "X = np.random.default_rng(0).normal(size=(20, 3))\n"
        "VAETransformer(epochs=1).fit(X)\n"
        "used = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()\n"
        "resource.setrlimit(resource.RLIMIT_AS, (used + 2**30, used + 2**30))\n"
        "try:\n"
        "    VAETransformer(encoder=(40_000, 40_000), epochs=1).fit(X)\n"
        "except MemoryError as error:\n"
        "    print(error)\n"
    )
    if not os.path.exists("/proc/self/statm"):
        pytest.skip("the size of a process is read from /proc")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "lower batch_size" in done.stdout, done.stderr[-2000:]


# Threads, forks, read-only data


def test_threads_transform_at_once(iris):
    """8 threads x 1000 calls, each with rows of its own, give what one call after the other gives."""
    model = small().fit(iris)
    expected = [model.transform(iris[i : i + 20]) for i in range(100)]

    def many(thread):
        return all(
            np.array_equal(model.transform(iris[i : i + 20]), expected[i])
            for i in ((thread + step) % 100 for step in range(1000))
        )

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(many, range(8)))


def test_threads_use_every_word_at_once(iris):
    model = small().fit(iris)
    words = [
        lambda: model.transform(iris),
        lambda: model.score_samples(iris),
        lambda: model.sample(5),
        lambda: model.reconstruct(iris),
        lambda: np.asarray(model.encoder_(iris.astype("float32"))[0]),
        lambda: clone(model).fit(iris).transform(iris),
    ]
    expected = [word() for word in words]
    with ThreadPoolExecutor(6) as pool:
        for _ in range(5):
            results = pool.map(lambda word: word(), words)
            for result, value in zip(results, expected, strict=True):
                np.testing.assert_array_equal(result, value)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_fit_in_a_forked_child_says_what_to_do_and_transform_works(iris):
    code = (
        "import os, sys, warnings, numpy as np\n"
        "warnings.simplefilter('ignore')\n"
        "from skvae import VAETransformer\n"
        "X = np.random.default_rng(0).normal(size=(30, 3))\n"
        "model = VAETransformer(epochs=1, random_state=0).fit(X)\n"
        "expected = model.transform(X)\n"
        "if os.fork() == 0:\n"
        "    assert (model.transform(X) == expected).all()\n"
        "    try:\n"
        "        model.fit(X)\n"
        "    except RuntimeError as error:\n"
        "        assert 'loky' in str(error) and (model.transform(X) == expected).all()\n"
        "        os._exit(7)\n"
        "    os._exit(1)\n"
        "sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=120).returncode == 7


def test_read_only_maps_of_model_and_data(iris, tmp_path):
    model = small().fit(iris)
    joblib.dump(model, tmp_path / "model.joblib")
    np.save(tmp_path / "X.npy", iris)
    X = np.load(tmp_path / "X.npy", mmap_mode="r")
    mapped = joblib.load(tmp_path / "model.joblib", mmap_mode="r")
    assert isinstance(mapped._weights["encoder"]["hidden0/kernel"], np.memmap)
    np.testing.assert_array_equal(mapped.transform(X), model.transform(iris))
    assert mapped.score(X) == model.score(iris)
    np.testing.assert_array_equal(small().fit(X).transform(X), model.transform(iris))
    assert np.isfinite(mapped.set_params(warm_start=True).fit(X).partial_fit(X).score(X))


# Many fits, workers


def test_many_fits_keep_memory_flat(iris):
    """100 fits in one process; the study of 300 is slow. See `resident`."""
    grown = _growth_per_fit(iris, 100)
    assert grown < 0.1, f"{grown:.3f} MB a fit"


@pytest.mark.slow
def test_three_hundred_fits_keep_memory_flat(iris):
    grown = _growth_per_fit(iris, 300)
    assert grown < 0.1, f"{grown:.3f} MB a fit"


def _growth_per_fit(X, n_fits):
    """Return the growth of resident memory in MB a fit, over architectures, folds and settings as a grid has them.

    The smaller of two rounds: what leaks grows in both, while the memory that other tests have left in pieces may be
    taken anew in one.
    """
    if not os.path.exists("/proc/self/statm"):
        pytest.skip("resident memory is read from /proc")

    def fit(i):
        small(epochs=3, beta=1 + i % 5, encoder=(8, 4)[: 1 + i % 2], random_state=i).fit(X[i % 7 :])

    for i in range(20):
        fit(i)
    sizes = [_resident()]
    for _ in range(2):
        for i in range(n_fits):
            fit(i)
        sizes.append(_resident())
    return min(np.diff(sizes)) / n_fits


def _resident():
    """Return the resident memory of this process in MB, without what is garbage."""
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20


@pytest.fixture(scope="module")
def alone(iris):
    return _search().fit(iris)


def _search(n_jobs=None):
    pipeline = make_pipeline(StandardScaler(), small(epochs=5))
    return GridSearchCV(pipeline, {"vaetransformer__encoder": [(8,), (4, 3)]}, cv=3, n_jobs=n_jobs)


def _assert_same_search(one, other, X):
    for name in one.cv_results_:
        if name.startswith("split"):
            np.testing.assert_array_equal(one.cv_results_[name], other.cv_results_[name])
    np.testing.assert_array_equal(one.transform(X), other.transform(X))


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_search_gives_the_same_bits_in_workers(iris, alone, backend):
    with joblib.parallel_config(backend, n_jobs=2):
        _assert_same_search(alone, _search().fit(iris), iris)


def test_search_gives_the_same_bits_under_dask(iris, alone):
    distributed = pytest.importorskip("distributed")
    with (
        warnings.catch_warnings(),
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster),
        joblib.parallel_config("dask"),
    ):
        warnings.simplefilter("ignore")
        _assert_same_search(alone, _search().fit(iris), iris)


def test_interrupt_of_a_start_that_is_not_kept_is_told(iris, monkeypatch):
    real, calls = Program.train, []

    def train(self, *args):
        calls.append(1)
        if len(calls) > 5:  # the first start is through; the second has not learned anything
            raise KeyboardInterrupt
        return real(self, *args)

    monkeypatch.setattr(_training, "spare_threads", lambda: 1)
    monkeypatch.setattr(Program, "train", train)
    monkeypatch.setattr(Program, "steps_per_look", lambda self: 1)
    with pytest.warns(ConvergenceWarning, match="interrupted"):
        model = small(n_init=2, epochs=5, init="random", learning_rate=1e-2).fit(iris)
    assert model.n_iter_ == 5
