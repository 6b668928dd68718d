import { expect } from 'chai';
import { describeBothWays } from './both-ways.ts';
import {
  finishedTasks,
  fourNodes,
  outcomes,
  planProject,
  recap,
  runProject,
  type Project,
} from './support.ts';

const inventory = fourNodes;

const roles = {
  'roles/web/tasks/main.yml': '- run: "web {{port}} {{kind}}"\n  notify: reload\n',
  'roles/web/tasks/drain.yml': '- run: "drain {{port}} {{kind}}"\n',
  'roles/web/defaults/main.yml': 'port: 80\n',
  'roles/web/defaults/other.yml': 'port: 81\n',
  'roles/web/vars/main.yml': 'kind: plain\n',
  'roles/web/vars/fast.yml': 'kind: fast\n',
  'roles/web/handlers/main.yml': '- name: reload\n  run: "reload {{port}}"\n',
  'roles/web/handlers/other.yml': '- name: reload\n  run: "other {{port}}"\n',
};

function run(tasks: string, files: Record<string, string> = {}, more: Partial<Project> = {}) {
  const playbook = `- hosts: e1\n  gather_facts: false\n  tasks:\n${tasks.replace(/^/gm, '    ')}\n`;
  return runProject({ inventory, playbook, files: { ...roles, ...files }, ...more });
}

function problems(tasks: string, files: Record<string, string> = {}) {
  const playbook = `- hosts: e1\n  tasks:\n${tasks.replace(/^/gm, '    ')}\n`;
  const found = planProject({ inventory, playbook, files: { ...roles, ...files } }).problems;
  return found.map(
    ({ at, summary }) => `${at?.file.replace(/.*\//, '')}:${at?.line}:${at?.column} ${summary}`,
  );
}

for (const name of ['include_role', 'import_role']) {
  describeBothWays(name, () => {
    it('runs the role with its defaults, vars and handlers, and vars beside it as parameters', async () => {
      const { world } = await run(
        `- ${name}: { name: web }\n- ${name}: { name: web }\n  vars: { port: 8080 }\n`,
      );
      // As in Ansible: an import's handlers are all there from the start, and the last of a name counts.
      const handlers = name === 'import_role' ? [] : ['e1 run reload 80'];
      expect(world.log).to.deep.equal([
        'e1 run web 80 plain',
        'e1 run web 8080 plain',
        ...handlers,
        'e1 run reload 8080',
      ]);
    });

    it('takes other files of it by tasks_from, vars_from, defaults_from and handlers_from', async () => {
      const { world } = await run(`
- ${name}: { name: web, tasks_from: drain, vars_from: fast.yml, defaults_from: other }
- ${name}:
    name: web
    handlers_from: other
`);
      expect(world.log).to.deep.equal(['e1 run drain 81 fast', 'e1 run web 80 plain', 'e1 run other 80']);
    });

    it('runs the roles that it depends on before it, and allow_duplicates: false keeps it from running again', async () => {
      const { world } = await run(
        `- ${name}: { name: top }\n- ${name}: { name: top, allow_duplicates: false }\n- ${name}: { name: top }`,
        {
          'roles/top/meta/main.yml': 'dependencies: [{ role: low, vars: { what: base } }]\n',
          'roles/top/tasks/main.yml': '- run: top\n',
          'roles/low/tasks/main.yml': '- run: "low {{what}}"\n',
        },
      );
      expect(world.log).to.deep.equal(['e1 run low base', 'e1 run top', 'e1 run low base', 'e1 run top']);
    });

    it('public says whether the rest of the play sees its variables', async () => {
      const seen = '- run: "{{default port \\"none\\"}} {{default kind \\"none\\"}}"\n';
      const open = await run(`- ${name}: { name: web, tasks_from: drain, public: true }\n${seen}`);
      expect(open.world.log.at(-1)).to.equal('e1 run 80 plain');
      const closed = await run(`- ${name}: { name: web, tasks_from: drain, public: false }\n${seen}`);
      expect(closed.world.log.at(-1)).to.equal('e1 run none none');
    });

    it('reports before the run what is wrong with it', () => {
      expect(problems(`- ${name}: { name: wbe }`)).to.deep.equal([
        `play.yml:3:${problemColumn(name)} role not found`,
      ]);
      expect(problems(`- ${name}: { name: web, tasks_from: nowhere }`)[0]).to.match(
        /no such file among the role's tasks/,
      );
      expect(problems(`- ${name}: {}`)[0]).to.match(/missing/);
      expect(problems(`- ${name}: { name: web, tasks_form: x }`)[0]).to.match(/unknown (key|argument)/);
      expect(problems(`- ${name}: { name: web, public: 1 }`)[0]).to.match(/wrong/);
      expect(problems(`- ${name}: { name: web, tasks_from: ../../x }`)[0]).to.match(/no such file/);
    });

    it('argument_specs of the entry point are checked with the values known before, and again before it runs', async () => {
      const spec = {
        'roles/web/meta/argument_specs.yml': `
argument_specs:
  main: { short_description: The web, options: { size: { type: int, required: true } } }
  drain: { options: { wait: { type: int, choices: [1, 2] } } }
`,
      };
      expect(problems(`- ${name}: { name: web }`, spec)[0]).to.match(/missing role argument/);
      expect(problems(`- ${name}: { name: web }\n  vars: { size: much }`, spec)[0]).to.equal(
        'play.yml:4:21 wrong role argument',
      );
      expect(problems(`- ${name}: { name: web }\n  vars: { size: "{{big}}", big: x }`, spec)[0]).to.match(
        /wrong role argument/,
      );
      expect(problems(`- ${name}: { name: web, rolespec_validate: false }`, spec)).to.deep.equal([]);
      // Where it may not run, or the loop gives the value, only the run can tell.
      const guarded = `- ${name}: { name: web }\n  when: '"db" in group_names'`;
      expect(problems(guarded, spec)).to.deep.equal([]);
      const looped = `- loop: [1]\n  loop_control: { loop_var: size }\n  block:\n    - ${name}: { name: web }`;
      expect(problems(looped, spec)).to.deep.equal([]);
      const { events, finished, world } = await run(
        `
- set_fact: { size: 3, wait: 3 }
- ${name}: { name: web }
- ${name}: { name: web, tasks_from: drain }
`,
        spec,
      );
      const failure = finishedTasks(events).find(({ status }) => status === 'failed');
      expect(outcomes(events)).to.deep.include(
        "e1 Validating arguments against arg spec 'main' - The web ok",
      );
      expect(failure?.name).to.equal("Validating arguments against arg spec 'drain'");
      expect(failure?.failure?.message).to.equal(
        'Validation of arguments failed:\n  wait must be one of 1, 2, not a number',
      );
      expect(world.log).to.deep.equal(['e1 run web 80 plain']);
      expect(recap(finished, 'e1')).to.equal('ok=3 changed=1 failed=1');
    });
  });
}

function problemColumn(name: string): number {
  return '    - : { name: '.length + name.length + 1;
}

describeBothWays('include_role', () => {
  it('with a templated name brings its handlers from then on', async () => {
    const { world, finished } = await run(
      `- include_role: { name: "{{what}}" }
  loop: [web, db]
  loop_control: { loop_var: what }
- run: after
  notify: db only`,
      {
        'roles/db/tasks/main.yml': '- run: db\n  notify: db only\n',
        'roles/db/handlers/main.yml': '- name: db only\n  run: db handler\n',
        'handlers-of-play': '',
      },
      {
        playbook: `- hosts: e1
  gather_facts: false
  tasks:
    - include_role: { name: "{{what}}" }
      loop: [web, db]
      loop_control: { loop_var: what }
`,
      },
    );
    expect(world.log).to.deep.equal([
      'e1 run web 80 plain',
      'e1 run db',
      'e1 run reload 80',
      'e1 run db handler',
    ]);
    // As Ansible counts: a role is no ok of its own.
    expect(recap(finished, 'e1')).to.equal('ok=4 changed=4');
  });

  it('a role that is missing, or that notifies nobody, fails the task', async () => {
    const { events } = await run(
      `- include_role: { name: "{{what}}" }
  loop: [gone, mute]
  loop_control: { loop_var: what }
  ignore_errors: true`,
      { 'roles/mute/tasks/main.yml': '- run: x\n  notify: nobody\n' },
    );
    const failures = events.flatMap((e) =>
      e.type === 'task-finished' && e.item !== undefined ? (e.failure?.message ?? '') : [],
    );
    expect(failures[0]).to.match(/role not found: There is no role "gone"/);
    expect(failures[1]).to.match(/mute\/tasks\/main\.yml:1: no handler of this play is called "nobody"/);
  });

  it('of itself by another entry point is no circle', async () => {
    const { world } = await run('- include_role: { name: self }', {
      'roles/self/tasks/main.yml':
        '- include_role: { name: self, tasks_from: more }\n- import_role: { name: self, tasks_from: more }\n',
      'roles/self/tasks/more.yml': '- run: "{{role_name}}"\n',
    });
    expect(world.log).to.deep.equal(['e1 run self', 'e1 run self']);
  });
});

describeBothWays('import_role', () => {
  it('tags, when and become reach into it', async () => {
    const { world } = await run(
      '- import_role: { name: web }\n  tags: [t]\n  when: inventory_hostname == "e1"\n- run: other',
      {},
      { tags: ['t'] },
    );
    expect(world.log).to.deep.equal(['e1 run web 80 plain', 'e1 run reload 80']);
    const none = await run('- import_role: { name: web }\n  when: inventory_hostname == "e2"');
    expect(outcomes(none.events)).to.deep.equal(['e1 run skipped']);
  });

  it('in a circle is reported', () => {
    const files = {
      'roles/a/tasks/main.yml': '- import_role: { name: b }\n',
      'roles/b/tasks/main.yml': '- import_role: { name: a }\n',
    };
    expect(problems('- import_role: { name: a }', files)).to.deep.equal(['main.yml:1:24 roles in a circle']);
  });
});

describeBothWays('roles', () => {
  it('run twice with allow_duplicates in their meta, once without; end when the tags say so', async () => {
    const { world } = await runProject({
      inventory,
      playbook: `
- hosts: e1
  gather_facts: false
  roles: [once, once, twice, twice, { role: tagged, tags: [t], when: inventory_hostname == "e1" }]
`,
      files: {
        'roles/once/tasks/main.yml': '- run: once\n',
        'roles/twice/tasks/main.yml': '- run: twice\n',
        'roles/twice/meta/main.yml': 'allow_duplicates: true\n',
        'roles/tagged/tasks/main.yml': '- run: tagged\n',
      },
    });
    expect(world.log).to.deep.equal(['e1 run once', 'e1 run twice', 'e1 run twice', 'e1 run tagged']);
  });

  it('take defaults and vars from folders called main, too', async () => {
    const { world } = await runProject({
      inventory,
      playbook: '- hosts: e1\n  gather_facts: false\n  roles: [r]\n',
      files: {
        'roles/r/tasks/main.yml': '- run: "{{a}} {{b}} {{c}}"\n',
        'roles/r/defaults/main/1.yml': 'a: 1\nb: 1\nc: 1\n',
        'roles/r/defaults/main/2.yml': 'b: 2\n',
        'roles/r/vars/main/sub/x.yml': 'c: x\n',
      },
    });
    expect(world.log).to.deep.equal(['e1 run 1 2 x']);
  });
});
