"""The generations of an evolving population: who has children, who is replaced, and what the table says of them."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from skvae._compat import Fits
from skvae._content import content_key
from skvae.model_selection._architectures import checked_layers, random_layers

# A mutation that gave that many known lists of layers in a row has nothing new to give.
N_TRIES = 20
#: Rows of the table that have no parent in it, and the round of the baseline.
NO_PARENT, BASELINE_ROUND = -1, -1


@dataclass(frozen=True)
class Child:
    """A new list of layers: of the individual at that place in the population, whose row is `parent`."""

    layers: tuple
    place: int
    parent: int


@dataclass(frozen=True)
class Generations:
    """All rounds so far.

    Parameters
    ----------
    conditions : dict of str to hashable
        What must stay as it is if the search is to go on.
    seed : int
    founders : tuple of tuple
        The first population, in which individuals may be alike.
    fits : Fits
        What the fits gave, in the order of the rows.
    layers : tuple of (tuple or None)
        Of each row; None for the baseline.
    lineage : tuple of (round, parent, accepted)
        Of each row.
    population : tuple of int
        The rows of the individuals.
    tried : frozenset
        Keys of all lists of layers so far, also of those that have no row because a whole round failed.
    n_rounds : int
    """

    conditions: dict[str, Any]
    seed: int
    founders: tuple
    fits: Fits = field(default_factory=Fits)
    layers: tuple = ()
    lineage: tuple = ()
    population: tuple = ()
    tried: frozenset = frozenset()
    n_rounds: int = 0

    @classmethod
    def begun(cls, conditions, seed, initial, population_size):
        """Draw what is missing in the first population."""
        founders = [checked_layers(given, f"initial[{i}]") for i, given in enumerate(initial)]
        if len(founders) > population_size:
            raise ValueError(
                f"initial holds {len(founders)} architectures, more than population_size={population_size}."
            )
        rng = np.random.RandomState([seed, 0])
        while len(founders) < population_size:
            drawn = random_layers(rng)
            if drawn not in founders:
                founders.append(drawn)
        return cls(conditions, seed, tuple(founders))

    @property
    def n_references(self):
        """Number of rows, the first ones, that are no candidates."""
        return self.layers.count(None)

    def columns(self):
        """Return what the table says of descent, by the name of the column."""
        origins, parents, accepted = zip(*self.lineage, strict=True)
        return {"round": np.array(origins), "parent": np.array(parents), "accepted": np.array(accepted)}

    def with_baseline(self, fits):
        """Return the generations with a row of reference."""
        return replace(self, fits=fits, layers=(None,), lineage=((BASELINE_ROUND, NO_PARENT, False),))

    def founded(self, fits):
        """Return the generations with the first population, whose individuals may be alike."""
        distinct = self.distinct_founders()
        return replace(
            self,
            fits=fits,
            layers=self.layers + distinct,
            lineage=self.lineage + ((0, NO_PARENT, True),) * len(distinct),
            population=tuple(len(self.layers) + _position(founder, distinct) for founder in self.founders),
            tried=frozenset(map(content_key, distinct)),
        )

    def distinct_founders(self):
        """Return the first population without repeats."""
        return tuple({content_key(layers): layers for layers in self.founders}.values())

    def summary(self):
        """Say what the last round changed."""
        accepted = [accepted for origin, _, accepted in self.lineage if origin == self.n_rounds]
        return f"Round {self.n_rounds}: {sum(accepted)} of {len(accepted)} new architectures accepted"

    def children(self, mutation):
        """Return a new list of layers for each individual whose mutation gives one."""
        tried, children = set(self.tried), []
        for place, parent in enumerate(self.population):
            rng = np.random.RandomState([self.seed, self.n_rounds + 1, place])
            for _ in range(N_TRIES):
                layers = checked_layers(mutation(self.layers[parent], rng), f"mutation({self.layers[parent]})")
                if content_key(layers) not in tried:
                    tried.add(content_key(layers))
                    children.append(Child(layers, place, parent))
                    break
        return children

    def after(self, children, fits=None, scores=None):
        """Return the generations with one more round; without fits, no child has a row.

        Parameters
        ----------
        children : list of Child
        fits : Fits
            All so far.
        scores : ndarray
            Of all rows, -inf for those that failed.
        """
        tried = self.tried | {content_key(child.layers) for child in children}
        grown = replace(self, tried=tried, n_rounds=self.n_rounds + 1)
        if fits is None:
            return grown
        population, lineage = list(self.population), list(self.lineage)
        for row, child in enumerate(children, start=len(self.layers)):
            accepted = bool(scores[row] > scores[child.parent])
            lineage.append((grown.n_rounds, child.parent, accepted))
            if accepted:
                population[child.place] = row
        return replace(
            grown,
            fits=fits,
            layers=(*self.layers, *(child.layers for child in children)),
            lineage=tuple(lineage),
            population=tuple(population),
        )


def _position(layers, others):
    """Find a list of layers among others; 1 unit and a share of 1.0 are equal to Python, and not alike."""
    return [content_key(other) for other in others].index(content_key(layers))
