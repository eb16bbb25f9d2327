"""Static files under names that hold a digest of their content: kept for ever."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Also what one script imports from another has the hashed name."""

    support_js_module_import_aggregation = True
