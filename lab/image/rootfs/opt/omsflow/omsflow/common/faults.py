"""Faults that a test may ask for, from outside, without changing the image.

The file `lab-faults` in the host folder mounted at /home/ds/run, with lines
`name=value`:

    fail_step=3      step 3 of docker_init.sh fails
    step_delay=20    each step of docker_init.sh takes 20 s longer
    unhealthy=1      /oms/health says healthy: false
"""
import sys
import time

PATH = "/home/ds/run/lab-faults"


def get(name):
    try:
        with open(PATH, encoding="utf-8") as f:
            lines = [line.strip().partition("=") for line in f]
    except OSError:
        return None
    return next((value for key, _, value in lines if key == name), None)


if __name__ == "__main__":
    time.sleep(float(get("step_delay") or 0))
    if get("fail_step") == sys.argv[1]:
        sys.exit("[Error] this step fails because lab-faults says so")
