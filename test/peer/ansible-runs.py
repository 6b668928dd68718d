# Plays playbooks with ansible-core: reads [["p.yml", "-i", …], …] from stdin, prints for each its exit code and
# what it wrote. Ansible is imported once, each run is a child of this process, two at a time: starting takes long.
import json, os, sys, tempfile

from ansible.cli.playbook import PlaybookCLI
import ansible.executor.playbook_executor, ansible.executor.task_executor, ansible.plugins.loader  # before the fork

AT_ONCE = 2


def play(args, out):
    os.dup2(out.fileno(), 1)
    os.dup2(out.fileno(), 2)
    try:
        code = PlaybookCLI(["ansible-playbook"] + args).run()
    except Exception as error:
        print("ERROR! %s" % error, flush=True)
        code = 1
    sys.stdout.flush()
    os._exit(code)


runs = json.load(sys.stdin)
outputs = [tempfile.TemporaryFile() for _ in runs]
codes, children = {}, {}


def wait():
    pid, status = os.wait()
    codes[children.pop(pid)] = os.waitstatus_to_exitcode(status)


for index, args in enumerate(runs):
    if len(children) == AT_ONCE:
        wait()
    pid = os.fork()
    if pid == 0:
        play(args, outputs[index])
    children[pid] = index
while children:
    wait()


def text(output):
    output.seek(0)
    return output.read().decode(errors="replace")


json.dump([{"code": codes[i], "output": text(outputs[i])} for i in range(len(runs))], sys.stdout)
