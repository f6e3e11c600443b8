"""One seed reaches every random part."""

from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline

from skvae import VAEImputer, VAETransformer
from skvae._seeds import seeded


def test_nested_parts_get_the_seed_and_nothing_else_changes():
    pipeline = make_pipeline(SimpleImputer(), VAEImputer(VAETransformer(3)), PCA(2, random_state=1))
    before = pipeline.get_params()
    after = seeded(pipeline, 7).get_params()
    seeds = {name: value for name, value in after.items() if name.endswith("random_state")}
    assert len(seeds) == 3
    assert set(seeds.values()) == {7}
    assert after["vaeimputer__estimator__n_components"] == before["vaeimputer__estimator__n_components"] == 3


def test_without_random_state_nothing_happens():
    imputer = SimpleImputer()
    assert seeded(imputer, 7) is imputer
