"""
From proteinGroups.txt to a report
==================================

A table of protein groups as MaxQuant writes it, and a second one with the groups of the samples: read, look, compare,
save, report.
"""

# %%
# The two files are made up here: 40 samples, 500 proteins, values that go missing where they are low, decoys and
# contaminants. With your own, start at the next cell. Decoys, contaminants and what was identified by a site only are
# left out, LFQ intensities are chosen, zeros are missing values, and ``log2`` is asked for, because intensities range
# over many powers of ten.
import logging
import tempfile
from pathlib import Path

from sklearn.decomposition import PCA
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import skvae
from skvae import VAETransformer
from skvae.datasets import make_protein_groups, read_proteins
from skvae.metrics import centroid_distance_test, nearest_neighbor_accuracy
from skvae.model_selection import compare_transformers
from skvae.plot import LatentSpaceDisplay
from skvae.preprocessing import MeanImputer

logging.getLogger("skvae").setLevel(logging.WARNING)
home = tempfile.TemporaryDirectory()
folder = Path(home.name)
table, annotation = make_protein_groups(folder, random_state=0)

X, y = read_proteins(table, log2=True, metadata=annotation, target="group")
print(X.shape, f"{X.isna().mean().mean():.0%} missing;", X.attrs["left_out"])

# %%
# Proteins that few samples have say little, and may be constant in a split of the rows: keep those of at least half
# of the samples.
X = X.loc[:, X.notna().mean() >= 0.5]
print(X.shape, f"{X.isna().mean().mean():.0%} missing")

# %%
# A quarter of the samples is held out. Means and scales come from the others alone, as all steps are in the pipeline;
# ``missing="mask"`` leaves missing values out of the likelihood instead of filling them.
train, test, y_train, y_test = train_test_split(X, y, test_size=0.25, stratify=y, random_state=0)
model = make_pipeline(StandardScaler(), VAETransformer(2, missing="mask", random_state=0))
Z_train = model.set_output(transform="pandas").fit_transform(train)
Z_test = model.transform(test)
LatentSpaceDisplay.from_estimator(model, X, y, held_out=X.index.isin(test.index), n_std=1)

# %%
# The held-out samples (dark edges) fall among their own kind; the ellipses, one standard deviation of the posterior,
# say how sure the model is of each place. Are the groups apart beyond chance? Labels permuted among the held-out
# codes say how far groups of this size are apart by accident.
print("neighbours among the training samples tell", nearest_neighbor_accuracy(Z_train, y_train, Z_test, y_test))
print(centroid_distance_test(Z_test, y_test, random_state=0))

# %%
# Is that more than PCA would have told? Both models get the same steps before and the same splits. This table was
# made up as a line between two groups plus noise, which PCA can describe: the groups are as far apart in its plane as
# in that of the VAE, and it reconstructs better. What the VAE has is the better likelihood: its noise variance allows
# for what was learned by heart.
models = {
    "PCA": make_pipeline(MeanImputer(), StandardScaler(), PCA(2)),
    "VAE": make_pipeline(MeanImputer(), StandardScaler(), VAETransformer(2)),
}
comparison = compare_transformers(models, X, y, random_state=0)
print(comparison.verdict)
comparison.plot()

# %%
# The whole pipeline goes into one file that holds no code. A report fits PCA and VAE to the table and puts the
# comparison, the planes, what the latent variables mean and how stable they are into one page that can be mailed.
# (``n_repeats`` and ``n_refits`` are small here to be quick.)
skvae.save(model, folder / "model.skvae")
report = skvae.report(X, y, path=folder / "report.html", n_repeats=2, n_refits=2, random_state=0)
for path in sorted(folder.iterdir()):
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")

# %%
# The command does the same without Python: ``skvae compare proteinGroups.txt --transform log2 --metadata
# annotation.csv --target group``, and ``fit``, ``transform`` and ``report`` in its place.
