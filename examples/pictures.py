"""
Pictures of a model
===================

What scikit-learn calls displays: where samples lie, what the decoder knows, what it gives back, how it learned. With a
folder as argument the pictures go there: ``python examples/pictures.py docs/images``.
"""

import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.decomposition import PCA
from sklearn.feature_selection import VarianceThreshold
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from skvae import VAETransformer
from skvae.model_selection import EvolutionarySearchCV, compare_transformers
from skvae.plot import (
    ComparisonDisplay,
    LatentGridDisplay,
    LatentSpaceDisplay,
    LoadingsDisplay,
    LossCurveDisplay,
    ReconstructionDisplay,
    SearchDisplay,
    TraversalDisplay,
)

folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")


def save(display, name):
    """Write a picture with at most 256 colours, which makes the file small, and say where it is."""
    path, drawn = folder / f"display-{name}.png", BytesIO()
    display.figure_.savefig(drawn, dpi=85)
    Image.open(drawn).convert("RGB").quantize(kmeans=2, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")


# Images: handwritten digits, without the pixels that are white in all of them.
digits, labels = load_digits(return_X_y=True)
train, test, train_labels, test_labels = train_test_split(digits, labels, random_state=0, stratify=labels)


def model_of(**params):
    """Make a pipeline that takes images and gives them back whole."""
    return make_pipeline(VarianceThreshold(), MinMaxScaler(), VAETransformer(random_state=0, **params))


vae = model_of().fit(train)
save(LatentSpaceDisplay.from_estimator(vae, test, test_labels), "latent-space")
save(LatentSpaceDisplay.from_estimator(vae, test, test_labels, image_shape=(8, 8)), "latent-space-images")
save(LatentGridDisplay.from_estimator(vae, image_shape=(8, 8)), "latent-grid")
save(TraversalDisplay.from_estimator(vae, train, 0, n_steps=9, image_shape=(8, 8)), "traversal")

models = {"PCA": PCA(2), "VAE": model_of()}
comparison = compare_transformers(models, digits, labels, n_repeats=3, random_state=0)
save(ComparisonDisplay.from_comparison(comparison), "comparison")

large = model_of(n_components=10).fit(train)
save(ReconstructionDisplay.from_estimator(large, test, image_shape=(8, 8)), "reconstruction")

starts = {"start at PCA": "pca", "random start": "random"}
trained = {name: model_of(n_components=10, early_stopping=True, init=init).fit(train) for name, init in starts.items()}
save(LossCurveDisplay.from_estimators(trained), "loss-curve")

# A table: cell nuclei of tumours.
data = load_breast_cancer(as_frame=True)
nuclei, tumours = data.data, data.target_names[data.target]
model = make_pipeline(StandardScaler(), VAETransformer(2, random_state=0)).fit(nuclei)
few = nuclei.iloc[::4]
save(LatentSpaceDisplay.from_estimator(model, few, tumours[::4], n_std=2), "latent-space-posterior")
save(LatentSpaceDisplay.from_estimator(model, nuclei, color_by="mean concavity"), "latent-space-feature")
save(LatentGridDisplay.from_estimator(model, feature="mean concavity", X=nuclei), "latent-grid-feature")
save(ReconstructionDisplay.from_estimator(model, nuclei), "reconstruction-features")
save(LoadingsDisplay.from_estimator(model, nuclei), "loadings")
save(TraversalDisplay.from_estimator(model, nuclei, 1), "traversal-features")

short = make_pipeline(StandardScaler(), VAETransformer(2, epochs=40, random_state=0))
search = EvolutionarySearchCV(short, population_size=4, n_rounds=4, baseline=PCA(2), cv=2, random_state=0).fit(nuclei)
save(SearchDisplay.from_estimator(search), "search")
save(SearchDisplay.from_estimator(search, against="units"), "search-units")
