"""oms_drc_cm: watches the heartbeats of its region and says which hosts are online."""
import os
import threading

from omsflow.common import daemon, files, image, metadb

FRESH_SECONDS = 10


class ClusterManager:
    def __init__(self, jdbc, props):
        self.jdbc, self.props = jdbc, props
        self.heartbeat = jdbc["jdbc.heartbeat.url"].rpartition("/")[2]
        self.hosts, self.problem = {}, "starting"

    def watch(self):
        try:
            self.problem = None
            self.mark_hosts()
        except metadb.MetaDBError as e:
            self.problem = str(e)
        return self.problem

    def mark_hosts(self):
        # Ages by the MetaDB's own clock, which all nodes share.
        with metadb.from_properties(self.jdbc) as link:
            beats = metadb.query(
                link, f"SELECT host_ip, COUNT(*) AS machines FROM `{self.heartbeat}`.heart_beat "
                "WHERE task_name = 'supervisor' AND gmt_modified > NOW() - INTERVAL %s SECOND GROUP BY host_ip",
                FRESH_SECONDS)
            machines = {row["host_ip"]: row["machines"] for row in beats}
            rows = metadb.query(
                link, "SELECT h.ip, h.host_status FROM host h JOIN resource_group g ON g.id = h.resource_group_id "
                "WHERE g.name = %s", self.props["cm.location"])
            for row in rows:
                # Two machines with one OMS_HOST_IP: nobody can tell which is meant.
                status = "ONLINE" if machines.get(row["ip"]) == 1 else "OFFLINE"
                if row["host_status"] != status:
                    metadb.query(link, "UPDATE host SET host_status = %s, gmt_modified = NOW() WHERE ip = %s",
                                 status, row["ip"])
                row["host_status"] = status
            self.hosts = {row["ip"]: row["host_status"] for row in rows}

    def answer(self, path):
        if path != "/":
            return 404, {"success": False}
        return 200, {"service": "oms-cm", "version": image.VERSION, "hostIp": os.environ.get("OMS_HOST_IP"),
                     "location": int(self.props["cm.location"]), "region": self.props["cm.region"],
                     "hosts": self.hosts, "problem": self.problem}


def main():
    props = daemon.properties(files.CM, f"java.io.FileNotFoundException: {files.CM}")
    jdbc = daemon.properties(files.JDBC, f"java.io.FileNotFoundException: {files.JDBC}")
    log = daemon.logger("cm/log", "service.log", "logs.log")
    manager = ClusterManager(jdbc, props)
    server = daemon.serve(props["server.port"], manager.answer)
    log.info("OMS CM %s on port %s", image.VERSION, props["server.port"])
    threading.Thread(target=daemon.forever, args=(log, 2, manager.watch), daemon=True).start()
    server.serve_forever()


if __name__ == "__main__":
    main()
