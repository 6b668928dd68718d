"""oms_cluster_manager add_resource: enters this region and this node in the MetaDB.

The region's row in cluster_info is what other nodes of the region wait for: it
comes last in an initialization, so that it means "this region is initialised".
"""
import argparse
import os
import sys

from omsflow.common import config, image, metadb


def add_resource(conf, host_ip):
    rm, cm = conf["drc_rm_db"], conf["drc_cm_db"]
    code, region = conf["cm_location"], conf["cm_region"]
    with metadb.from_config(conf) as link:
        metadb.query(link, f"INSERT IGNORE INTO `{cm}`.resource_group (name) VALUES (%s)", str(code))
        group = metadb.query(link, f"SELECT id FROM `{cm}`.resource_group WHERE name = %s", str(code))[0]["id"]
        metadb.query(link, f"INSERT INTO `{cm}`.location_cm (location, region, cm_url) VALUES (%s, %s, %s) "
                     "ON DUPLICATE KEY UPDATE region = VALUES(region), cm_url = VALUES(cm_url)",
                     code, region, conf["cm_url"])
        metadb.query(link, f"INSERT IGNORE INTO `{cm}`.host (ip, host_status) VALUES (%s, 'OFFLINE')", host_ip)
        metadb.query(link, f"UPDATE `{cm}`.host SET resource_group_id = %s WHERE ip = %s", group, host_ip)
        metadb.query(link, f"INSERT INTO `{rm}`.cluster_info (region, region_cn, cm_url, code, is_default_cm, oms_version) "
                     "VALUES (%s, %s, %s, %s, %s, %s) ON DUPLICATE KEY UPDATE region_cn = VALUES(region_cn), "
                     "cm_url = VALUES(cm_url), is_default_cm = VALUES(is_default_cm), oms_version = VALUES(oms_version)",
                     region, conf["cm_region_cn"], conf["cm_url"], code, int(conf["cm_is_default"]), image.VERSION)
        row = metadb.region_row(link, rm, code)
        if not row or row["region"] != region:
            raise metadb.MetaDBError(f"region {region} has another cm_location in {rm}.cluster_info, not {code}")
    print(f"region {region} (code {code}), resource group {group}, host {host_ip}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["add_resource"])
    parser.parse_args()
    host_ip = os.environ.get("OMS_HOST_IP") or sys.exit("[Error] OMS_HOST_IP is not set")
    try:
        add_resource(config.load(host_ip=host_ip), host_ip)
    except config.ConfigError as e:
        sys.exit("\n".join(f"[Error] {mistake}" for mistake in e.mistakes))
    except metadb.MetaDBError as e:
        sys.exit(f"[Error] {e}")


if __name__ == "__main__":
    main()
