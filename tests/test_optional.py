"""Optional packages."""

import math

import pytest

from skvae._optional import import_optional


def test_installed_package_is_returned():
    assert import_optional("math", extra="plot", purpose="Counting") is math


def test_missing_package_names_the_extra():
    with pytest.raises(ImportError, match=r"Drawing needs 'no_such'.*pip install 'skvae\[plot\]'"):
        import_optional("no_such.part", extra="plot", purpose="Drawing")
