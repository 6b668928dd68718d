"""The MetaDB: connecting to it, and its state as start-up and init need to know it."""
import re
from contextlib import contextmanager

import pymysql

from . import image

# What a database that is not there, or not yet filled, answers.
NO_DATABASE, NO_TABLE = 1049, 1146

HINTS = {
    1044: "the MetaDB user lacks a privilege on this database",
    1045: "the MetaDB refuses the user name or the password (oms_meta_user, oms_meta_password)",
    1142: "the MetaDB user lacks a privilege on this table",
    1227: "the MetaDB user lacks a privilege",
    1366: "the MetaDB cannot store this text: is its character set utf8mb4?",
    2003: "the MetaDB cannot be reached (oms_meta_host, oms_meta_port, network, is it running?)",
    2013: "the MetaDB does not answer or closed the connection",
}


class MetaDBError(Exception):
    def __init__(self, message, unreachable=False):
        super().__init__(message)
        self.unreachable = unreachable


def describe(error):
    code = error.args[0] if error.args else 0
    return f"{HINTS[code]}: {error}" if code in HINTS else f"MetaDB error: {error}"


@contextmanager
def connect(host, port, user, password, database=None):
    """A connection with `query`; every failure is a MetaDBError that says what to look at."""
    try:
        try:
            # utf8 and not utf8mb4, as the vendor's init does.
            link = pymysql.connect(host=host, port=int(port), user=user, password=password, database=database,
                                   charset="utf8", autocommit=True, connect_timeout=3, read_timeout=8,
                                   write_timeout=8, cursorclass=pymysql.cursors.DictCursor)
        except KeyError as e:   # how pymysql meets a collation that it does not know
            raise MetaDBError(f"the MetaDB's collation is not known to this client: {e}") from e
        try:
            yield link
        finally:
            link.close()
    except pymysql.err.Error as e:
        code = e.args[0] if e.args else 0
        raise MetaDBError(describe(e), code in (0, 1040, 2003, 2006, 2013)) from e
    except OSError as e:
        raise MetaDBError(f"{HINTS[2003]}: {e}", unreachable=True) from e


def from_config(conf, database=None):
    return connect(conf["oms_meta_host"], conf["oms_meta_port"], conf["oms_meta_user"],
                   conf["oms_meta_password"], database)


def from_properties(props, key="jdbc.url"):
    host, port, database = re.fullmatch(r"jdbc:mysql://(.+):(\d+)/(.+)", props[key]).groups()
    return connect(host, port, props["jdbc.user"], props["jdbc.password"], database)


def query(link, sql, *args):
    with link.cursor() as cursor:
        cursor.execute(sql, args or None)
        return cursor.fetchall()


def query_if_there(link, sql, *args):
    try:
        return query(link, sql, *args)
    except pymysql.err.Error as e:
        if e.args and e.args[0] in (NO_DATABASE, NO_TABLE):
            return []
        raise


def version(link, rm):
    """The OMS version that the MetaDB is of; None for none or one from before that was noted."""
    rows = query_if_there(link, f"SELECT version FROM `{rm}`.oms_version")
    return max((row["version"] for row in rows), key=image.numbers, default=None)


def region_row(link, rm, location):
    rows = query_if_there(link, f"SELECT * FROM `{rm}`.cluster_info WHERE code = %s", location)
    return rows[0] if rows else None


def why_not(link, conf, upgrade):
    """Why this image must not work on this MetaDB; None if it may."""
    rm = conf["drc_rm_db"]
    there, own = version(link, rm), image.VERSION
    if upgrade:
        if image.numbers(there) < (4, 1, 1):
            return (f"Version before 4.1.1 is not allowed to upgrade (version in {rm}.oms_version: "
                    f"{there or 'none'})")
    else:
        row = region_row(link, rm, conf["cm_location"])
        # The region's own version too: another region may have been upgraded already.
        for old in (there, row and row.get("oms_version")):
            if old and image.numbers(old) < image.numbers(own):
                return (f"the MetaDB is of OMS {old} and this image is {own}: "
                        "an upgrade needs the environment variable IS_UPGRADE=true")
        if not there and query_if_there(link, f"SELECT 1 FROM `{rm}`.cluster_info LIMIT 1"):
            return f"{rm} has OMS tables but no version in oms_version: it is of an OMS from before 4.1.1"
    if there and image.numbers(there) > image.numbers(own):
        return f"the MetaDB is of OMS {there}, newer than this image {own}"
    return None
