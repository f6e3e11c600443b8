"""What holds for every autoencoder on every table.

`HYPOTHESIS_PROFILE=long pytest tests/properties` draws a thousand new examples for each test, which takes about an
hour; `--hypothesis-seed` makes a run repeatable.
"""

import copy
import pickle
import tempfile
from pathlib import Path

import numpy as np
from calls import Refused, answer, attempted, bits, quietly
from hypothesis import event, given, settings
from hypothesis import strategies as st
from models import ANY_ARCHITECTURE, WIDTHS, extreme_trainings, models, trainings
from sklearn.base import clone
from tables import ODD_WEIGHTS, any_tables, content, in_unit_interval, moderate_tables, small_tables, twins, weights

import skvae
from skvae import VAETransformer


def suited(vae, X):
    """Bring a table to the likelihood's support."""
    return in_unit_interval(X) if vae.likelihood == "bernoulli" else X


@st.composite
def cases(draw, tables=moderate_tables, parameters=None):
    """Draw an unfitted model, and a table for it."""
    vae, n_features = draw(models(parameters))
    return vae, suited(vae, draw(tables(n_features)))


@st.composite
def fitted(draw):
    """Draw a fitted model and its table, of either type of floats."""
    vae, X = draw(cases())
    X = X.astype(draw(st.sampled_from([np.float64, np.float32])))
    return quietly(vae.fit, X), X


def counting(sample_weight):
    """Tell which rows count: float32 holds no weight below 1e-30 beside one of about 1."""
    return np.ldexp(sample_weight, -np.frexp(sample_weight.max())[1]) > 1e-30


def assert_fitted_well(vae, X, sample_weight=None):
    """Check that the attributes agree with the table and with each other."""
    n_components, kept = vae.n_components, slice(None) if sample_weight is None else counting(sample_weight)
    lengths = {len(values) for values in vae.history_.values()}
    assert lengths == {vae.n_iter_}
    assert all(np.isfinite(values).all() for values in vae.history_.values())
    assert type(vae.scale_) is float
    assert vae.scale_ > 0
    assert vae.mean_.shape == (X.shape[1],)
    assert vae.n_samples_seen_ == len(X[kept])
    assert vae.kl_per_component_.shape == vae.active_components_.shape == (n_components,)
    # Each is a sum of a square and of exp(v) - 1 - v, which is never negative: only rounding may make it so.
    assert (vae.kl_per_component_ >= -1e-6).all()
    mean, std = vae.posterior(X[kept])
    kl = 0.5 * (np.square(mean.astype(float)) + np.square(std.astype(float)) - 1) - np.log(std.astype(float))
    # In longdouble: weights may be so small or large that float64 could not average.
    kept_weight = None if sample_weight is None else sample_weight[kept].astype(np.longdouble)
    expected = np.average(kl, axis=0, weights=kept_weight)
    # float32 rounds the posterior of each row, a share of 1e-7 of its size and, where the KL is about 0, of 1.
    rtol = 1e-7 if X.dtype != np.float32 else 1e-3
    np.testing.assert_allclose(vae.kl_per_component_, expected, rtol=rtol, atol=rtol)


def assert_infers_well(vae, X):
    """Check types and shapes of what the model says about a table."""
    Z, dtype = vae.transform(X), np.float32 if X.dtype == np.float32 else np.float64
    decoded = vae.inverse_transform(Z)
    assert Z.dtype == decoded.dtype == dtype
    assert Z.shape == (len(X), vae.n_components)
    assert decoded.shape == X.shape
    assert np.isfinite(Z).all()
    assert np.isfinite(decoded).all()
    assert bits(vae.reconstruct(X)) == bits(decoded)
    assert list(vae.get_feature_names_out()) == [f"vaetransformer{i}" for i in range(vae.n_components)]


# A fit works, or says why not


@given(cases(tables=any_tables, parameters=extreme_trainings()), st.sampled_from(["f8", "f4", "f2", "g"]), st.data())
def test_a_fit_works_or_says_why_not(case, dtype, data):
    vae, X = case
    with np.errstate(over="ignore"):
        X = X.astype(dtype)
    sample_weight = data.draw(st.none() | weights(len(X), ODD_WEIGHTS))
    before = content(X), bits(sample_weight)
    works = attempted(vae, "fit", X, sample_weight=sample_weight)
    event("works" if works else "refused")
    assert (content(X), bits(sample_weight)) == before
    if works:
        assert_fitted_well(vae, X, sample_weight)
        _infers_or_says_why_not(vae, X)


def _infers_or_says_why_not(vae, X):
    """Call each method; none may leave a trace."""
    before = bits(vars(vae))
    for call in (vae.transform, vae.reconstruct, vae.score_samples, vae.score, vae.posterior):
        event(f"{call.__name__}: {'refused' if isinstance(answer(call, X), Refused) else 'works'}")
    assert bits(vars(vae)) == before


@given(cases())
def test_moderate_tables_are_fitted(case):
    vae, X = case
    before = content(X)
    assert attempted(vae, "fit", X)
    assert content(X) == before
    assert_fitted_well(vae, X)
    assert_infers_well(vae, X)


# Each example compiles a program of its own.
@settings(max_examples=settings.default.max_examples // 10)
@given(ANY_ARCHITECTURE, trainings(), WIDTHS, st.data())
def test_any_architecture_is_fitted(architecture, training, n_features, data):
    vae = VAETransformer(**architecture, **training)
    X = suited(vae, data.draw(moderate_tables(n_features)))
    works = attempted(vae, "fit", X)
    # As many latent variables as rows leave no noise, and plain gradients grow with its inverse.
    assert works or (vae.optimizer == "sgd" and vae.n_components >= len(X) - 1)
    if works:
        assert_fitted_well(vae, X)
        assert_infers_well(vae, X)


@given(fitted(), st.data())
def test_new_rows_are_encoded_or_refused(case, data):
    vae, X = case
    new = suited(vae, data.draw(any_tables(X.shape[1])))
    with np.errstate(over="ignore"):
        new = new.astype(data.draw(st.sampled_from(["f8", "f4"])))
    _infers_or_says_why_not(vae, new)
    decoded = answer(vae.inverse_transform, data.draw(small_tables(int(vae.n_components))))
    assert isinstance(decoded, Refused) or np.isfinite(decoded).all()


@given(cases(), cases(tables=any_tables, parameters=extreme_trainings()))
def test_a_refused_fit_leaves_the_earlier_one(good, bad):
    vae = quietly(good[0].fit, good[1])
    parameters, codes = vae.get_params(deep=False), vae.transform(good[1])
    vae.set_params(**bad[0].get_params(deep=False))
    if not attempted(vae, "fit", bad[1]):
        vae.set_params(**parameters)
        assert bits(vae.transform(good[1])) == bits(codes)


# The same again


@given(cases())
def test_the_same_seed_gives_the_same_bits(case):
    vae, X = case
    again = clone(vae)
    codes = quietly(vae.fit, X).transform(X)
    assert bits(quietly(again.fit_transform, X)) == bits(codes)
    assert bits(vars(again)) == bits(vars(vae))
    assert bits(vars(quietly(vae.fit, X))) == bits(vars(again))


@given(fitted())
def test_inference_repeats_and_leaves_no_trace(case):
    vae, X = case
    before = bits(vars(vae)), content(X)
    for call in (vae.transform, vae.reconstruct, vae.posterior, vae.score_samples, vae.score):
        assert bits(call(X)) == bits(call(X))
    assert bits(vae.sample(3, random_state=0)) == bits(vae.sample(3, random_state=0))
    assert (bits(vars(vae)), content(X)) == before


@given(fitted(), st.randoms(use_true_random=False))
def test_rows_do_not_look_at_each_other(case, random):
    vae, X = case
    order = random.sample(range(len(X)), random.randint(1, len(X)))
    # BLAS adds up in another order for other numbers of rows. The scale of the errors is that of what is added up.
    precision = 1e-11 if X.dtype == np.float64 else 1e-5
    size = np.abs((X - vae.mean_) / vae.scale_).max() + 1
    np.testing.assert_allclose(vae.transform(X[order]), vae.transform(X)[order], rtol=precision, atol=precision * size)
    size = np.abs(X).max()
    expected = vae.reconstruct(X)[order]
    np.testing.assert_allclose(vae.reconstruct(X[order]), expected, rtol=precision, atol=precision * size)
    # Scores are in float64. The draws take the digits from the fifth on of the codes through the steep tails of a
    # normal distribution's quantiles: there rounding errors grow.
    scores = vae.score_samples(X)
    np.testing.assert_allclose(vae.score_samples(X[order]), scores[order], rtol=1e-7, atol=1e-7 * np.abs(scores).max())


@given(fitted())
def test_copies_are_the_same(case):
    vae, X = case
    codes, scores = vae.transform(X), vae.score_samples(X)
    for twin in (pickle.loads(pickle.dumps(vae)), copy.deepcopy(vae), _saved_and_loaded(vae)):
        assert bits(vars(twin)) == bits(vars(vae))
        assert bits(twin.transform(X)) == bits(codes)
        assert bits(twin.score_samples(X)) == bits(scores)


def _saved_and_loaded(estimator):
    """Pass an estimator through a file."""
    with tempfile.TemporaryDirectory() as folder:
        skvae.save(estimator, Path(folder) / "model.skvae")
        return skvae.load(Path(folder) / "model.skvae")


@given(fitted(), st.data())
def test_score_is_the_mean_of_the_scores(case, data):
    vae, X = case
    sample_weight = data.draw(weights(len(X), st.sampled_from([0.5, 1.0, 3.0])))
    for w in (None, sample_weight):
        score = vae.score(X, sample_weight=w)
        assert type(score) is float
        assert np.isfinite(score)
        np.testing.assert_allclose(score, np.average(vae.score_samples(X), weights=w), rtol=1e-12)


# Another way to say the same


@st.composite
def twin_cases(draw):
    """Draw a model, a table for it, and the same numbers in another container."""
    vae, n_features = draw(models())
    X, twin = draw(twins(n_features))
    return (vae, X, twin) if vae.likelihood == "gaussian" or X.max() <= 1 >= 0 <= X.min() else draw(twin_cases())


@given(twin_cases())
def test_containers_make_no_difference(case):
    vae, X, twin = case
    before, again = content(twin), clone(vae)
    quietly(vae.fit, X)
    quietly(again.fit, twin)
    names = {"feature_names_in_"} & set(vars(again))
    assert bits({name: value for name, value in vars(again).items() if name not in names}) == bits(vars(vae))
    for call in ("transform", "reconstruct", "score_samples"):
        assert bits(getattr(again, call)(twin)) == bits(getattr(vae, call)(X))
    assert content(twin) == before


@given(cases(), st.sampled_from([1, 1.0, 0.1, 3.7, 1e-300, 1e300, 5e-324]))
def test_weights_that_are_all_alike_say_nothing(case, weight):
    vae, X = case
    again = quietly(clone(vae).fit, X, sample_weight=np.full(len(X), weight))
    assert bits(vars(again)) == bits(vars(quietly(vae.fit, X)))


@given(cases(), st.data())
def test_rows_of_weight_zero_are_left_out(case, data):
    vae, X = case
    sample_weight = data.draw(weights(len(X)))
    assert_same_attempt(vae, (X, sample_weight), (X[sample_weight > 0], sample_weight[sample_weight > 0]))


@given(cases(), st.data(), st.integers(-60, 60))
def test_only_the_proportions_of_weights_count(case, data, exponent):
    """Powers of two change no digit."""
    vae, X = case
    sample_weight = data.draw(weights(len(X)))
    assert_same_attempt(vae, (X, sample_weight), (X, sample_weight * 2.0**exponent))


def assert_same_attempt(vae, one, other):
    """Fit to tables with weights that say the same: to the same bits, if at all."""
    again = clone(vae)
    if attempted(vae, "fit", one[0], sample_weight=one[1]):
        assert attempted(again, "fit", other[0], sample_weight=other[1])
        assert bits(vars(again)) == bits(vars(vae))
