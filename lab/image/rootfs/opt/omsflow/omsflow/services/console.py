"""oms_console: the web page and /oms/health, from what the MetaDB says."""
import hashlib
import html
import os
import re
import threading
import time

from omsflow.common import daemon, faults, files, image, metadb

# The effective values that /oms/health shows, so that a test can see which
# configuration the program runs with. Never a password.
SHOWN = ["cm.url", "cm.location", "cm.region", "tsdb.enabled", "tsdb.service", "tsdb.url", "tsdb.username",
         "jdbc.url", "jdbc.cm.url", "jdbc.heartbeat.url", "jdbc.user", "server.port"]

PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>OceanBase Migration Service (stand-in)</title></head>
<body><h1>OMS {version}</h1><p>Host {host}. A stand-in for tests, not the real OMS.</p><p>{state}</p>
<h2>Regions</h2><table border="1"><tr><th>Region</th><th>Name</th><th>Code</th><th>CM</th><th>Default</th></tr>{regions}</table>
<h2>Servers</h2><table border="1"><tr><th>IP</th><th>Status</th><th>Region code</th></tr>{servers}</table>
</body></html>
"""


class Console:
    def __init__(self, props):
        self.props = props
        self.host = os.environ.get("OMS_HOST_IP")
        self.rm = props["jdbc.url"].rpartition("/")[2]
        self.cm = props["jdbc.cm.url"].rpartition("/")[2]
        self.regions, self.servers = [], []
        self.reason, self.checked = "starting", time.monotonic()

    def look(self):
        """What the MetaDB says now. In the background: a request must not wait for a slow MetaDB."""
        try:
            self.reason = self.ask_metadb()
        except metadb.MetaDBError as e:
            self.reason = str(e)
        self.checked = time.monotonic()
        return self.reason

    def ask_metadb(self):
        with metadb.from_properties(self.props) as link:
            self.regions = metadb.query_if_there(link, f"SELECT * FROM `{self.rm}`.cluster_info ORDER BY code")
            self.servers = metadb.query_if_there(
                link, f"SELECT h.ip, h.host_status, g.name FROM `{self.cm}`.host h "
                f"LEFT JOIN `{self.cm}`.resource_group g ON g.id = h.resource_group_id ORDER BY g.name, h.ip")
            version = metadb.version(link, self.rm)
        if image.numbers(version) != image.numbers(image.VERSION):
            return f"the MetaDB is of OMS {version}, this program is {image.VERSION}"
        if str(self.props["cm.location"]) not in (str(row["code"]) for row in self.regions):
            return f"region {self.props['cm.region']} is not in cluster_info: the region is not initialised"
        return None

    def problem(self):
        if faults.get("unhealthy") == "1":
            return "lab-faults says so"
        if time.monotonic() - self.checked > 12:
            return "the MetaDB does not answer"
        return self.reason

    def health(self):
        problem = self.problem()
        shown = {key.replace(".", "_"): re.sub(r"^jdbc:mysql://", "", self.props.get(key, "")) for key in SHOWN}
        digest = hashlib.sha256(repr(sorted(shown.items())).encode()).hexdigest()[:16]
        return (503 if problem else 200), {
            "success": True,
            "data": {"healthy": not problem, "reason": problem, "version": image.VERSION, "hostIp": self.host,
                     "configDigest": digest, "config": shown}}

    def page(self):
        def rows(items, *keys):
            return "".join("<tr>" + "".join(f"<td>{html.escape(str(item[key]))}</td>" for key in keys) + "</tr>"
                           for item in items)
        return 200, PAGE.format(
            version=image.VERSION, host=html.escape(self.host or "?"), state=html.escape(self.problem() or "Healthy."),
            regions=rows(self.regions, "region", "region_cn", "code", "cm_url", "is_default_cm"),
            servers=rows(self.servers, "ip", "host_status", "name"))

    def answer(self, path):
        if path == "/oms/health":
            return self.health()
        if path == "/":
            return self.page()
        return 404, {"success": False, "errorDetail": {"message": "the stand-in has / and /oms/health only"}}


def main():
    props = daemon.properties(files.CONSOLE, "java.lang.IllegalStateException: spring.application.name must be configured")
    log = daemon.logger("ghana/Ghana", "common-default.log", "common-error.log")
    console = Console(props)
    server = daemon.serve(props["server.port"], console.answer)
    log.info("OMS console %s on port %s", image.VERSION, props["server.port"])
    threading.Thread(target=daemon.forever, args=(log, 1, console.look), daemon=True).start()
    server.serve_forever()


if __name__ == "__main__":
    main()
