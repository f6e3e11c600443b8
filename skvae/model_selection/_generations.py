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
    """A new list of layers, of the individual that has a place in the population and a row in the table."""

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
    replaces : {"parent", "worst"}
        Whom a better child replaces.
    fits : Fits
        What the fits gave, in the order of the rows.
    scores : tuple of float
        The score that decides, of each row; -inf where it is NaN.
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
    replaces: str
    fits: Fits = field(default_factory=Fits)
    scores: tuple = ()
    layers: tuple = ()
    lineage: tuple = ()
    population: tuple = ()
    tried: frozenset = frozenset()
    n_rounds: int = 0

    @classmethod
    def begun(cls, conditions, seed, initial, population_size, replaces):
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
        return cls(conditions, seed, tuple(founders), replaces)

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

    def founded(self, fits, scores):
        """Return the generations with the first population, whose individuals may be alike."""
        distinct = self.distinct_founders()
        places = {content_key(layers): row for row, layers in enumerate(distinct, start=len(self.layers))}
        return replace(
            self,
            fits=fits,
            scores=tuple(scores),
            layers=self.layers + distinct,
            lineage=self.lineage + ((0, NO_PARENT, True),) * len(distinct),
            population=tuple(places[content_key(layers)] for layers in self.founders),
            tried=frozenset(places),
        )

    def distinct_founders(self):
        """Return the first population without repeats."""
        return tuple({content_key(layers): layers for layers in self.founders}.values())

    def summary(self):
        """Say what the last round changed."""
        accepted = [accepted for origin, _, accepted in self.lineage if origin == self.n_rounds]
        return f"Round {self.n_rounds}: {sum(accepted)} of {len(accepted)} new architectures accepted"

    def best(self):
        """Return the row of the best individual."""
        return max(self.population, key=lambda row: self.scores[row])

    def children(self, mutation):
        """Return new lists of layers: one for each parent whose mutation gives one."""
        tried, children = set(self.tried), []
        for i, place in enumerate(_PARENTS[self.replaces](self._scores_of_population())):
            rng, parent = np.random.RandomState([self.seed, self.n_rounds + 1, i]), self.population[place]
            for _ in range(N_TRIES):
                layers = checked_layers(mutation(self.layers[parent], rng), f"mutation({self.layers[parent]})")
                if content_key(layers) not in tried:
                    tried.add(content_key(layers))
                    children.append(Child(layers, place, parent))
                    break
        return children

    def childless(self, children=()):
        """Return the generations with one more round, of which no child has a row."""
        tried = self.tried | {content_key(child.layers) for child in children}
        return replace(self, tried=tried, n_rounds=self.n_rounds + 1)

    def after(self, children, fits, scores):
        """Return the generations with one more round.

        Parameters
        ----------
        children : list of Child
        fits : Fits
        scores : ndarray
            Of all rows so far, those of the children at the end.
        """
        rows = range(len(self.layers), len(self.layers) + len(children))
        population = list(self.population)
        for row in sorted(rows, key=lambda row: -scores[row]):
            place = _REPLACED[self.replaces](children[row - rows.start].place, [scores[one] for one in population])
            if scores[row] > scores[population[place]]:
                population[place] = row
        born = tuple(
            (self.n_rounds + 1, child.parent, row in population) for row, child in zip(rows, children, strict=True)
        )
        return replace(
            self.childless(children),
            fits=fits,
            scores=tuple(scores),
            layers=self.layers + tuple(child.layers for child in children),
            lineage=self.lineage + born,
            population=tuple(population),
        )

    def _scores_of_population(self):
        """Return the score of each individual."""
        return np.array([self.scores[row] for row in self.population])


def _better_half(scores):
    """Return the places of the better half, twice: as many as individuals."""
    best_first = np.argsort(-scores, kind="stable")
    return np.resize(best_first[: (len(scores) + 1) // 2], len(scores))


#: From the scores of the population to the places of those that have a child.
_PARENTS = {"parent": lambda scores: range(len(scores)), "worst": _better_half}
#: From the place of the parent and the scores of the population to the place that a child may take.
_REPLACED = {"parent": lambda place, scores: place, "worst": lambda place, scores: int(np.argmin(scores))}
#: Whom a better child may replace.
REPLACES = set(_PARENTS)
