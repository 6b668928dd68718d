import { wallOf } from './interleaved.ts';
import type { PeerId } from './peers.ts';
import type { Distribution, Results } from './results.ts';

interface Line {
  readonly label: string;
  readonly seconds: number;
  readonly kind: 'own' | 'floor' | 'other';
}

interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
}

const WIDTH = 820;
const LEFT = 250;
const RIGHT = 90;
const ROW = 26;
const BAR = 16;
const PANEL_HEAD = 44;

const LABELS: Readonly<Partial<Record<PeerId, string>>> = {
  ansible: 'ansible-core, pipelining',
  mitogen: 'ansible-core + Mitogen',
  openssh: 'OpenSSH loop, ControlMaster',
  'raw-exec': 'raw ssh2, one exec per task',
  'oms-play': 'oms-play',
  'raw-sh': 'raw ssh2, one shell per node',
  'raw-connect': 'raw ssh2, log in, no task',
};

const FLEET: readonly PeerId[] = ['ansible', 'mitogen', 'openssh', 'oms-play', 'raw-sh'];
const FAR: readonly PeerId[] = [
  'ansible',
  'mitogen',
  'openssh',
  'raw-exec',
  'raw-sh',
  'oms-play',
  'raw-connect',
];

// Colours of the page are not known: the card brings its own, for light and for dark.
const STYLE = `
  text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328; }
  .title { font-size: 15px; font-weight: 600; }
  .note { font-size: 11.5px; fill: #59636e; }
  .strong { font-weight: 600; }
  .card { fill: #ffffff; stroke: #d1d9e0; }
  .own { fill: #1a7f37; } .floor { fill: #8c959f; } .other { fill: #54aeff; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .note { fill: #9198a1; }
    .card { fill: #0d1117; stroke: #3d444d; }
    .own { fill: #3fb950; } .floor { fill: #6e7681; } .other { fill: #388bfd; }
  }`;

/** The figures as horizontal bars; lengths are true to scale within a panel. */
export function picture(results: Results): string {
  const panels = panelsOf(results).filter((panel) => panel.lines.length > 0);
  let y = 12;
  const parts = panels.map((panel) => {
    const drawn = drawPanel(panel, y);
    y += PANEL_HEAD + panel.lines.length * ROW + 10;
    return drawn;
  });
  const height = y + 26;
  const words = panels.flatMap(({ title, lines }) => [
    title,
    ...lines.map((l) => `${l.label}: ${figure(l.seconds)}`),
  ]);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title desc">
<title id="title">Wall seconds of oms-play and its peers</title>
<desc id="desc">${escaped(words.join('; '))}</desc>
<style>${STYLE}
</style>
<rect class="card" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="8"/>
${parts.join('\n')}
<text class="note" x="20" y="${height - 14}">${escaped(footnote(results))}</text>
</svg>
`;
}

function panelsOf(results: Results): readonly Panel[] {
  const [fleet, distance] = [results.fleet?.data ?? [], results.distance?.data ?? []];
  // Another image's rows would be compared with those of this one.
  const images = (results.distribution?.data ?? []).filter(
    ({ nodes, note }) => nodes === 4 && (note === '' || note.includes('dies')),
  );
  return [
    {
      title: '50 nodes, 10 tasks, nothing to change: seconds',
      lines: FLEET.flatMap((peer) => lineOf(peer, wallOf(fleet, peer, { nodes: 50 }))),
    },
    {
      title: 'One node 100 ms away, 20 tasks, nothing to change: seconds',
      lines: FAR.flatMap((peer) => lineOf(peer, wallOf(distance, peer, { rttMs: 100 }))),
    },
    {
      title: 'An image to the 4 nodes of a region over 100 Mbit/s: seconds',
      lines: images.map((row, i) => ({
        label: imageLabel(row),
        seconds: row.seconds,
        kind: i === 0 ? 'own' : 'other',
      })),
    },
  ];
}

function imageLabel({ way, note }: Distribution): string {
  return `oms-play: ${way}${note === '' ? '' : ', a node dies'}`;
}

function lineOf(peer: PeerId, seconds: number | undefined): readonly Line[] {
  if (seconds === undefined) return [];
  const kind = peer === 'oms-play' ? 'own' : peer.startsWith('raw-') ? 'floor' : 'other';
  return [{ label: LABELS[peer] ?? peer, seconds, kind }];
}

function drawPanel({ title, lines }: Panel, top: number): string {
  const longest = Math.max(...lines.map((line) => line.seconds));
  const rows = lines.map(({ label, seconds, kind }, i) => {
    const y = top + PANEL_HEAD + i * ROW;
    const length = Math.max(2, (seconds / longest) * (WIDTH - LEFT - RIGHT));
    const strong = kind === 'own' ? ' class="strong"' : '';
    return [
      `<text${strong} x="${LEFT - 12}" y="${y + BAR - 3}" text-anchor="end">${escaped(label)}</text>`,
      `<rect class="${kind}" x="${LEFT}" y="${y}" width="${length.toFixed(1)}" height="${BAR}" rx="2"/>`,
      `<text${strong} x="${(LEFT + length + 8).toFixed(1)}" y="${y + BAR - 3}">${figure(seconds)}</text>`,
    ].join('\n');
  });
  return [`<text class="title" x="20" y="${top + 26}">${escaped(title)}</text>`, ...rows].join('\n');
}

function figure(seconds: number): string {
  return `${seconds >= 10 ? seconds.toFixed(1) : seconds.toFixed(2)} s`;
}

function footnote(results: Results): string {
  const conditions = (results.fleet ?? results.distance ?? results.distribution)?.conditions;
  if (conditions === undefined) return 'not measured yet';
  const { cores, date } = conditions;
  return `Whole processes, medians; ${cores} cores, shared by controller and nodes; ${date}. Versions and all figures: bench/RESULTS.md`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
