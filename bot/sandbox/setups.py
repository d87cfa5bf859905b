"""What Deepnote's kernels have that plain ones lack, as code that runs there before a notebook does."""

from typing import Final

SHOW_TABLES: Final = """
def _threadbook_show_tables():
    import json

    def bundle(frame, include=None, exclude=None):
        page = frame.head(10)
        rows = json.loads(page.to_json(orient="records", date_format="iso"))
        index = json.loads(page.index.to_series().to_json(orient="values", date_format="iso"))
        for row, label in zip(rows, index):
            row["_deepnote_index_column"] = label
        columns = [{"name": str(name), "dtype": str(frame[name].dtype)} for name in frame.columns]
        columns.append({"name": "_deepnote_index_column", "dtype": str(frame.index.dtype)})
        table = {
            "column_count": len(frame.columns),
            "row_count": len(frame),
            "preview_row_count": len(page),
            "columns": columns,
            "rows": rows,
        }
        return {"application/vnd.deepnote.dataframe.v3+json": table}

    formatter = get_ipython().display_formatter.mimebundle_formatter
    formatter.for_type_by_name("pandas", "DataFrame", bundle)
    formatter.for_type_by_name("pandas.core.frame", "DataFrame", bundle)


_threadbook_show_tables()
del _threadbook_show_tables
"""
"""DataFrames also say themselves in Deepnote's own type: one page of ten rows."""

READ_ONLY: Final = """
def _threadbook_read_only():
    import errno, os, sys

    home = os.path.realpath(os.getcwd())
    changing = {"os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.link", "os.symlink", "os.truncate"}

    def inside(path):
        if not isinstance(path, (str, bytes, os.PathLike)):
            return False
        whole = os.path.realpath(os.fsdecode(path))
        return whole == home or whole.startswith(home + os.sep)

    def guard(event, args):
        if event == "open":
            path, mode, flags = args
            writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
            refused = writes and inside(path)
        else:
            refused = event in changing and any(inside(part) for part in args)
        if refused:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), args[0])

    sys.addaudithook(guard)


_threadbook_read_only()
del _threadbook_read_only
"""
"""The working directory is the project's storage; after this, writing there fails as on a read-only file system."""
