"""A Keras model as a function of its weights."""


class Stateless:
    """The Keras model of an encoder or a decoder as a function of a list of weights.

    Parameters
    ----------
    body : Encoder or Decoder
    order : list of str
        Which of the body's weights stands where; other entries are passed over.
    stream : int, default=0
        Sets the random numbers of layers such as dropout apart from those of another model.
    """

    def __init__(self, body, order, stream=0):
        self.model, variables = body.keras_model()
        places = {id(variable): order.index(name) for name, variable in variables.items()}
        self.trained = [places[id(v)] for v in self.model.trainable_variables]
        # Those without a place are the seeds of random layers.
        self.others = [(places.get(id(v)), v) for v in self.model.non_trainable_variables]
        self.stream = stream

    def __call__(self, weights, inputs, noise_seed, training):
        """Apply the model.

        Parameters
        ----------
        weights : list of tensor
        inputs : tensor
        noise_seed : pair of int
            Seeds of the random layers.
        training : bool

        Returns
        -------
        outputs : list of tensor
        moved : dict
            New values of the weights that the layers move by themselves, by their place.
        """
        others = [
            weights[place] if place is not None else self._seed(variable, noise_seed, i)
            for i, (place, variable) in enumerate(self.others)
        ]
        trained = [weights[place] for place in self.trained]
        outputs, after = self.model.stateless_call(trained, others, inputs, training=training)
        moved = {place: new for (place, _), new in zip(self.others, after, strict=True) if place is not None}
        return outputs if isinstance(outputs, list | tuple) else [outputs], moved

    def _seed(self, variable, noise_seed, i):
        """Make the seed of one layer."""
        import tensorflow as tf

        own = 7919 * (1 + i) + 104729 * self.stream
        return tf.cast(tf.stack([noise_seed[0] + own, noise_seed[1]]), variable.dtype)
