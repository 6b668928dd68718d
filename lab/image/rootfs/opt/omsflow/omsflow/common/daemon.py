"""What the three stand-in programs share: logs, a small HTTP server, a loop that never ends."""
import json
import logging
import os
import socketserver
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from logging.handlers import RotatingFileHandler

from . import files, metadb

LOGS = "/home/admin/logs"


def logger(folder, main, errors):
    """Writes to LOGS/folder/main, errors also to LOGS/folder/errors, and to stdout for supervisord."""
    os.makedirs(f"{LOGS}/{folder}", exist_ok=True)
    log = logging.getLogger(folder)
    log.setLevel(logging.INFO)
    handlers = [(logging.StreamHandler(sys.stdout), logging.INFO),
                (RotatingFileHandler(f"{LOGS}/{folder}/{main}", maxBytes=20_000_000, backupCount=3), logging.INFO),
                (RotatingFileHandler(f"{LOGS}/{folder}/{errors}", maxBytes=20_000_000, backupCount=3), logging.ERROR)]
    for handler, level in handlers:
        handler.setLevel(level)
        handler.setFormatter(logging.Formatter("%(asctime)s [%(levelname)s] %(message)s"))
        log.addHandler(handler)
    return log


def properties(path, missing):
    """The program's own file; without it (never initialised) the program dies with `missing`."""
    try:
        props = files.read_properties(path)
    except FileNotFoundError:
        props = {}
    return props or sys.exit(missing)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def server_bind(self):
        # Not HTTPServer's: it asks the DNS for the machine's name, for many
        # seconds where there is no DNS, as in the lab.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]


def serve(port, answer):
    """Listens on `port`; answer(path) gives (status, body), a dict as JSON and a text as HTML."""
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            status, body = answer(self.path.split("?")[0])
            is_json = isinstance(body, dict)
            data = (json.dumps(body, ensure_ascii=False, separators=(",", ":")) if is_json else body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json" if is_json else "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        do_HEAD = do_POST = do_GET

        def log_message(self, *args):
            pass

    try:
        return Server(("0.0.0.0", int(port)), Handler)
    except OSError as e:
        sys.exit(f"port {port} cannot be listened on: {e.strerror}")


def forever(log, seconds, work):
    """Calls work again and again; a MetaDB that is away is waited for. Says a failure once, not each time."""
    last = None
    while True:
        try:
            problem = work()
        except metadb.MetaDBError as e:
            problem = str(e)
        except Exception:   # a stand-in must not end for a reason the real program would not have
            log.exception("unexpected")
            problem = last
        if problem != last:
            log.error(problem) if problem else log.info("working")
            last = problem
        time.sleep(1 if problem else seconds)
