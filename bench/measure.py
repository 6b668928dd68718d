"""Runs a command and writes what it cost as JSON. Usage: measure.py RESULT SAMPLE_SECONDS COMMAND...

CPU is that of all processes that came of it, also of those that left for the background: they are ended with it.
Memory is the peak of its largest process; with SAMPLE_SECONDS > 0 that of all together, looked at so often.
"""
import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time

PR_SET_CHILD_SUBREAPER = 36


def descendants():
    children = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", encoding="latin1") as file:
                    parent = int(file.read().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(name))
    found, todo = [], [os.getpid()]
    while todo:
        own = children.get(todo.pop(), [])
        found += own
        todo += own
    return found


def signal_all(number):
    for pid in descendants():
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


def shared_once(pid):
    """Kilobytes of a process; a page that several have counts by its share."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="latin1") as file:
            return next((int(line.split()[1]) for line in file if line.startswith("Pss:")), 0)
    except OSError:
        return 0


def sample(every, peak):
    while True:
        peak[0] = max(peak[0], sum(shared_once(pid) for pid in descendants()))
        time.sleep(every)


def give_up(*_):
    signal_all(signal.SIGKILL)
    os._exit(130)


def end_rest():
    """What is left in the background: asked to go, then made to, and waited for, so that its CPU time counts."""
    deadline = time.monotonic() + 3
    signal_all(signal.SIGTERM)
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            time.sleep(0.01)
            if time.monotonic() > deadline:
                signal_all(signal.SIGKILL)


def main():
    result, every, command = sys.argv[1], float(sys.argv[2]), sys.argv[3:]
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, give_up)
    peak = [0]
    started = time.monotonic()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    if every > 0:
        threading.Thread(target=sample, args=(every, peak), daemon=True).start()
    while True:
        pid, status, usage = os.wait3(0)
        if pid == child.pid:
            break
    wall = time.monotonic() - started
    end_rest()
    total = resource.getrusage(resource.RUSAGE_CHILDREN)
    cost = {
        "wall": wall,
        "cpu": total.ru_utime + total.ru_stime,
        "peakMb": max(peak[0], usage.ru_maxrss) / 1024,
        "code": os.waitstatus_to_exitcode(status),
    }
    with open(result, "w", encoding="utf8") as file:
        json.dump(cost, file)
    os._exit(0)


main()
