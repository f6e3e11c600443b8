"""
Denoising
=========

An autoencoder that sees spoiled images in training, and is to give back the clean ones, learns to clean images that it
has never seen.
"""

# %%
# Noise is a parameter: normal noise, or values that are hidden. ``noise=None`` is the plain autoencoder.
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.feature_selection import VarianceThreshold
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

from skvae import AutoencoderTransformer
from skvae.metrics import reconstruction_error
from skvae.noise import Gaussian
from skvae.plot import ReconstructionDisplay

X, _ = load_digits(return_X_y=True)
train, test = train_test_split(X / 16, random_state=0)
noisy = test + 0.3 * np.random.default_rng(0).normal(size=test.shape)

kinds = {
    "PCA": PCA(16),
    "autoencoder": AutoencoderTransformer(16, epochs=100, random_state=0),
    "trained with noise 0.3": AutoencoderTransformer(16, noise=Gaussian(0.3), epochs=100, random_state=0),
}
models = {name: make_pipeline(VarianceThreshold(), kind) for name, kind in kinds.items()}
for name, model in models.items():
    model.fit(train)
    clean, spoiled = (model.inverse_transform(model.transform(images)) for images in (test, noisy))
    errors = reconstruction_error(test, clean), reconstruction_error(test, spoiled)
    print(f"{name:22} error on clean images {errors[0]:.4f}, on noisy ones {errors[1]:.4f}")
print(f"{'left as they are':22} error on clean images 0.0000, on noisy ones {reconstruction_error(test, noisy):.4f}")

# %%
# Held-out digits, what the model sees of them, what it makes of that, and what remains. Cleaning has a price: on clean
# images the plain autoencoder is better, and so is PCA.
ReconstructionDisplay.from_estimator(models["trained with noise 0.3"], test, X_noisy=noisy, image_shape=(8, 8))

# %%
# How much noise to train with? About as much as there is: below 0.15 the models without noise are better, above it the
# one with noise is, by far.
levels = np.linspace(0, 0.6, 7)
rng = np.random.default_rng(1)
figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
for name, model in models.items():
    errors = []
    for level in levels:
        spoiled = test + level * rng.normal(size=test.shape)
        errors.append(reconstruction_error(test, model.inverse_transform(model.transform(spoiled))))
    ax.plot(levels, errors, "o-", label=name)
ax.set(xlabel="noise of the images (ink is 0 to 1)", ylabel="mean squared error", ylim=(0, None))
ax.legend()
