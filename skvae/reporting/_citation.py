"""How to cite: the one place for what stands in CITATION.cff, which is no part of an installed package."""

from skvae import __version__

SOFTWARE = {
    "authors": "The skvae developers",
    "title": "skvae: variational autoencoders as scikit-learn estimators",
    "version": __version__,
    "license": "BSD-3-Clause",
}
#: By what uses them.
PAPERS = {
    "VAE": [
        "D. P. Kingma, M. Welling (2014). Auto-encoding variational Bayes. International Conference on Learning "
        "Representations."
    ],
    "PCA": [
        "M. E. Tipping, C. M. Bishop (1999). Probabilistic principal component analysis. Journal of the Royal "
        "Statistical Society B 61, 611-622."
    ],
    "comparison": [
        "C. Nadeau, Y. Bengio (2003). Inference for the generalization error. Machine Learning 52, 239-281. "
        "(Intervals.)",
        "J. Venna, S. Kaski (2001). Neighborhood preservation in nonlinear projection methods. International "
        "Conference on Artificial Neural Networks, 485-491. (Trustworthiness.)",
        "P. J. Rousseeuw (1987). Silhouettes: a graphical aid to the interpretation and validation of cluster "
        "analysis. Journal of Computational and Applied Mathematics 20, 53-65.",
        "L. Hubert, P. Arabie (1985). Comparing partitions. Journal of Classification 2, 193-218. (Adjusted Rand "
        "index.)",
    ],
    "software": [
        "F. Pedregosa et al. (2011). Scikit-learn: machine learning in Python. Journal of Machine Learning Research "
        "12, 2825-2830.",
        "M. Abadi et al. (2016). TensorFlow: a system for large-scale machine learning. USENIX Symposium on Operating "
        "Systems Design and Implementation, 265-283.",
        "F. Chollet et al. (2015). Keras. https://keras.io",
    ],
}
