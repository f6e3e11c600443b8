"""Likelihoods: what a decoder's outputs say about the data."""

from skvae.likelihoods._base import Likelihood, Linearization
from skvae.likelihoods._base import average as average
from skvae.likelihoods._censored import CensoredGaussian
from skvae.likelihoods._counts import NegativeBinomial, Poisson
from skvae.likelihoods._errors import BinaryCrossentropy, SquaredError
from skvae.likelihoods._gaussian import MIN_NOISE_VARIANCE as MIN_NOISE_VARIANCE
from skvae.likelihoods._gaussian import Gaussian
from skvae.likelihoods._unit_interval import Bernoulli, ContinuousBernoulli

# What is for users; the names imported "as" themselves, and the tables below, are for the other rooms.
__all__ = [
    "Bernoulli",
    "CensoredGaussian",
    "ContinuousBernoulli",
    "Gaussian",
    "Likelihood",
    "Linearization",
    "NegativeBinomial",
    "Poisson",
]

#: From the name as a parameter of estimators to the class.
LIKELIHOODS: dict[str, type[Likelihood]] = {
    str(cls.name): cls for cls in (Gaussian, Bernoulli, ContinuousBernoulli, Poisson, NegativeBinomial)
}
#: The same for the losses of plain autoencoders.
LOSSES: dict[str, type[Likelihood]] = {str(cls.name): cls for cls in (SquaredError, BinaryCrossentropy)}
