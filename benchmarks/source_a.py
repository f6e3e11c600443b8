"""The peer: autoencoders as a Keras user writes them, with a custom ``train_step`` and ``fit``.

It follows the program of the paper that `skvae` starts from (a ``keras.Model`` subclass with three trackers, in the
style of the Keras guide), in words of our own and for tables in place of images. Nothing is tuned: defaults of
``compile`` and ``fit`` are what such programs run with.
"""

import time

import keras
import numpy as np
import tensorflow as tf
from keras import layers


class Sampling(layers.Layer):
    """Draw latent variables: mean plus standard deviation times noise."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator(0)

    def call(self, inputs):
        """Draw once for each row."""
        mean, log_variance = inputs
        noise = keras.random.normal(tf.shape(mean), seed=self.seed_generator)
        return mean + tf.exp(0.5 * log_variance) * noise


class VAE(keras.Model):
    """Variational autoencoder with cross-entropy summed over the features.

    Parameters
    ----------
    encoder, decoder : keras.Model
        The encoder returns mean, log-variance and a draw of the latent variables.
    """

    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.total_loss_tracker = keras.metrics.Mean(name="total_loss")
        self.reconstruction_loss_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_loss_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        """Trackers that Keras resets at each epoch."""
        return [self.total_loss_tracker, self.reconstruction_loss_tracker, self.kl_loss_tracker]

    def train_step(self, data):
        """Take one step and return the losses so far."""
        with tf.GradientTape() as tape:
            mean, log_variance, z = self.encoder(data)
            reconstruction = self.decoder(z)
            # The last axis, a channel in images, is what Keras averages over.
            cross_entropy = keras.losses.binary_crossentropy(data[..., None], reconstruction[..., None])
            reconstruction_loss = tf.reduce_mean(tf.reduce_sum(cross_entropy, axis=1))
            kl = -0.5 * (1 + log_variance - tf.square(mean) - tf.exp(log_variance))
            kl_loss = tf.reduce_mean(tf.reduce_sum(kl, axis=1))
            total_loss = reconstruction_loss + kl_loss
        gradients = tape.gradient(total_loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights, strict=True))
        self.total_loss_tracker.update_state(total_loss)
        self.reconstruction_loss_tracker.update_state(reconstruction_loss)
        self.kl_loss_tracker.update_state(kl_loss)
        return {tracker.name: tracker.result() for tracker in self.metrics}


class Autoencoder(keras.Model):
    """Plain autoencoder with mean squared error.

    Parameters
    ----------
    network : keras.Model
        From data to their reconstruction.
    """

    def __init__(self, network, **kwargs):
        super().__init__(**kwargs)
        self.network = network
        self.loss_tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        """The tracker that Keras resets at each epoch."""
        return [self.loss_tracker]

    def train_step(self, data):
        """Take one step and return the loss so far."""
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(data - self.network(data)))
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights, strict=True))
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}


class EpochSeconds(keras.callbacks.Callback):
    """Keep the seconds of each epoch in `seconds`."""

    def __init__(self):
        super().__init__()
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        """Start the watch."""
        self.started = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        """Stop the watch."""
        self.seconds.append(time.perf_counter() - self.started)


def variational_autoencoder(n_features, encoder_units, decoder_units, activation, n_components=2):
    """Build a fully connected variational autoencoder; ``(120, 120, 16), (n_features,), "relu"`` is the paper's."""
    inputs = keras.Input((n_features,))
    hidden = _hidden(inputs, encoder_units, activation)
    mean = layers.Dense(n_components, name="z_mean")(hidden)
    log_variance = layers.Dense(n_components, name="z_log_var")(hidden)
    encoder = keras.Model(inputs, [mean, log_variance, Sampling()([mean, log_variance])], name="encoder")
    code = keras.Input((n_components,))
    outputs = layers.Dense(n_features, activation="sigmoid")(_hidden(code, decoder_units, activation))
    return VAE(encoder, keras.Model(code, outputs, name="decoder"))


def plain_autoencoder(n_features, n_components=2):
    """Build the notebook's autoencoder: 8-6 to the code and back, tanh, linear code and output."""
    inputs = keras.Input((n_features,))
    code = layers.Dense(n_components)(_hidden(inputs, (8, 6), "tanh"))
    return Autoencoder(keras.Model(inputs, layers.Dense(n_features)(_hidden(code, (6, 8), "tanh"))))


def fit_vae(X, epochs, batch_size):
    """Build and train the paper's network, and return the seconds of each epoch."""
    model = variational_autoencoder(X.shape[1], (120, 120, 16), (X.shape[1],), "relu")
    return _fit(model, keras.optimizers.Adam(), X, epochs, batch_size)


def fit_small_vae(X, epochs, batch_size):
    """Build and train a variational autoencoder with the notebook's layers, and return the seconds of each epoch."""
    model = variational_autoencoder(X.shape[1], (8, 6), (6, 8), "tanh")
    return _fit(model, keras.optimizers.SGD(0.01), X, epochs, batch_size)


def fit_autoencoder(X, epochs, batch_size):
    """Build and train the notebook's network, and return the seconds of each epoch."""
    return _fit(plain_autoencoder(X.shape[1]), keras.optimizers.SGD(0.01), X, epochs, batch_size)


def _hidden(inputs, units, activation):
    """Apply fully connected hidden layers."""
    for width in units:
        inputs = layers.Dense(width, activation=activation)(inputs)
    return inputs


def _fit(model, optimizer, X, epochs, batch_size):
    """Compile and fit."""
    watch = EpochSeconds()
    model.compile(optimizer=optimizer)
    model.fit(X, epochs=epochs, batch_size=batch_size, verbose=0, callbacks=[watch])
    return watch.seconds


def fit_keras(encoder, decoder, X, epochs, batch_size):
    """Train the plain autoencoder of two Keras models by ``compile`` and ``fit``; return the seconds of each epoch."""
    inputs = keras.Input((X.shape[1],))
    model = keras.Model(inputs, decoder(encoder(inputs)))
    model.compile(keras.optimizers.Adam(1e-3), "mean_squared_error")
    watch = EpochSeconds()
    model.fit(X, X, batch_size, epochs, verbose=0, callbacks=[watch])
    return np.array(watch.seconds)
