"""Importing spreadsheets of producers and lots, and giving the same sheets out again."""

from services.catalog.actions.imports.carrying import carry_import
from services.catalog.actions.imports.exports import export_sheets
from services.catalog.actions.imports.jobs import (
    forget_files,
    read_faults_file,
    run_import,
    start_import,
    template_of,
)

__all__ = [
    "carry_import",
    "export_sheets",
    "forget_files",
    "read_faults_file",
    "run_import",
    "start_import",
    "template_of",
]
