"""config.yaml: read it, and say everything that is wrong with it."""
import ipaddress
import re
from urllib.parse import urlsplit

import yaml

PATH = "/home/admin/conf/config.yaml"

REQUIRED = ["oms_meta_host", "oms_meta_port", "oms_meta_user", "oms_meta_password",
            "drc_rm_db", "drc_cm_db", "drc_cm_heartbeat_db",
            "cm_url", "cm_location", "cm_nodes"]
PORTS = {"ghana_server_port": 8090, "nginx_server_port": 8089, "cm_server_port": 8088,
         "supervisor_server_port": 9000, "sshd_server_port": 2023}
BOOLEANS = {"cm_is_default": True, "tsdb_enabled": False, "apsara_audit_enable": False}
STRINGS = {"cm_region": "", "cm_region_cn": "", "tsdb_service": "CERESDB", "tsdb_url": "",
           "tsdb_username": "", "tsdb_password": ""}
# Known, and of no effect here.
IGNORED = ["apsara_audit_sls_access_key", "apsara_audit_sls_access_secret", "apsara_audit_sls_endpoint",
           "apsara_audit_sls_ops_site_topic", "apsara_audit_sls_user_site_topic", "init_db",
           "drc_user", "drc_password"]

FORBIDDEN_IN_PASSWORD = "\n |\"'`()=;/&[]{}"
DATABASE_NAME = re.compile(r"[A-Za-z0-9_$-]{1,64}")
HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*")


class ConfigError(Exception):
    def __init__(self, mistakes):
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


def is_host(text):
    if re.fullmatch(r"[0-9.]+", text) or ":" in text:
        try:
            ipaddress.ip_address(text)
            return True
        except ValueError:
            return False
    return bool(HOST_NAME.fullmatch(text))


def is_loopback(host):
    return host == "localhost" or host.startswith("127.") or host == "::1"


def load(path=PATH, host_ip=None):
    """The config with all values in their types and defaults filled in; ConfigError otherwise."""
    try:
        with open(path, encoding="utf-8") as f:
            raw = yaml.safe_load(f)
    except OSError as e:
        raise ConfigError([f"{path} cannot be read: {e.strerror}"]) from None
    except (yaml.YAMLError, UnicodeDecodeError) as e:
        # The first line only: further ones quote the file, which holds passwords.
        where = getattr(e, "problem_mark", None)
        line = f" (line {where.line + 1})" if where else ""
        raise ConfigError([f"{path} is not valid YAML{line}: {getattr(e, 'problem', None) or type(e).__name__}"]) from None
    if not isinstance(raw, dict):
        raise ConfigError([f"{path} does not consist of `key: value` lines (a space after the colon is needed)"])
    return check(raw, host_ip)


def check(raw, host_ip=None):
    mistakes = []
    wrong = mistakes.append
    conf = {}

    def integer(key, low, high, default=None):
        value = raw.get(key, default)
        text = str(value)
        if value is None:
            return None
        if isinstance(value, bool) or not re.fullmatch(r"\d+", text) or not low <= int(text) <= high:
            wrong(f"{key}: must be a number from {low} to {high}, is {text!r}")
            return None
        return int(text)

    for key in REQUIRED:
        if raw.get(key) in (None, "", []):
            wrong(f"{key}: is missing or empty")

    for key in ("oms_meta_host", "oms_meta_user", "oms_meta_password", "drc_rm_db", "drc_cm_db",
                "drc_cm_heartbeat_db", "cm_url", *STRINGS):
        value = raw.get(key)
        value = STRINGS.get(key) if value is None else value
        if isinstance(value, (dict, list)):
            wrong(f"{key}: must be a text")
            value = ""
        conf[key] = "" if value is None else str(value)
    for key, default in BOOLEANS.items():
        text = str(raw.get(key, default)).lower()
        if text not in ("true", "false"):
            wrong(f"{key}: must be true or false, is {text!r}")
        conf[key] = text == "true"
    conf["oms_meta_port"] = integer("oms_meta_port", 1, 65535)
    conf["cm_location"] = integer("cm_location", 0, 127)
    for key, default in PORTS.items():
        conf[key] = integer(key, 1025, 65535, default)
    ports = [conf[key] for key in PORTS if conf[key]]
    if len(set(ports)) < len(ports):
        wrong(f"{', '.join(PORTS)}: must differ from each other")

    if conf["oms_meta_host"] and not is_host(conf["oms_meta_host"]):
        wrong(f"oms_meta_host: must be an IP address, is {conf['oms_meta_host']!r}")
    for key in ("oms_meta_password", "tsdb_password"):
        bad = sorted({c for c in conf[key] if c in FORBIDDEN_IN_PASSWORD})
        if bad:
            wrong(f"{key}: must not contain {' '.join(repr(c) for c in bad)}")

    databases = [conf[key] for key in ("drc_rm_db", "drc_cm_db", "drc_cm_heartbeat_db")]
    for key in ("drc_rm_db", "drc_cm_db", "drc_cm_heartbeat_db"):
        if conf[key] and not DATABASE_NAME.fullmatch(conf[key]):
            wrong(f"{key}: {conf[key]!r} is not the name of a database")
    if all(databases) and len(set(databases)) < 3:
        wrong("drc_rm_db, drc_cm_db, drc_cm_heartbeat_db: must be three different databases")

    if conf["cm_url"]:
        url = conf["cm_url"] if "://" in conf["cm_url"] else f"http://{conf['cm_url']}"
        conf["cm_url"] = url
        try:
            host, port = urlsplit(url).hostname, urlsplit(url).port
        except ValueError:
            host, port = None, None
        if not host or not is_host(host):
            wrong(f"cm_url: {url!r} is not an address of the form http://VIP:{conf['cm_server_port'] or 8088}")
        elif is_loopback(host):
            wrong(f"cm_url: {host} is this machine itself; other nodes could not reach it")
        if host and port is None:
            wrong("cm_url: has no port, 8088 must be given")
        if port in (8089, conf["nginx_server_port"]):
            wrong(f"cm_url: port {port} is the console's; the CM service has {conf['cm_server_port'] or 8088}")

    if not conf["cm_is_default"] and not conf["cm_region"]:
        wrong("cm_region: is needed with cm_is_default: false, since there is more than one region")
    conf["cm_region"] = conf["cm_region"] or "default"
    conf["cm_region_cn"] = conf["cm_region_cn"] or conf["cm_region"]

    nodes = raw.get("cm_nodes")
    if nodes not in (None, "", []):
        if not isinstance(nodes, list):
            wrong("cm_nodes: must be a list, one `- <IP>` line for each node")
            nodes = []
        nodes = [str(node).strip() for node in nodes]
        for node in nodes:
            if not is_host(node):
                wrong(f"cm_nodes: {node!r} is not an IP address")
            elif is_loopback(node):
                wrong(f"cm_nodes: {node} is no address that other nodes can reach")
        if len(set(nodes)) < len(nodes):
            wrong("cm_nodes: an address is listed twice")
        if nodes and host_ip and host_ip not in nodes:
            wrong(f"cm_nodes: does not contain OMS_HOST_IP {host_ip}")
    conf["cm_nodes"] = nodes or []

    if conf["tsdb_service"] not in ("INFLUXDB", "CERESDB"):
        wrong(f"tsdb_service: must be INFLUXDB or CERESDB, is {conf['tsdb_service']!r}")
    if conf["tsdb_enabled"]:
        for key in ("tsdb_url", "tsdb_username", "tsdb_password"):
            if not conf[key]:
                wrong(f"{key}: is needed with tsdb_enabled: true")
    if conf["tsdb_url"] and not re.fullmatch(r"[A-Za-z0-9.-]+:\d+", conf["tsdb_url"]):
        wrong(f"tsdb_url: must be host:port without a scheme, is {conf['tsdb_url']!r}")

    if mistakes:
        raise ConfigError(mistakes)
    known = {*REQUIRED, *PORTS, *BOOLEANS, *STRINGS, *IGNORED}
    conf["unknown_keys"] = sorted(str(key) for key in raw if key not in known)
    return conf
