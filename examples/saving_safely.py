"""
Saving safely
=============

A fitted pipeline in one file that holds no code: load it elsewhere, and see where new samples fall. A file from a
stranger can be refused, but cannot do anything.
"""

# %%
# Train on most of the wines, and save the whole pipeline: scaling and model belong together.
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

import skvae
from skvae import VAETransformer
from skvae.plot import LatentSpaceDisplay

data = load_wine(as_frame=True)
X, y = data.data, data.target_names[data.target]
train, new, y_train, y_new = train_test_split(X, y, test_size=0.2, random_state=0, stratify=y)
model = make_pipeline(StandardScaler(), VAETransformer(2, random_state=0)).fit(train)

folder = tempfile.TemporaryDirectory()
path = Path(folder.name, "wine.skvae")
skvae.save(model, path)
print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")

# %%
# What comes back gives the same codes, bit by bit, and needs no TensorFlow to do so.
again = skvae.load(path)
print("the same codes:", np.array_equal(again.transform(new), model.transform(new)))

# %%
# New wines (dark edges) among those of the training.
is_new = np.repeat([False, True], [len(train), len(new)])
LatentSpaceDisplay.from_estimator(again, pd.concat([train, new]), np.concatenate([y_train, y_new]), held_out=is_new)

# %%
# Unlike a pickle, the file says what it is without running anything. One changed byte is found.
damaged = bytearray(path.read_bytes())
damaged[-100] ^= 1
path.write_bytes(damaged)
try:
    skvae.load(path)
except skvae.ModelFileError as error:
    print(str(error).replace(folder.name, "..."))

# %%
# What the file cannot hold is refused when it is saved, with its name and place, and the old file stays.
try:
    skvae.save(make_pipeline(FunctionTransformer(lambda X: X**0.5), VAETransformer()), path)
except TypeError as error:
    print(error)
folder.cleanup()
