"""The networks of the sources: three pairs of networks on images, linear, stacked and denoising autoencoders.

``python benchmarks/sources.py architectures``, ``linear``, ``denoising``; each takes from a minute to about an hour on
2 cores. ``--quick`` only shows that it runs. The eight blobs are a study: ``skvae study pca_or_autoencoder``.
"""

import argparse
import warnings

import numpy as np
from measure import heading, machine, markdown, say
from real_data import FOLDER
from scipy.linalg import subspace_angles
from sklearn.datasets import load_breast_cancer
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skvae import AutoencoderTransformer, VAETransformer
from skvae.metrics import kmeans_silhouette_score, nearest_neighbor_accuracy
from skvae.networks import Conv, Recurrent
from skvae.noise import Dropout, Gaussian


def images(files, n_images=None):
    """Load images as rows of pixels from 0 to 1, and their classes, in an order that is not that of the classes."""
    loaded = [np.load(FOLDER / "images" / f"{file}.npz") for file in files]
    X, y = (np.concatenate([file[name] for file in loaded]) for name in "Xy")
    order = np.random.default_rng(0).permutation(len(X))[:n_images]
    return X[order].reshape(len(order), -1) / 255.0, y[order]


IMAGES = {"MNIST": ["mnist_train5k", "mnist_t10k_00000_06999"], "Fashion-MNIST": ["fashion_mnist_train_00000_29999"]}
#: The paper's networks: hidden layers of encoder and decoder.
ARCHITECTURES = {
    "FCNN_FCNN": {"encoder": (120, 120, 16), "decoder": (1.0,)},
    "FCNN_CNN": {"encoder": (120, 120, 16), "decoder": Conv((64, 32))},
    "CNN_CNN": {"encoder": Conv((32, 64), hidden_layer_sizes=(16,)), "decoder": Conv((64, 32))},
}


def architectures(quick, seeds):
    """The paper's three pairs: k-means silhouettes of the codes, and seconds."""
    rows = []
    for data, files in IMAGES.items():
        X, y = images(files, 500 if quick else 12_000)
        for name, networks in ARCHITECTURES.items():
            found = []
            for seed in seeds:
                vae = VAETransformer(
                    **networks,
                    likelihood="bernoulli",
                    init="random",
                    learning_rate=1e-3,
                    batch_size=128,
                    epochs=1 if quick else 10,
                    random_state=seed,
                ).fit(X)
                Z, seconds = vae.transform(X), vae.history_["seconds"].sum()
                accuracy = nearest_neighbor_accuracy(Z[::2], y[::2], Z[1::2], y[1::2], n_neighbors=5)
                silhouette = kmeans_silhouette_score(Z, n_clusters=10, random_state=seed)
                found.append((vae.history_["loss"][-1], silhouette, accuracy, seconds))
                say(f"{data} {name} {seed}: {found[-1]}")
            mean, spread = np.mean(found, axis=0), np.std(found, axis=0)
            rows.append((data, name, *(f"{m:.3g} ± {s:.2g}" for m, s in zip(mean, spread, strict=True))))
    return ("images", "networks", "loss", "k-means silhouette", "5-NN accuracy", "seconds"), rows


def linear(quick, seeds):
    """The lecture: a linear autoencoder finds the subspace of PCA, and what two components keep of the classes."""
    X, y = load_breast_cancer(return_X_y=True)
    X, rows = StandardScaler().fit_transform(X), []
    for seed in seeds:
        options = {"epochs": 1} if quick else {}
        net = AutoencoderTransformer(encoder=(), init="random", random_state=seed, **({"epochs": 300} | options)).fit(X)
        directions = net.inverse_transform(np.eye(2)) - net.inverse_transform(np.zeros((1, 2)))
        angle = np.degrees(subspace_angles(directions.T, PCA(2).fit(X).components_.T)).max()
        folds = StratifiedKFold(5, shuffle=True, random_state=seed)
        codes = {"none": None, "PCA": PCA(2), "VAE": VAETransformer(2, random_state=seed, **options)}
        found = [
            cross_val_score(make_pipeline(StandardScaler(), code, LogisticRegression()), X, y, cv=folds).mean()
            for code in codes.values()
        ]
        rows.append((str(seed), f"{angle:.2f}", *(f"{accuracy:.3f}" for accuracy in found)))
        say(" | ".join(rows[-1]))
    header = "seed", "largest angle (degrees)", "logistic regression on 30 features", "on 2 of PCA", "on 2 of a VAE"
    return header, rows


def denoising(quick, seeds):
    """The lecture: denoising, layer-wise pretraining, and neighbours among 100 labelled images."""
    X, y = images(IMAGES["Fashion-MNIST"], 1000 if quick else 12_000)
    n_train, epochs = len(X) * 5 // 6, 1 if quick else 20
    train, test = X[:n_train], X[n_train:]
    common = {"epochs": epochs, "batch_size": 128}
    deep = {"encoder": (100,), "activation": "selu", "loss": "binary_crossentropy"}
    sigmoid = {"encoder": (256,), "activation": "sigmoid", "init": "random", "learning_rate": 1e-3}
    models = {
        "PCA(30)": lambda seed: PCA(30, random_state=seed),
        "stacked, SELU": lambda seed: AutoencoderTransformer(30, **deep, **common, random_state=seed),
        "the same, Gaussian(0.2)": lambda seed: AutoencoderTransformer(
            30, **deep, **common, noise=Gaussian(0.2), random_state=seed
        ),
        "the same, Dropout(0.5)": lambda seed: AutoencoderTransformer(
            30, **deep, **common, noise=Dropout(0.5), random_state=seed
        ),
        "convolutional": lambda seed: AutoencoderTransformer(
            30, **deep | {"encoder": Conv((16, 32))}, **common, random_state=seed
        ),
        "recurrent": lambda seed: AutoencoderTransformer(
            30, encoder=Recurrent((100,)), loss="binary_crossentropy", **common, random_state=seed
        ),
        "784-256-128, sigmoid": lambda seed: AutoencoderTransformer(128, **sigmoid, **common, random_state=seed),
        "784-256-64-2, tanh": lambda seed: AutoencoderTransformer(
            encoder=(256, 64), activation="tanh", init="random", **common, random_state=seed
        ),
        "the same, layerwise": lambda seed: AutoencoderTransformer(
            encoder=(256, 64), activation="tanh", init="random", pretraining="layerwise", **common, random_state=seed
        ),
    }
    rows = []
    for name, make in models.items():
        found = []
        for seed in seeds:
            rng = np.random.default_rng(seed)
            noisy = np.clip(test + 0.2 * rng.standard_normal(test.shape), 0, 1)
            hidden = np.where(rng.random(test.shape) < 0.5, 0.0, test)
            model = make(seed).fit(train)
            clean = [
                np.mean(np.square(model.inverse_transform(model.transform(given)) - test))
                for given in (test, noisy, hidden)
            ]
            rounded = np.mean(np.rint(model.inverse_transform(model.transform(test))) == np.rint(test))
            labelled = rng.choice(n_train, 100, replace=False)
            codes = model.transform(train[labelled]), y[:n_train][labelled], model.transform(test), y[n_train:]
            pixels = train[labelled], y[:n_train][labelled], test, y[n_train:]
            found.append(
                (*clean, rounded, *(nearest_neighbor_accuracy(*given, n_neighbors=1) for given in (codes, pixels)))
            )
            say(f"{name} {seed}: {found[-1]}")
        mean, spread = np.mean(found, axis=0), np.std(found, axis=0)
        rows.append((name, *(f"{m:.4f} ± {s:.4f}" for m, s in zip(mean, spread, strict=True))))
    noise = 0.0, np.mean(np.square(noisy - test)), np.mean(np.square(hidden - test))
    rows.append(("(the input itself)", *(f"{value:.4f}" for value in noise), "", "", ""))
    header = (
        "model",
        "error, clean",
        "with noise 0.2",
        "half hidden",
        "rounded accuracy",
        "1-NN of 100 labels: codes",
        "pixels",
    )
    return header, rows


STUDIES = {"architectures": architectures, "linear": linear, "denoising": denoising}


def main():
    """Run one study, and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("study", choices=STUDIES)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", UserWarning)
    header, rows = STUDIES[arguments.study](arguments.quick, range(arguments.seeds))
    print(heading(machine()), markdown(header, rows), sep="\n\n")


if __name__ == "__main__":
    main()
