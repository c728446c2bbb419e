"""Importing spreadsheets of producers and lots, and giving the same sheets out again."""

from services.catalog.actions.imports.carrying import carry_import
from services.catalog.actions.imports.exports import carry_export, forget_exports, read_export, start_export
from services.catalog.actions.imports.jobs import (
    forget_files,
    read_faults_file,
    run_import,
    start_import,
    template_of,
)

__all__ = [
    "carry_export",
    "carry_import",
    "forget_exports",
    "forget_files",
    "read_export",
    "read_faults_file",
    "run_import",
    "start_export",
    "start_import",
    "template_of",
]
