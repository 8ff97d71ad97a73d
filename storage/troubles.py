"""What goes wrong with databases, said in one line that tells a person what to do."""

from bot.errors import StorageError

_DAMAGED = "is damaged or is no Attaché database; move it away and restore a backup, or give another with --database"
_READ_ONLY = "can't be written; make the file and its folder writable for you, or give another with --database"
_ADVICE = (
    ("database is locked", "is in use by another program that is writing; let it end or stop it, then try again"),
    ("database table is locked", "is in use by another program that is writing; let it end or stop it, then try again"),
    ("not a database", _DAMAGED),
    ("malformed", _DAMAGED),
    ("corrupt", _DAMAGED),
    ("readonly", _READ_ONLY),
    ("read-only", _READ_ONLY),
    ("unable to open", "can't be opened; check that its folder exists and that you may read and write it"),
    ("is full", "has no room: the disk is full; nothing was changed, free some space and try again"),
    ("disk i/o error", "can't be read or written (disk error); check the disk and its free space, then try again"),
    ("interrupted", "took too long for this search; ask with a name or a rarer word"),
    ("connect call failed", "is not reachable; start the database server or correct its address"),
    ("connection refused", "is not reachable; start the database server or correct its address"),
    ("name or service not known", "is not reachable: no such host; correct the address"),
    ("password authentication failed", "refused the user or password; correct them in the database URL"),
    ("does not exist", "lacks something it needs ({detail}); create the database or user first"),
    ("no such table", "is no Attaché database ({detail}); give another with --database"),
    ("already exists", "is no Attaché database ({detail}); give another with --database"),
    ("timeout", "is busy; try again in a moment"),
    ("connection is closed", "closed the connection; start the database server again, then try again"),
)


def told(place: str, error: BaseException) -> StorageError:
    """The ``StorageError`` for what a driver raised; ``place`` names the database without its secrets."""
    origin = getattr(error, "orig", None) or error
    detail = " ".join(str(origin).split("\n")[0].split())[:200] or type(origin).__name__
    known = f"{type(origin).__name__} {detail}".lower()
    for sign, advice in _ADVICE:
        if sign in known:
            return StorageError(f"{place} {advice.format(detail=detail)}")
    return StorageError(f"{place} can't be used: {detail}")
