"""What all tables of compliance share."""

from sqlmodel import SQLModel

from services.kit.tables import metadata_of


class Base(SQLModel):
    """A table of compliance."""

    metadata = metadata_of("compliance")
