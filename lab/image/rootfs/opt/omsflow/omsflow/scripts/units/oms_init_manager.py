"""oms_init_manager: the MetaDB's databases and tables, and the components' configuration files."""
import argparse
import json
import os
import sys

from omsflow.common import config, files, image, metadb

# Only the tables and columns that the deployment guides and tools use. No
# character set is named, so the server's default counts, as with the vendor's.
TABLES = {
    "drc_rm_db": {
        "cluster_info": """
            id BIGINT AUTO_INCREMENT PRIMARY KEY,
            region VARCHAR(128) NOT NULL UNIQUE,
            region_cn VARCHAR(128),
            cm_url VARCHAR(256),
            code INT NOT NULL UNIQUE,
            is_default_cm TINYINT NOT NULL DEFAULT 0,
            oms_version VARCHAR(64)""",
        "oms_version": """
            version VARCHAR(64) PRIMARY KEY,
            gmt_modified TIMESTAMP DEFAULT CURRENT_TIMESTAMP""",
        "oms_normal_config": """
            id BIGINT AUTO_INCREMENT PRIMARY KEY,
            cfg_name VARCHAR(128) NOT NULL UNIQUE,
            cfg_value TEXT,
            gmt_modified TIMESTAMP DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP""",
    },
    "drc_cm_db": {
        "location_cm": """
            id BIGINT AUTO_INCREMENT PRIMARY KEY,
            location INT NOT NULL UNIQUE,
            region VARCHAR(128),
            cm_url VARCHAR(256)""",
        "resource_group": """
            id BIGINT AUTO_INCREMENT PRIMARY KEY,
            name VARCHAR(64) NOT NULL UNIQUE""",
        "host": """
            id BIGINT AUTO_INCREMENT PRIMARY KEY,
            ip VARCHAR(128) NOT NULL UNIQUE,
            host_status VARCHAR(32) NOT NULL DEFAULT 'OFFLINE',
            resource_group_id BIGINT,
            gmt_created TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
            gmt_modified TIMESTAMP DEFAULT CURRENT_TIMESTAMP""",
    },
    "drc_cm_heartbeat_db": {
        # host_name tells apart two machines that were given the same OMS_HOST_IP.
        "heart_beat": """
            id BIGINT AUTO_INCREMENT PRIMARY KEY,
            task_type VARCHAR(64),
            task_name VARCHAR(64) NOT NULL,
            host_ip VARCHAR(128) NOT NULL,
            host_name VARCHAR(128) NOT NULL,
            gmt_created TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
            gmt_modified TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
            UNIQUE (task_name, host_ip, host_name)""",
        "heatbeat_sequence": """
            id BIGINT AUTO_INCREMENT PRIMARY KEY,
            gmt_created TIMESTAMP DEFAULT CURRENT_TIMESTAMP""",
    },
}

HA_DEFAULTS = {
    "enable": False, "enableHost": False, "enableStore": True, "perceiveStoreClientCheckpoint": False,
    "enableConnector": True, "enableJdbcWriter": True, "subtopicStoreNumberThreshold": 5,
    "checkRequestIntervalSec": 600, "checkJdbcWriterIntervalSec": 600, "checkHostDownIntervalSec": 540,
    "checkModuleExceptionIntervalSec": 240, "clearAbnormalResourceHours": 72, "refetchStoreIntervalMin": 30,
}


def init_db(conf):
    rm = conf["drc_rm_db"]
    with metadb.from_config(conf) as link:
        # Two nodes, or two regions, at once: one after the other.
        if not metadb.query(link, "SELECT GET_LOCK(%s, 5) AS got", f"oms_init_{rm}"[:64])[0]["got"]:
            print("another node is initialising the MetaDB, waiting")
            for _ in range(40):
                if metadb.query(link, "SELECT GET_LOCK(%s, 5) AS got", f"oms_init_{rm}"[:64])[0]["got"]:
                    break
            else:
                raise metadb.MetaDBError("another node has been initialising the MetaDB for too long")
        reason = metadb.why_not(link, conf, os.environ.get("IS_UPGRADE") == "true")
        if reason:
            raise metadb.MetaDBError(reason)
        row = metadb.region_row(link, rm, conf["cm_location"])
        if row and row["region"] != conf["cm_region"]:
            raise metadb.MetaDBError(f"cm_location {conf['cm_location']} belongs to region {row['region']} already")

        for key, tables in TABLES.items():
            metadb.query(link, f"CREATE DATABASE IF NOT EXISTS `{conf[key]}`")
            for table, columns in tables.items():
                metadb.query(link, f"CREATE TABLE IF NOT EXISTS `{conf[key]}`.{table} ({columns})")
            print(f"database {conf[key]}: {', '.join(tables)}")
        metadb.query(link, f"INSERT IGNORE INTO `{rm}`.oms_normal_config (cfg_name, cfg_value) VALUES ('ha.config', %s)",
                     json.dumps(HA_DEFAULTS))
        metadb.query(link, f"REPLACE INTO `{rm}`.oms_version (version) VALUES (%s)", image.VERSION)
        metadb.query(link, f"DELETE FROM `{rm}`.oms_version WHERE version <> %s", image.VERSION)


def main():
    parser = argparse.ArgumentParser()
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--init-db", action="store_true", help="create the databases and tables")
    what.add_argument("--init-config-file", action="store_true", help="write the components' configuration files")
    what.add_argument("--init-nginx-config", action="store_true", help="write nginx's alone (used before init)")
    args = parser.parse_args()
    try:
        if args.init_nginx_config:
            try:
                files.write_nginx(config.load())
            except config.ConfigError:
                files.write_nginx(config.PORTS)    # nginx runs even with a wrong config.yaml
            return
        conf = config.load(host_ip=os.environ.get("OMS_HOST_IP"))
        if args.init_db:
            init_db(conf)
            print(f"the MetaDB is ready for OMS {image.VERSION}")
        else:
            for path in files.write_all(conf):
                print(f"written: {path}")
    except config.ConfigError as e:
        sys.exit("\n".join(f"[Error] {mistake}" for mistake in e.mistakes))
    except metadb.MetaDBError as e:
        sys.exit(f"[Error] {e}")


if __name__ == "__main__":
    main()
