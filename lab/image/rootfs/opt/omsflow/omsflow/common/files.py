"""The files that --init-config-file writes and the programs read at their start.

The programs never look at config.yaml: a change there has no effect until
these files are written anew and the programs restarted, as with the vendor's.
"""
import os

CONSOLE = "/home/ds/ghana/config/application-oms.properties"
JDBC = "/home/ds/cm/package/config/jdbc.properties"
CM = "/home/ds/cm/package/config/drc-cm.properties"
SUPERVISOR = "/home/ds/supervisor/config/supervisor.properties"
NGINX = "/home/ds/ghana/config/tengine.conf"
SSHD_PORT = "/home/admin/conf/sshd_port"

NGINX_TEMPLATE = """\
# Written by oms_init_manager. `listen` may be edited; restart nginx afterwards.
worker_processes 1;
pid /run/nginx.pid;
error_log /home/admin/logs/tengine-error.log;
events {{ worker_connections 512; }}
http {{
  access_log /home/admin/logs/tengine-access.log;
  client_body_temp_path /tmp/nginx-body;
  include /home/ds/ghana/config/tengine_https.conf;
  server {{
    listen {nginx_server_port};
    location / {{
      proxy_pass http://127.0.0.1:{ghana_server_port};
      proxy_set_header Host $http_host;
      proxy_connect_timeout 3s;
    }}
  }}
}}
"""


def _write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    new = path + ".new"
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as f:
        f.write(text)
    os.replace(new, path)   # a program starting just now reads the old file or the new one


def _write_properties(path, values):
    # Not for everyone to read: there are passwords in them.
    _write(path, "".join(f"{key}={value}\n" for key, value in values.items()), 0o600)


def read_properties(path):
    with open(path, encoding="utf-8") as f:
        pairs = [line.rstrip("\n").partition("=") for line in f if "=" in line and not line.startswith("#")]
    return {key: value for key, _, value in pairs}


def write_nginx(conf):
    _write(NGINX, NGINX_TEMPLATE.format(**conf))


def write_all(conf):
    address = f"jdbc:mysql://{conf['oms_meta_host']}:{conf['oms_meta_port']}/"
    login = {"jdbc.user": conf["oms_meta_user"], "jdbc.password": conf["oms_meta_password"]}
    region = {"cm.location": conf["cm_location"], "cm.region": conf["cm_region"]}
    tsdb = {"tsdb.enabled": str(conf["tsdb_enabled"]).lower(), "tsdb.service": conf["tsdb_service"],
            "tsdb.url": conf["tsdb_url"], "tsdb.username": conf["tsdb_username"],
            "tsdb.password": conf["tsdb_password"]}
    _write_properties(CONSOLE, {
        "spring.application.name": "Ghana", "server.port": conf["ghana_server_port"],
        "jdbc.url": address + conf["drc_rm_db"], "jdbc.cm.url": address + conf["drc_cm_db"],
        "jdbc.heartbeat.url": address + conf["drc_cm_heartbeat_db"], **login,
        "cm.url": conf["cm_url"], **region, **tsdb})
    _write_properties(JDBC, {
        "jdbc.url": address + conf["drc_cm_db"], "jdbc.heartbeat.url": address + conf["drc_cm_heartbeat_db"], **login})
    _write_properties(CM, {"server.port": conf["cm_server_port"], **region})
    _write_properties(SUPERVISOR, {
        "server.port": conf["supervisor_server_port"],
        "jdbc.url": address + conf["drc_cm_db"], "jdbc.heartbeat.url": address + conf["drc_cm_heartbeat_db"], **login,
        "cm.url": conf["cm_url"], **region, **tsdb})
    write_nginx(conf)
    _write(SSHD_PORT, f"{conf['sshd_server_port']}\n")
    return [CONSOLE, JDBC, CM, SUPERVISOR, NGINX, SSHD_PORT]
