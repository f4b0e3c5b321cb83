"""How Sphinx builds these pages."""

from flake8_django_migrations import __version__

project = "flake8-djm"
author = copyright = "The flake8-djm authors"
release = version = __version__

extensions = ["myst_parser"]
exclude_patterns = ["_build"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"flake8-djm {release}"
