"""The variational autoencoder as a scikit-learn transformer."""

from numbers import Integral, Real

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_array, check_is_fitted, validate_data

from skvae._compat import Interval, StrOptions, fit_context
from skvae.estimators._loop import Plan, run
from skvae.estimators._model import (
    Model,
    decays,
    flatten,
    negative_bound,
    rate_scales,
    start_at_pca,
    unflatten,
)
from skvae.likelihoods import LIKELIHOODS
from skvae.networks import Decoder, Dense, Encoder, Network
from skvae.networks._activations import ACTIVATIONS
from skvae.training import OPTIMIZERS, Program, Table, cached_program, prefers_xla


class VAETransformer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    def __init__(
        self,
        n_components=2,
        *,
        encoder=(120, 120, 16),
        decoder=None,
        activation="relu",
        likelihood="gaussian",
        init="pca",
        beta=1.0,
        kl_warmup=0.0,
        optimizer="adam",
        learning_rate=1e-3,
        weight_decay=0.0,
        batch_size="auto",
        epochs=200,
        early_stopping=False,
        validation_fraction=0.1,
        n_iter_no_change=10,
        tol=1e-4,
        random_state=None,
        verbose=0,
    ):
        self.n_components = n_components
        self.encoder = encoder
        self.decoder = decoder
        self.activation = activation
        self.likelihood = likelihood
        self.init = init
        self.beta = beta
        self.kl_warmup = kl_warmup
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.batch_size = batch_size
        self.epochs = epochs
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X, y=None):
        X = validate_data(self, X, dtype=[np.float64, np.float32], ensure_min_samples=2)
        rng = check_random_state(self.random_state)
        seed = int(rng.randint(np.iinfo(np.int32).max))
        gen = np.random.default_rng(seed)
        n, d = X.shape
        self.likelihood_ = LIKELIHOODS[self.likelihood]()
        enc = self.encoder if isinstance(self.encoder, Network) else Dense(tuple(self.encoder), self.activation)
        dec = enc.mirrored() if self.decoder is None else (self.decoder if isinstance(self.decoder, Network) else Dense(tuple(self.decoder), self.activation))
        k = self.n_components
        lin = self.init == "pca"
        m = Model(Encoder(enc, d, k, lin and bool(enc.hidden_layer_sizes)), Decoder(dec, d, k, lin and bool(dec.hidden_layer_sizes)), self.likelihood_)
        self.mean_ = X.mean(0); self.scale_ = np.sqrt(((X - self.mean_) ** 2).mean()) or 1.0
        if not m.likelihood.standardizes:
            self.mean_ = np.zeros(d); self.scale_ = 1.0
        Xs = (X - self.mean_) / self.scale_
        rows = gen.permutation(n)
        nval = int(np.ceil(self.validation_fraction * n)) if self.early_stopping else 0
        w = m.initial_weights(gen)
        if lin:
            w = start_at_pca(w, m, Xs[rows[nval:]] if nval else Xs, self.beta, seed)
        flat = flatten(w)
        B = min(n, 200) if self.batch_size == "auto" else min(n, self.batch_size)
        nw = sum(x.size for x in flat.values())
        key = (m.key(), self.optimizer, B, prefers_xla(nw))
        prog = cached_program(key, lambda: Program(negative_bound(m, list(flat)), 2, self.optimizer, prefers_xla(nw)))
        plan = Plan(rows[nval:], rows[:nval], self.epochs, B, self.learning_rate, self.beta, self.kl_warmup, self.n_iter_no_change, self.tol, seed, self.verbose)
        best, self.history_ = run(prog, prog.start(flat.values()), Table(Xs), plan, rate_scales(flat), decays(flat, self.weight_decay))
        self.model_ = m
        self.weights_ = unflatten(dict(zip(flat, [np.asarray(b, np.float64) for b in best], strict=True)))
        self.seed_ = seed
        return self

    def transform(self, X):
        return self.model_.encode(self.weights_, (X - self.mean_) / self.scale_)[0]

    def inverse_transform(self, Z):
        return self.model_.likelihood.mean(self.model_.decode(self.weights_, Z)) * self.scale_ + self.mean_

    def score_samples(self, X, n_draws=16):
        from scipy.stats import norm, qmc
        from scipy.special import logsumexp
        Xs = (X - self.mean_) / self.scale_
        mu, lv = self.model_.encode(self.weights_, Xs)
        eps = norm.ppf(qmc.Sobol(mu.shape[1], rng=self.seed_).random(n_draws) * (1 - 2e-7) + 1e-7)
        out = []
        for e in eps:
            z = mu + np.exp(.5 * lv) * e
            o = self.model_.decode(self.weights_, z)
            lp = self.model_.likelihood.log_prob(Xs, o, self.weights_["likelihood"])
            out.append(lp - .5 * (z ** 2).sum(1) + .5 * (e ** 2).sum() + .5 * lv.sum(1))
        out = np.array(out)
        self.elbo_ = out.mean(0).mean() - (X.shape[1] * np.log(self.scale_))
        return logsumexp(out, axis=0) - np.log(n_draws) - X.shape[1] * np.log(self.scale_) * self.likelihood_.standardizes

    def score(self, X, y=None):
        return float(self.score_samples(X).mean())
