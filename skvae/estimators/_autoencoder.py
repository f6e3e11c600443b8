"""The autoencoder as a scikit-learn transformer."""

from skvae._compat import StrOptions
from skvae.estimators._base import BaseAutoencoder
from skvae.estimators._pretraining import pretrained_weights
from skvae.estimators._training import plan_of_start
from skvae.likelihoods import LOSSES
from skvae.noise import Noise


class AutoencoderTransformer(BaseAutoencoder):
    """Autoencoder for dimensionality reduction.

    It stands wherever :class:`~sklearn.decomposition.PCA` stands. With ``init="pca"`` it starts at PCA, which is the
    best linear autoencoder, and training improves on it.

    Parameters
    ----------
    n_components : int, default=2
        Number of latent variables. More than there are features only warns, unlike in PCA: the rest stay unused.

    encoder : tuple or Network, default=(120, 120, 16)
        Hidden layers from the data to the latent variables. A tuple is short for ``Dense(encoder, activation)``: ints
        are units, floats shares of the number of features. ``()`` is a linear encoder.

    decoder : tuple, Network or None, default=None
        Hidden layers from the latent variables to the data; None mirrors the encoder.

    activation : str, default="relu"
        Activation of the hidden layers given as tuples; see :class:`~skvae.networks.Dense`.

    loss : {"squared_error", "binary_crossentropy"}, default="squared_error"
        What is made small, on average over rows and features. "squared_error": any data; they are centred, and divided
        by one scale, inside. "binary_crossentropy": values in [0, 1].

    init : {"pca", "random"}, default="pca"
        "pca": add a linear path to both networks and start at PCA, for "binary_crossentropy" that of Pearson residuals.
        "random": bare networks with random weights.

    noise : Noise or None, default=None
        What spoils the rows that the encoder sees in training, see :mod:`skvae.noise`: a denoising autoencoder, which
        reconstructs them without it [2]_.

    pretraining : {"layerwise"} or None, default=None
        "layerwise": train each layer as an autoencoder of its own first, with the same `epochs`, from the data on [3]_;
        each of `n_init` starts from its own seed, one after the other. For `Dense` networks with ``init="random"`` and
        ``decoder=None``; not for `partial_fit`.

    optimizer : {"adam", "sgd"}, default="adam"
        Rule of the updates.

    learning_rate : float or "auto", default="auto"
        Learning rate of the first half of the training; over the second half it falls linearly to 0. "auto" is
        ``2e-3 * sqrt(n_samples / n_features)``, but within [1e-3, 5e-3], with ``init="pca"``; 2e-3 with
        ``init="random"``, and 1e-2 if there are no hidden layers.

    weight_decay : float or "auto", default="auto"
        Decoupled weight decay of the nonlinear path, which pulls the model towards PCA. "auto" is
        ``3 * sqrt(n_components / 2) * (n_features / n_samples)**0.4`` with ``init="pca"``, and 0 otherwise.

    batch_size : int or "auto", default="auto"
        Rows per step; "auto" is ``min(200, n_samples)``.

    epochs : int, default=200
        Passes over the training rows.

    early_stopping : bool, default=False
        Set `validation_fraction` of the rows aside, stop when the loss on them has not improved by `tol` for
        `n_iter_no_change` epochs, and keep the weights of the best epoch; the start is epoch 0.

    validation_fraction : float, default=0.1
        Share of the rows set aside, in (0, 1).

    n_iter_no_change : int, default=10
        Epochs without improvement until training stops.

    tol : float, default=1e-4
        Least improvement of the validation loss: for "squared_error" as a share of the data's mean variance, for
        "binary_crossentropy" in nats.

    n_init : int, default=1
        Number of starts with seeds of their own, trained side by side in threads; the one whose loss on the training
        rows is best is kept. A warm start goes on from that one alone.

    warm_start : bool, default=False
        Let `fit` go on from the earlier fit, for `epochs` more, instead of starting anew. Centring, scaling and seed
        stay.

    missing : {"error", "mask"}, default="error"
        What NaN in the data is: an error, or a missing value, which adds nothing to the loss. The encoder then sees
        which values are known.

    covariates : list of str or int, default=None
        Columns of `X` that encoder and decoder get besides, such as batch or study, so that the latent variables need
        not tell of them. Their values, text or numbers, are levels: each becomes an indicator. They are no data:
        neither reconstructed nor scored.

    random_state : int, RandomState instance or None, default=None
        Determines the initial weights, the order of the rows and the noise. Pass an int for results that repeat bit by
        bit.

    verbose : int, default=0
        1 prints a line for each epoch.

    Attributes
    ----------
    history_ : dict of ndarray of shape (n_epochs,)
        For each epoch, or call of `partial_fit`, ``loss`` in squared units of the data, or in nats, per feature;
        ``seconds``, and ``val_loss`` with early stopping.

    n_iter_ : int
        Number of epochs run; with `warm_start` those of earlier fits included.

    n_samples_seen_ : int
        Number of rows that `fit`, or all calls of `partial_fit`, have learned from.

    mean_ : ndarray of shape (n_features,)
        Mean that is subtracted inside; zeros for "binary_crossentropy".

    scale_ : float
        What the centred data are divided by inside: the root of their mean variance; 1 for "binary_crossentropy".

    covariate_columns_, covariate_encoder_, covariate_shares_ : int array, OneHotEncoder, ndarray
        With `covariates` only: their positions in `X`, what turns their levels into indicators, and the share of the
        rows of `fit` at each level.

    encoder_, decoder_ : keras.Model
        Keras models with the fitted weights, built anew at each access. The encoder takes data and returns latent
        variables, the decoder takes these and returns expected data.

    n_features_in_ : int
        Number of features seen in `fit`.

    feature_names_in_ : ndarray of shape (n_features,)
        Names of features seen in `fit`, if all are strings.

    See Also
    --------
    VAETransformer : The same with a likelihood and a distribution of the latent variables.
    sklearn.decomposition.PCA : The linear model that this one starts from.

    Notes
    -----
    A linear autoencoder spans PCA's subspace [1]_. All else, learning rates, interrupts and callbacks, is as for
    :class:`VAETransformer`.

    References
    ----------
    .. [1] Baldi and Hornik (1989), "Neural networks and principal component analysis: learning from examples without
       local minima".
    .. [2] Vincent, Larochelle, Bengio and Manzagol (2008), "Extracting and composing robust features with denoising
       autoencoders".
    .. [3] Bengio, Lamblin, Popovici and Larochelle (2007), "Greedy layer-wise training of deep networks".

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skvae import AutoencoderTransformer
    >>> X, _ = load_iris(return_X_y=True)
    >>> autoencoder = AutoencoderTransformer(n_components=2, random_state=0).fit(X)
    >>> autoencoder.transform(X).shape
    (150, 2)
    """

    _parameter_constraints: dict = {
        **BaseAutoencoder._parameter_constraints,
        "loss": [StrOptions(set(LOSSES))],
        "noise": [Noise, None],
        "pretraining": [StrOptions({"layerwise"}), None],
        "missing": [StrOptions({"error", "mask"})],
    }

    _is_variational = False

    def __init__(
        self,
        n_components=2,
        *,
        encoder=(120, 120, 16),
        decoder=None,
        activation="relu",
        loss="squared_error",
        init="pca",
        noise=None,
        pretraining=None,
        optimizer="adam",
        learning_rate="auto",
        weight_decay="auto",
        batch_size="auto",
        epochs=200,
        early_stopping=False,
        validation_fraction=0.1,
        n_iter_no_change=10,
        tol=1e-4,
        n_init=1,
        warm_start=False,
        missing="error",
        covariates=None,
        random_state=None,
        verbose=0,
    ):
        self.n_components = n_components
        self.encoder = encoder
        self.decoder = decoder
        self.activation = activation
        self.loss = loss
        self.init = init
        self.noise = noise
        self.pretraining = pretraining
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.batch_size = batch_size
        self.epochs = epochs
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.n_init = n_init
        self.warm_start = warm_start
        self.missing = missing
        self.covariates = covariates
        self.random_state = random_state
        self.verbose = verbose

    def score_samples(self, X):
        """Return the negative loss of each sample.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data.

        Returns
        -------
        score : ndarray of shape (n_samples,)
            In squared units of the data, or in nats, per feature.

        Raises
        ------
        ValueError
            As `transform` raises it, or if `X` is outside what the loss can judge.
        """

        def negative_loss(model, weights, rows):
            batch = model.taken_apart(rows)
            outputs = model.decode(weights, model.encode(weights, rows)[0], batch.covariates)
            return model.likelihood.log_prob(batch.x, outputs, weights["likelihood"], batch.known)

        return self._judged(X, negative_loss)[0] * self.scale_**2

    def _own_likelihood(self):
        """Return the name of the loss."""
        return self.loss

    def _checked_noise(self):
        """Return what spoils the rows in training."""
        if self.noise is not None:
            self.noise.validate()
        return self.noise

    @property
    def _noise_level(self):
        """How much it does, in units of the data."""
        return 0.0 if self.noise is None else self.noise.level

    def _check_stream(self):
        """Raise a ValueError if the parameters ask for what needs all rows at once."""
        super()._check_stream()
        if self.pretraining is not None:
            raise ValueError("partial_fit cannot pretrain layers, as no rows can be set aside: set pretraining=None.")

    def _pretrained(self, model, rows, plan, n_starts, stop):
        """Train the layers of each start one after the other, if asked for."""
        if self.pretraining is None:
            return None
        plans = [plan_of_start(plan, i, n_starts) for i in range(n_starts)]
        return [pretrained_weights(model, rows, own, self.optimizer, stop) for own in plans]

    def _attributes(self, *args):
        """Leave out the parts of a loss that has one."""
        attributes = super()._attributes(*args)
        history = attributes["history_"]
        return attributes | {
            "history_": {name: history[name] for name in history if name not in ("reconstruction", "kl")}
        }
