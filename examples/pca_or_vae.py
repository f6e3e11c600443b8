"""
PCA or VAE?
===========

Both compress handwritten digits to two numbers; held-out digits judge.
"""

from pathlib import Path

from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from skvae import VAETransformer
from skvae.model_selection import compare_transformers
from skvae.plot import ComparisonDisplay

X, y = load_digits(return_X_y=True)
models = {"PCA": PCA(2), "VAE": VAETransformer(2)}
comparison = compare_transformers(models, X, y, n_repeats=3, random_state=0)
print(comparison)

figure = Figure(figsize=(10, 4.3), layout="constrained")
ComparisonDisplay(comparison.codes, y, held_out=comparison.held_out).plot(figure.subplots(1, 2))
figure.savefig("skvae-example-digits.png", dpi=150)
print("Picture:", Path("skvae-example-digits.png").resolve().name)
