"""What happens at the container's start beside the programs. Used by docker_cmd.sh.

--prepare   before supervisord: which programs wait for the initialization
--follow    beside supervisord:
            an image that initialises itself does so now, and then says
            "OMS service start successfully" once the node is healthy;
            one that does not waits until its region is initialised (by
            docker_init.sh here or on another node) and then joins it.
"""
import argparse
import fcntl
import glob
import json
import os
import subprocess
import sys
import time
import urllib.request

from omsflow.common import config, files, image, metadb

FLAG = "/root/init_flag.txt"
LOCK = "/run/oms_init.lock"     # docker_init.sh takes it too
WAIT_FOR_METADB = 30
INI = "/etc/supervisor/conf.d/"


def initialised_here():
    return os.path.exists(FLAG) and os.path.getsize(FLAG) > 0


def autostart(on, *names):
    for path in glob.glob(INI + "*.ini"):
        if names and os.path.basename(path) not in names:
            continue
        with open(path, encoding="utf-8") as f:
            text = f.read()
        old, new = ("autostart = false", "autostart = true") if on else ("autostart = true", "autostart = false")
        lines = [new if line == old else line for line in text.split("\n")]
        with open(path, "w", encoding="utf-8") as f:
            f.write("\n".join(lines))


def prepare():
    if initialised_here():
        autostart(True)
    elif image.INITIALISES_ITSELF:
        autostart(False, "oms_console.ini", "drc_cm.ini", "drc_supervisor.ini")
    elif os.environ.get("IS_UPGRADE") == "true":
        autostart(False, "oms_console.ini")


def run(*command):
    return subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode


def wait_for_supervisord():
    while subprocess.run(["supervisorctl", "pid"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL, check=False).returncode != 0:
        time.sleep(0.2)


def healthy():
    try:
        port = files.read_properties(files.CONSOLE)["server.port"]
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
                f"http://127.0.0.1:{port}/oms/health", timeout=3) as response:
            return json.load(response)["data"]["healthy"] is True
    except (OSError, ValueError, KeyError):
        return False


def wait_for_metadb():
    """A MetaDB that starts at the same moment is waited for; init itself says what is wrong then."""
    end = time.monotonic() + WAIT_FOR_METADB
    said = False
    while time.monotonic() < end:
        try:
            with metadb.from_config(config.load(host_ip=os.environ.get("OMS_HOST_IP"))):
                return
        except config.ConfigError:
            return
        except metadb.MetaDBError as e:
            if not e.unreachable:
                return
            if not said:
                print(f"[Warn] {e}; trying for {WAIT_FOR_METADB} s")
                said = True
        time.sleep(1)


def initialise():
    if not initialised_here():
        wait_for_metadb()
        if run("/bin/bash", "/root/docker_init.sh") != 0:
            # Step 4 or 5 may have failed with the programs started already.
            subprocess.run(["supervisorctl", "stop", "oms_console", "oms_drc_cm", "oms_drc_supervisor"],
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
            print("[Error] OMS service start failed: the initialization was not completed, the components are not started")
            return
    began = time.monotonic()
    warned = False
    while not healthy():
        if not warned and time.monotonic() - began > 60:
            print("[Warn] the node is not healthy yet, see /oms/health; waiting on")
            warned = True
        time.sleep(0.3)
    print("OMS service start successfully")


def join():
    """None when this node takes part, else why not yet."""
    conf = config.load(host_ip=os.environ.get("OMS_HOST_IP"))
    with metadb.from_config(conf) as link:
        reason = metadb.why_not(link, conf, os.environ.get("IS_UPGRADE") == "true")
        if reason:
            return reason
        row = metadb.region_row(link, conf["drc_rm_db"], conf["cm_location"])
        if (not row or row["region"] != conf["cm_region"] or row["oms_version"] not in (None, image.VERSION)
                or metadb.version(link, conf["drc_rm_db"]) != image.VERSION):
            return (f"region {conf['cm_region']} is not initialised: run `bash /root/docker_init.sh` "
                    "on one of its nodes")
    with open(LOCK, "w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return "docker_init.sh is running on this node"
        if initialised_here():
            return None
        print(f"[Info] region {conf['cm_region']} is initialised: joining it")
        if run(sys.executable, "-m", "omsflow.scripts.units.oms_init_manager", "--init-config-file") != 0:
            return "the configuration files could not be written"
        autostart(True)
        # These two run already, but their ports may come from config.yaml.
        run("supervisorctl", "stop", "nginx", "sshd")
        run("supervisorctl", "start", "all")
    return None


def follow_region():
    last = None
    # The files are there after `docker restart`: then the programs start by themselves.
    while not initialised_here() and not os.path.exists(files.CONSOLE):
        try:
            reason = join()
        except (config.ConfigError, metadb.MetaDBError) as e:
            reason = str(e)
        if reason is None:
            return
        if reason != last:
            print(f"[Info] waiting: {reason}")
            last = reason
        time.sleep(2)


def main():
    parser = argparse.ArgumentParser()
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--prepare", action="store_true")
    what.add_argument("--follow", action="store_true")
    if parser.parse_args().prepare:
        prepare()
        return
    wait_for_supervisord()
    if image.INITIALISES_ITSELF:
        initialise()
    else:
        follow_region()


if __name__ == "__main__":
    main()
