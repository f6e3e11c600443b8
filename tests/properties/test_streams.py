"""What holds for every stream of batches, and for training that goes on."""

import pickle

import numpy as np
from calls import attempted, bits, quietly
from hypothesis import given
from hypothesis import strategies as st
from models import MODERATE, SEEDS, extreme_trainings, models
from sklearn.base import clone
from tables import any_tables, in_unit_interval, moderate_tables

STEADY = st.fixed_dictionaries({"random_state": SEEDS}, optional={**MODERATE, "warm_start": st.just(True)})
DTYPES = st.sampled_from([np.float64, np.float32])


@st.composite
def streams(draw, tables=moderate_tables, parameters=STEADY, most=5):
    """Draw an unfitted model and some batches."""
    vae, n_features = draw(models(parameters))
    batches = draw(st.lists(tables(n_features, at_least=1), min_size=1, max_size=most))
    if vae.likelihood == "bernoulli":
        batches = [in_unit_interval(X) for X in batches]
    with np.errstate(over="ignore"):
        return vae, [X.astype(draw(DTYPES)) for X in batches]


def feed(vae, batches):
    """Give all batches to the model."""
    for X in batches:
        quietly(vae.partial_fit, X)
    return vae


def assert_keeps_types(vae, X):
    """Check that the type of the data is that of the codes, whatever the model was trained on."""
    for dtype in (np.float32, np.float64):
        Z = vae.transform(X.astype(dtype))
        assert Z.dtype == vae.inverse_transform(Z).dtype == dtype


@given(streams())
def test_a_stream_counts_what_it_saw(case):
    vae, batches = case
    feed(vae, batches)
    assert vae.n_samples_seen_ == sum(map(len, batches))
    assert vae.n_iter_ == len(batches)
    assert {len(values) for values in vae.history_.values()} == {len(batches)}
    assert all(np.isfinite(values).all() for values in vae.history_.values())
    assert vae.transform(batches[0]).shape == (len(batches[0]), vae.n_components)
    assert_keeps_types(vae, batches[0])


@given(streams())
def test_a_stream_repeats(case):
    vae, batches = case
    assert bits(vars(feed(clone(vae), batches))) == bits(vars(feed(vae, batches)))


@given(streams())
def test_a_stream_may_be_stored_between_batches(case):
    vae, batches = case
    stored = clone(vae)
    for X in batches:
        stored = pickle.loads(pickle.dumps(quietly(stored.partial_fit, X)))
    assert bits(vars(stored)) == bits(vars(feed(vae, batches)))


@given(streams(most=1), st.lists(st.integers(1, 59), max_size=4, unique=True))
def test_the_first_rows_may_be_cut_anywhere(case, cuts):
    vae, [X] = case
    whole, cut = feed(clone(vae), [X]), feed(vae, [part for part in np.split(X, sorted(cuts)) if len(part)])
    assert bits([cut.mean_, cut.scale_, cut.n_samples_seen_]) == bits(
        [whole.mean_, whole.scale_, whole.n_samples_seen_]
    )


@given(streams(tables=any_tables, parameters=extreme_trainings()), st.data())
def test_a_refused_batch_leaves_no_trace(case, data):
    vae, batches = case
    vae.set_params(early_stopping=False)
    for X in batches:
        method = data.draw(st.sampled_from(["partial_fit", "partial_fit", "fit"]))
        sample_weight = data.draw(st.none() | st.just(np.linspace(0.1, 1, len(X))))
        vae.set_params(warm_start=data.draw(st.booleans()))
        if attempted(vae, method, X, sample_weight=sample_weight):
            assert bits(vars(pickle.loads(pickle.dumps(vae)))) == bits(vars(vae))


@given(models(), st.data())
def test_training_goes_on(model, data):
    (vae, n_features), n_iter = model, 0
    vae.set_params(warm_start=True)
    for _ in range(3):
        X = data.draw(moderate_tables(n_features))
        X = (in_unit_interval(X) if vae.likelihood == "bernoulli" else X).astype(data.draw(DTYPES))
        # A later table may lie so far from the first, which sets the scale, that the training diverges.
        if attempted(vae, "fit", X):
            assert n_iter < vae.n_iter_ <= n_iter + vae.epochs
            n_iter = vae.n_iter_
            assert {len(values) for values in vae.history_.values()} == {n_iter}
            assert_keeps_types(vae, X)
