"""oms_drc_supervisor: the host agent. Enters its host and writes a heartbeat every 2 seconds.

The way to the heartbeat goes through cm_url, as with the real one: if that
leads to no CM of this region, the host stays Down.
"""
import base64
import json
import os
import socket
import sys
import threading
import time
import urllib.error
import urllib.request

from omsflow.common import daemon, files, image, metadb

# No proxy from the environment: the lab's addresses are reached directly.
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def machine():
    """Names this machine and stays the same for a new container on it."""
    probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        probe.connect(("198.51.100.1", 9))   # sends nothing: only asks which address would be used
        address = probe.getsockname()[0]
    except OSError:
        address = "-"
    finally:
        probe.close()
    return f"{socket.gethostname()}/{address}"


def tsdb_problem(props):
    if props.get("tsdb.enabled") != "true":
        return None
    request = urllib.request.Request(f"http://{props['tsdb.url']}/ping")
    login = f"{props['tsdb.username']}:{props['tsdb.password']}".encode()
    request.add_header("Authorization", "Basic " + base64.b64encode(login).decode())
    try:
        opener.open(request, timeout=2).close()
    except (OSError, ValueError) as e:
        return f"the time-series database {props['tsdb.url']} cannot be used: {e}"
    return None


class Supervisor:
    def __init__(self, props):
        self.props = props
        self.ip = os.environ["OMS_HOST_IP"]
        self.machine = machine()
        self.heartbeat = props["jdbc.heartbeat.url"].rpartition("/")[2]
        self.problem = "starting"

    def cm_problem(self):
        url = self.props["cm.url"]
        try:
            with opener.open(url, timeout=2) as response:
                cm = json.load(response)
        except (OSError, ValueError) as e:
            return f"no CM answers at cm_url {url}: {e}"
        if not isinstance(cm, dict) or cm.get("service") != "oms-cm":
            return f"what answers at cm_url {url} is not a CM"
        if str(cm.get("location")) != self.props["cm.location"]:
            return f"the CM at cm_url {url} is of location {cm.get('location')}, not {self.props['cm.location']}"
        return None

    def beat(self):
        try:
            self.problem = self.register()
        except metadb.MetaDBError as e:
            self.problem = str(e)
        return self.problem

    def register(self):
        with metadb.from_properties(self.props) as link:
            group = metadb.query(link, "SELECT id FROM resource_group WHERE name = %s", self.props["cm.location"])
            if not group:
                return f"there is no resource group {self.props['cm.location']}: the region is not initialised"
            group = group[0]["id"]
            host = metadb.query(link, "SELECT host_status, resource_group_id FROM host WHERE ip = %s", self.ip)
            if not host or host[0]["resource_group_id"] != group:
                metadb.query(link, "INSERT INTO host (ip, host_status, resource_group_id) VALUES (%s, 'OFFLINE', %s) "
                             "ON DUPLICATE KEY UPDATE resource_group_id = VALUES(resource_group_id)", self.ip, group)
            problem = self.cm_problem()
            if problem:
                return problem
            table = f"`{self.heartbeat}`.heart_beat"
            metadb.query(link, f"INSERT INTO {table} (task_type, task_name, host_ip, host_name) "
                         "VALUES ('SUPERVISOR', 'supervisor', %s, %s) ON DUPLICATE KEY UPDATE gmt_modified = NOW()",
                         self.ip, self.machine)
            metadb.query(link, f"INSERT INTO `{self.heartbeat}`.heatbeat_sequence () VALUES ()")
            others = metadb.query(link, f"SELECT host_name FROM {table} WHERE task_name = 'supervisor' AND host_ip = %s "
                                  "AND host_name <> %s AND gmt_modified > NOW() - INTERVAL 10 SECOND", self.ip, self.machine)
            if others:
                return f"OMS_HOST_IP {self.ip} is also used by {others[0]['host_name']}: it must differ on each node"
            metadb.query(link, "UPDATE host SET host_status = 'ONLINE', gmt_modified = NOW() "
                         "WHERE ip = %s AND host_status <> 'ONLINE'", self.ip)
        return None

    def answer(self, path):
        return 200, {"service": "oms-supervisor", "version": image.VERSION, "hostIp": self.ip, "problem": self.problem}


def main():
    props = daemon.properties(files.SUPERVISOR, f"java.io.FileNotFoundException: {files.SUPERVISOR}")
    log = daemon.logger("supervisor", "supervisor.log", "error.log")
    problem = tsdb_problem(props)
    if problem:
        log.error(problem)
        # Just longer than startsecs: supervisord then starts it again and again
        # (STARTING for most of the time) and does not give up, as seen with the real one.
        time.sleep(2.3)
        sys.exit(1)
    supervisor = Supervisor(props)
    server = daemon.serve(props["server.port"], supervisor.answer)
    log.info("OMS supervisor %s on port %s as %s", image.VERSION, props["server.port"], supervisor.machine)
    threading.Thread(target=daemon.forever, args=(log, 2, supervisor.beat), daemon=True).start()
    server.serve_forever()


if __name__ == "__main__":
    main()
