"""Callbacks of scikit-learn that watch a training: ``VAETransformer().set_callbacks(TensorBoard("logs"))``."""

import os
import re
import time

__all__ = ["TensorBoard"]


class TensorBoard:
    """Write what `history_` tells of each epoch, for TensorBoard to draw.

    Each fit, and each of several starts (`n_init`), has a folder of its own below `log_dir`: the time at which the
    outermost fit began, its estimator and eight random digits, and then the way down, such as
    ``20260131-120000-GridSearchCV-1f0c9a2b/search-0/candidate-split-evaluation-3``. So fits one after the other, in a
    search or in parallel workers never share a file.

    The scalars are those of `history_` (``loss``, ``reconstruction``, ``kl``, ``val_loss``, ``seconds``), in float32
    as TensorBoard holds them; the step is the epoch, counted from 1. The result of the training is the same, bit by
    bit, with and without. For other measures of each epoch, such as a score, see
    :class:`sklearn.callback.ScoringMonitor`.

    Writing needs TensorFlow alone; looking, by ``tensorboard --logdir logs``, the extra ``tensorboard``.

    Parameters
    ----------
    log_dir : str or path-like
        Folder to write into, made if need be.

    Raises
    ------
    TypeError
        In `fit`, if it was set on an estimator that does not train by epochs, such as a pipeline or a search, which
        do not hand it down: set it on the step.
    OSError
        In `fit`, if the folder cannot be made.

    Examples
    --------
    >>> from skvae import VAETransformer
    >>> from skvae.callbacks import TensorBoard
    >>> vae = VAETransformer().set_callbacks(TensorBoard("logs"))
    """

    def __init__(self, log_dir):
        self.log_dir = log_dir
        # The open files of each fit by folder: clones share a callback, also in threads.
        self._files = {}

    def setup(self, estimator, context):
        """Prepare for a fit.

        Parameters
        ----------
        estimator : estimator
        context : CallbackContext
        """
        if not hasattr(estimator, "epochs"):
            raise TypeError(
                f"TensorBoard watches estimators that train by epochs, but was set on a {type(estimator).__name__}: "
                "set it on the step that trains, such as pipeline[-1].set_callbacks(TensorBoard(log_dir))."
            )
        os.makedirs(self.log_dir, exist_ok=True)
        self._files[context] = {}

    def teardown(self, estimator, context):
        """Close the files of a fit, however it ended.

        Parameters
        ----------
        estimator : estimator
        context : CallbackContext
        """
        for file in self._files.pop(context, {}).values():
            file.close()

    def on_fit_task_begin(self, estimator, context):
        """Do nothing: what is written is known at the end of an epoch.

        Parameters
        ----------
        estimator : estimator
        context : CallbackContext
        """

    def on_fit_task_end(self, estimator, context, *, fitted_estimator=None):
        """Write down an epoch.

        Parameters
        ----------
        estimator : estimator
        context : CallbackContext
        fitted_estimator : estimator or None
            The estimator as after this epoch; without one there is nothing to write.
        """
        if context.task_name == "epoch" and fitted_estimator is not None:
            history = fitted_estimator.history_
            self._file(context).write(len(history["loss"]), {name: values[-1] for name, values in history.items()})

    def _file(self, epoch):
        """Return the file of the fit, or the start, that an epoch belongs to."""
        *training, _ = path = _path_to(epoch)
        files = next(self._files[task] for task in path if task in self._files)
        folder = os.path.join(self.log_dir, *_folders(training))
        if folder not in files:
            files[folder] = _EventFile(folder)
        return files[folder]

    def __getstate__(self):
        """Leave open files behind: a copy in another process has fits of its own."""
        return {"log_dir": self.log_dir}

    def __setstate__(self, state):
        """Begin without any fit."""
        self.log_dir, self._files = state["log_dir"], {}


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
