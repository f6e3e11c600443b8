"""
Pictures of a model
===================

What scikit-learn calls displays: where samples lie, what the decoder knows, what it gives back, how it learned. With a
folder as argument the pictures go there: ``python examples/pictures.py docs/images``.
"""

import sys
from pathlib import Path

from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.feature_selection import VarianceThreshold
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from skvae import VAETransformer
from skvae.plot import (
    LatentGridDisplay,
    LatentSpaceDisplay,
    LoadingsDisplay,
    LossCurveDisplay,
    ReconstructionDisplay,
    TraversalDisplay,
)

folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")


def save(display, name):
    """Write a picture, and say where it is."""
    path = folder / f"display-{name}.png"
    display.figure_.savefig(path, dpi=90)
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")


# Images: handwritten digits, without the pixels that are white in all of them.
digits, labels = load_digits(return_X_y=True)
train, test, train_labels, test_labels = train_test_split(digits, labels, random_state=0, stratify=labels)


def model_of(**params):
    """Make a pipeline that takes images and gives them back whole."""
    return make_pipeline(VarianceThreshold(), MinMaxScaler(), VAETransformer(random_state=0, **params))


vae = model_of().fit(train)
save(LatentSpaceDisplay.from_estimator(vae, test, test_labels), "latent-space")
save(LatentGridDisplay.from_estimator(vae, image_shape=(8, 8)), "latent-grid")
save(TraversalDisplay.from_estimator(vae, train, 0, n_steps=9, image_shape=(8, 8)), "traversal")

large = model_of(n_components=10).fit(train)
save(ReconstructionDisplay.from_estimator(large, test, image_shape=(8, 8)), "reconstruction")

judged = {"start at PCA": model_of(early_stopping=True), "random start": model_of(early_stopping=True, init="random")}
for model in judged.values():
    model.fit(train)
save(LossCurveDisplay.from_estimators(judged), "loss-curve")

# A table: cell nuclei of tumours.
nuclei = load_breast_cancer(as_frame=True).data
model = make_pipeline(StandardScaler(), VAETransformer(2, random_state=0)).fit(nuclei)
save(LatentGridDisplay.from_estimator(model, feature="mean concavity", X=nuclei), "latent-grid-feature")
save(ReconstructionDisplay.from_estimator(model, nuclei), "reconstruction-features")
save(LoadingsDisplay.from_estimator(model, nuclei), "loadings")
save(TraversalDisplay.from_estimator(model, nuclei, 1), "traversal-features")
