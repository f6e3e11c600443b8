"""From where on a latent variable counts as active; one that tells less of the rows has collapsed to its prior."""

#: Nats of the KL divergence from the prior, mean over the rows (Lucas et al., 2019).
ACTIVE_NATS = 0.01
#: Variance of the posterior mean over the rows, in squared units of the code (Burda et al., 2016).
ACTIVE_VARIANCE = 0.01
