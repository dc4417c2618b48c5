"""Bring a database to this version's schema."""

from workspace.errors import StoreTooNew
from workspace.store import sql
from workspace.store.driver import Driver


def migrate(db: Driver) -> None:
    """Make a new database from schema.sql, or run the migrations an older one lacks.

    The views are made anew each time: they hold no data, and replacing one drops its comments.
    Raises StoreTooNew, and then has changed nothing.
    """
    latest = max(sql.migrations())
    with db.transaction():
        current = version(db)
        if current > latest:
            raise StoreTooNew(
                f"The database has schema {current}, this version knows {latest}. "
                "Upgrade the package, then start the hub again."
            )
        if current == 0:
            db.execute(sql.schema())
            for number in sql.migrations():
                db.execute(sql.query("migrations.applied"), [number])
        for number, text in sql.migrations().items():
            if 0 < current < number:
                db.execute(text)
                db.execute(sql.query("migrations.applied"), [number])
        for text in sql.views():
            db.execute(text)


def version(db: Driver) -> int:
    """The number of the newest migration in the database; 0 for an empty one."""
    if not db.execute(sql.query("migrations.exists")):
        return 0
    return int(db.execute(sql.query("migrations.version"))[0][0])
