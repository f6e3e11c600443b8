"""A report in one sentence, and in a few figures."""

from skvae._names import latent_names
from skvae.reporting._inputs import last_step
from skvae.reporting._words import count


def verdict(findings):
    """Say in one sentence what was found, no more than the comparison says."""
    name, n_latent = findings.subject, _n_latent(findings)
    size = count(n_latent, "latent variable")
    if findings.data is None:
        return f"{name} has {size}; without data, how well they describe any is unknown."
    words = {} if findings.comparison is None else _words(findings.comparison)
    if not words:
        features = count(len(findings.data.features), "feature")
        rival = next((f"{other} on held-out rows" for other in findings.models if other != name), "another model")
        return f"{name} describes {features} by {size}; it was not compared with {rival}."
    return f"With {size}, {_tally(name, findings, words)}"


def facts(findings):
    """List the figures that a reader wants first.

    Returns
    -------
    facts : list of (str, str)
        What it is, and the figure.
    """
    found = []
    if findings.data is not None:
        found += [("rows", f"{len(findings.data.samples):,}"), ("features", f"{len(findings.data.features):,}")]
    elif hasattr(findings.models[findings.subject], "n_features_in_"):
        found.append(("features", f"{findings.models[findings.subject].n_features_in_:,}"))
    found.append(("latent variables", str(_n_latent(findings))))
    if findings.data is not None and findings.data.labels is not None:
        found.append((f"labels ({findings.data.label_name})", f"{len(set(findings.data.labels.tolist())):,}"))
    if findings.comparison is not None:
        found.append(("random splits", str(findings.comparison.runs["split"].nunique())))
    return found


def _n_latent(findings):
    """Count the latent variables."""
    if findings.data is not None:
        return findings.codes[findings.subject].shape[1]
    model = findings.models[findings.subject]
    return len(latent_names(model) or ()) or getattr(last_step(model), "n_components", 0)


def _words(comparison):
    """Map the measures to how the last model is judged in them, but for those that it has not."""
    return {} if comparison.judgements.empty else comparison.judgements.iloc[:, -1].dropna().to_dict()


def _tally(name, findings, words):
    """Count in how many measures the model is better and worse."""
    first = findings.comparison.table.index[0]
    better, worse = (_headings(findings, words, word) for word in ("better", "worse"))
    same, n_others, without = (
        sum(said == word for said in words.values()) for word in ("the same", "no evidence", "no verdict")
    )
    sentence = f"{name} is better than {first} in {_listed(better)} of {count(len(words), 'measure')}"
    sentence += f", and worse in {_listed(worse)}"
    if same:
        sentence += f"; the same in {same}"
    if n_others:
        which = "all" if n_others == len(words) else "the other" if not without else ""
        sentence += f"; for {f'{which} {n_others}'.strip()} there is no evidence of either"
    if without:
        sentence += f"; on {without} there is no verdict"
    return f"{sentence}."


def _headings(findings, words, word):
    """Name the measures of which the verdict says a word."""
    measures = findings.comparison.measures
    return [measures[name].heading.removesuffix(" (nats)") for name, said in words.items() if said == word]


def _listed(headings):
    """Count and name measures."""
    return f"{len(headings)} ({', '.join(headings)})" if headings else "none"
