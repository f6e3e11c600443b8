"""Optimizers as plain tensor arithmetic.

Keras' own cannot be used: they keep their state in variables, and their ``stateless_apply`` raises on TensorFlow. Each
optimizer is two functions: one on tensors, which XLA fuses, and one on variables, whose raw kernels touch each weight
once and so win where memory is the limit.
"""

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-7


def adam(weight, moments, gradient, rate, step):
    """Move one weight by Adam (Kingma and Ba 2015, with Keras' epsilon) and return it with its new moments."""
    import tensorflow as tf

    first, second = moments
    t = tf.cast(step + 1, weight.dtype)
    first = first + (gradient - first) * (1 - BETA_1)
    second = second + (tf.square(gradient) - second) * (1 - BETA_2)
    rate = rate * tf.sqrt(1 - BETA_2**t) / (1 - BETA_1**t)
    return weight - rate * first / (tf.sqrt(second) + EPSILON), (first, second)


def sgd(weight, moments, gradient, rate, step):
    """Move one weight down its gradient."""
    return weight - rate * gradient, moments


def adam_in_place(weight, moments, gradient, rate, step):
    """As `adam`, on variables."""
    import tensorflow as tf

    t = tf.cast(step + 1, weight.dtype)
    tf.raw_ops.ResourceApplyAdam(
        var=weight.handle,
        m=moments[0].handle,
        v=moments[1].handle,
        beta1_power=BETA_1**t,
        beta2_power=BETA_2**t,
        lr=rate,
        beta1=BETA_1,
        beta2=BETA_2,
        epsilon=EPSILON,
        grad=gradient,
    )


def sgd_in_place(weight, moments, gradient, rate, step):
    """As `sgd`, on variables."""
    import tensorflow as tf

    tf.raw_ops.ResourceApplyGradientDescent(var=weight.handle, alpha=rate, delta=gradient)


#: name -> (number of moments, update of tensors, update of variables)
OPTIMIZERS = {"adam": (2, adam, adam_in_place), "sgd": (0, sgd, sgd_in_place)}
