"""What an estimator tells TensorBoard."""

import os
import re
import time
from numbers import Integral

import numpy as np

from skvae._compat import InvalidParameterError
from skvae.callbacks._embedding import Samples, number_of_rows


class TensorBoard:
    """Write what `history_` tells of each epoch, and the latent space at the end, for TensorBoard to draw.

    Each fit, and each of several starts (`n_init`), has a folder of its own below `log_dir`: the time at which the
    outermost fit began, its estimator and eight random digits, and then the way down, such as
    ``20260131-120000-GridSearchCV-1f0c9a2b/search-0/candidate-split-evaluation-3``. So fits one after the other, in a
    search or in parallel workers never share a file.

    The scalars are those of `history_` (``loss``, ``reconstruction``, ``kl``, ``val_loss``, ``seconds``), in float32
    as TensorBoard holds them; the step is the epoch, counted from 1. The result of the training is the same, bit by
    bit, with and without. For other measures of each epoch, such as a score, see
    :class:`sklearn.callback.ScoringMonitor`.

    When the fit ends, the latent variables of its rows follow, for the tab Projector: with the labels `y`, if `fit` got
    one for each row, and the names of the rows, those of a data frame or their numbers.

    Writing needs TensorFlow alone; looking, by ``tensorboard --logdir logs``, the extra ``tensorboard``.

    Parameters
    ----------
    log_dir : str or path-like
        Folder to write into, made if need be.
    n_embedded : int, default=2000
        How many rows the Projector gets at most, evenly spaced over the table; 0 writes none.

    Raises
    ------
    InvalidParameterError
        In `fit`, if `n_embedded` is no int, or below 0.
    TypeError
        In `fit`, if it was set on an estimator that does not train by epochs, such as a pipeline or a search, which
        do not hand it down: set it on the step.
    OSError
        In `fit`, if the folder cannot be made.
    ValueError
        In `fit`, before the training, if `y` has another number of labels than there are rows.

    See Also
    --------
    sklearn.callback.ScoringMonitor : Scores of each epoch.
    skvae.plot.LossCurveDisplay : The history in a picture, after the fit.

    Examples
    --------
    >>> from skvae import VAETransformer
    >>> from skvae.callbacks import TensorBoard
    >>> vae = VAETransformer().set_callbacks(TensorBoard("logs"))
    """

    def __init__(self, log_dir, *, n_embedded=2000):
        self.log_dir = log_dir
        self.n_embedded = n_embedded
        # The open files of each fit by folder: clones share a callback, also in threads.
        self._files = {}

    def setup(self, estimator, context):
        """Prepare for a fit.

        Parameters
        ----------
        estimator : estimator
            What is fitted.
        context : CallbackContext
            The task that begins or ends.
        """
        if not hasattr(estimator, "epochs"):
            raise TypeError(
                f"TensorBoard watches estimators that train by epochs, but was set on a {type(estimator).__name__}: "
                "set it on the step that trains, such as pipeline[-1].set_callbacks(TensorBoard(log_dir))."
            )
        if not isinstance(self.n_embedded, Integral) or isinstance(self.n_embedded, bool) or self.n_embedded < 0:
            raise InvalidParameterError(
                f"The 'n_embedded' of TensorBoard must be an int of at least 0. Got {self.n_embedded!r} instead."
            )
        os.makedirs(self.log_dir, exist_ok=True)
        self._files[context] = {}

    def teardown(self, estimator, context):
        """Close the files of a fit, however it ended.

        Parameters
        ----------
        estimator : estimator
            What is fitted.
        context : CallbackContext
            The task that begins or ends.
        """
        for file in self._files.pop(context, {}).values():
            file.close()

    def on_fit_task_begin(self, estimator, context, *, X=None, y=None):
        """Refuse labels that do not suit the rows: at the end of a training it would be lost.

        Parameters
        ----------
        estimator : estimator
            What is fitted.
        context : CallbackContext
            The task that begins or ends.
        X : array-like of shape (n_samples, n_features)
            Table of the fit.
        y : array-like
            Labels, or `X` itself without any.
        """
        if self._embeds(context) and number_of_rows(X) is not None:
            Samples.of(X, y, self.n_embedded)

    def on_fit_task_end(self, estimator, context, *, X=None, y=None, fitted_estimator=None):
        """Write down an epoch, or the latent variables at the end of a fit.

        Parameters
        ----------
        estimator : estimator
            What is fitted.
        context : CallbackContext
            The task that begins or ends.
        X : array-like of shape (n_samples, n_features)
            Table of the fit.
        y : array-like
            Labels, or `X` itself without any.
        fitted_estimator : estimator or None
            The estimator as after this epoch or fit; without one there is nothing to write.
        """
        if fitted_estimator is None:
            return
        if context.task_name == "epoch":
            history = fitted_estimator.history_
            self._file(context).write(len(history["loss"]), {name: values[-1] for name, values in history.items()})
        elif X is not None and self._embeds(context):
            samples = Samples.of(X, y, self.n_embedded)
            codes = np.asarray(fitted_estimator.transform(samples.taken_from(X)))
            samples.write(self._opened(self._files[context], _path_to(context)), codes)

    def _embeds(self, context):
        """Tell whether a task is a whole fit, of which the Projector is to get something."""
        return context in self._files and self.n_embedded > 0

    def _file(self, epoch):
        """Return the file of the fit, or the start, that an epoch belongs to."""
        *training, _ = path = _path_to(epoch)
        files = next(self._files[task] for task in path if task in self._files)
        return files[self._opened(files, training)]

    def _opened(self, files, path):
        """Open the file of a task, by which TensorBoard finds its folder, unless it is open; return the folder."""
        folder = os.path.join(self.log_dir, *_folders(path))
        if folder not in files:
            files[folder] = _EventFile(folder)
        return folder

    def __getstate__(self):
        """Leave open files behind: a copy in another process has fits of its own."""
        return {"log_dir": self.log_dir, "n_embedded": self.n_embedded}

    def __setstate__(self, state):
        """Begin without any fit."""
        vars(self).update(state, _files={})


class _EventFile:
    """A file that TensorBoard reads: events, as records of TensorFlow.

    `tf.summary` would write the same, but needs the package tensorboard for it and 200 times as long.
    """

    def __init__(self, folder):
        import tensorflow as tf  # which has trained an epoch by now

        os.makedirs(folder, exist_ok=True)
        self._of_v1 = tf.compat.v1
        self._records = tf.io.TFRecordWriter(os.path.join(folder, f"events.out.tfevents.{int(time.time())}"))
        self._add(file_version="brain.Event:2")

    def write(self, step, scalars):
        """Write scalars by name."""
        values = [self._of_v1.Summary.Value(tag=name, simple_value=value) for name, value in scalars.items()]
        self._add(step=step, summary=self._of_v1.Summary(value=values))

    def _add(self, **event):
        """Write an event, to be seen at once."""
        self._records.write(self._of_v1.Event(wall_time=time.time(), **event).SerializeToString())
        self._records.flush()

    def close(self):
        """Close the file."""
        self._records.close()


def _path_to(context):
    """List the tasks from the outermost fit down to this one."""
    return [context] if context.parent is None else [*_path_to(context.parent), context]


def _folders(path):
    """Name a folder for each task on a path."""
    root, *inner = path
    began = root.init_time.astimezone().strftime("%Y%m%d-%H%M%S")
    names = [f"{began}-{root.estimator_name}-{root.root_uuid.hex[:8]}"]
    names += [f"{task.source_task_name or task.task_name}-{task.task_id}" for task in inner]
    return [re.sub(r"[^\w.-]", "_", name) for name in names]  # steps of a pipeline may bear any name
