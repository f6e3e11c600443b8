"""
Images
======

Rows that are images, encoded by convolutions. Any network can stand on either side of the latent variables; here a
convolutional encoder and its mirror image are set beside the usual layers.
"""

# %%
# 1797 handwritten digits of 8 x 8 pixels, as probabilities of ink. The encoder has two convolutions and a layer of 16
# units; the decoder, where none is given, is the same turned round.
import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

from skvae import VAETransformer
from skvae.metrics import nearest_neighbor_accuracy
from skvae.networks import Conv
from skvae.plot import LatentGridDisplay, LatentSpaceDisplay, ReconstructionDisplay
from skvae.preprocessing import MaxNormalizer

X, y = load_digits(return_X_y=True)
train, test, y_train, y_test = train_test_split(X, y, random_state=0, stratify=y)
networks = {
    "convolutions": Conv((16, 32), hidden_layer_sizes=(16,), image_shape=(8, 8)),
    "dense layers": (120, 120, 16),
}
models = {}
for name, encoder in networks.items():
    vae = VAETransformer(2, encoder=encoder, likelihood="bernoulli", epochs=60, random_state=0)
    models[name] = model = make_pipeline(MaxNormalizer(scope="global", clip=True), vae).fit(train)
    accuracy = nearest_neighbor_accuracy(model.transform(train), y_train, model.transform(test), y_test)
    print(f"{name}: {model.score(test):.1f} nats, nearest neighbours tell {accuracy:.0%} of the digits")

# %%
# Such small images gain nothing from convolutions, which take longer to train. They are there for images whose patterns
# occur anywhere, which these centred digits do not have.
figure, axes = plt.subplots(1, 2, figsize=(10, 4.4), layout="constrained")
for ax, (name, model) in zip(axes, models.items(), strict=True):
    LatentSpaceDisplay.from_estimator(model, test, y_test, ax=ax)
    ax.set_title(name)

# %%
# What the decoder makes of the plane: each image stands at its code.
LatentGridDisplay.from_estimator(models["convolutions"], image_shape=(8, 8))

# %%
# Eight held-out digits, what two numbers keep of them, and the difference.
ReconstructionDisplay.from_estimator(models["convolutions"], test, image_shape=(8, 8))
