"""oms_cluster_config --check FILE: is this a config.yaml to start with? Says all mistakes."""
import argparse
import os
import sys

from omsflow.common import config


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", metavar="FILE", required=True)
    path = parser.parse_args().check
    try:
        conf = config.load(path, os.environ.get("OMS_HOST_IP"))
    except config.ConfigError as e:
        for mistake in e.mistakes:
            print(f"[Error] {mistake}")
        sys.exit(f"[Error] {path}: the check failed with {len(e.mistakes)} mistake(s)")
    for key in conf["unknown_keys"]:
        print(f"[Warn] {key}: unknown key, it has no effect")
    print(f"{path}: the check passed")


if __name__ == "__main__":
    main()
