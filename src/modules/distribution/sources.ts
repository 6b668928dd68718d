import type { Member, Way } from './member.ts';

/** Neighbours that a node is logged in at. */
const SOURCES = 2;
/** Chunks that a node gives at once. */
const GIVES = 4;
/** A node that takes nothing for so long may be dead: its chunks are given to another. */
const STALLED_MS = 6_000;
/** A chunk that takes so many times longer than usual is asked for elsewhere, too. */
const SLOW_TIMES = 3;
const SLOWEST_USUAL_MS = 700;
const FIRST_MS = 5_000;

/** After how long a chunk counts as not coming. */
export function patienceOf(member: Member): number {
  return member.usualMs === 0 ? FIRST_MS : SLOW_TIMES * Math.max(member.usualMs, SLOWEST_USUAL_MS);
}

/** Whether a source can be asked now. */
export function isOpen(source: Member, way: Way): boolean {
  return source.alive && way.state === 'ready' && source.giving < GIVES;
}

/** The least busy neighbour that has the chunk and that the node is logged in at. */
export function readySource(member: Member, chunk: number): Member | undefined {
  let best: Member | undefined;
  for (const [source, way] of member.ways) {
    if (!isOpen(source, way) || !source.has(chunk)) continue;
    if (best === undefined || source.giving < best.giving) best = source;
  }
  return best;
}

/** Neighbours that the node should log in at next: those before it in the line, or who have more than it. */
export function newSources(member: Member, members: readonly Member[]): readonly Member[] {
  const ways = [...member.ways.values()];
  const open = ways.filter(isHopeful).length;
  if (open >= SOURCES) return [];
  const candidates = members.filter((other) => {
    if (!isPossible(member, other)) return false;
    const known = member.ways.get(other);
    if (known !== undefined && isHopeful(known)) return false;
    return other.place < member.place || other.count > member.count;
  });
  const clients = (other: Member): number => members.filter((m) => isHopeful(m.ways.get(other))).length;
  const distance = (other: Member): number => (member.place - other.place + 1_000_000) % 1_000_000;
  return candidates
    .sort((a, b) => clients(a) - clients(b) || distance(a) - distance(b))
    .slice(0, SOURCES - open);
}

function isHopeful(way: Way | undefined): boolean {
  return way?.state === 'connecting' || way?.state === 'ready';
}

/** Whether a node may still get something from that one. */
function isPossible(member: Member, other: Member): boolean {
  if (other === member || !other.alive || other.hand.closedDoor !== undefined) return false;
  const way = member.ways.get(other);
  if (way === undefined || isHopeful(way)) return true;
  return way.state === 'bad' && way.retryAt < performance.now();
}

/** Whether the controller sends to the node: one of the first in line, or one that nobody else can give to. */
export function isFed(member: Member, members: readonly Member[], seeds: number): boolean {
  const now = performance.now();
  const others = members.filter((other) => isPossible(member, other));
  if (others.length === 0) return true;
  const inLine = members
    .filter((m) => m.wants && !m.complete && !isStalled(m, now))
    .sort((a, b) => Number(isClosed(a)) - Number(isClosed(b)) || a.place - b.place);
  return inLine.slice(0, seeds).includes(member);
}

function isClosed(member: Member): boolean {
  return member.hand.closedDoor !== undefined;
}

function isStalled(member: Member, now: number): boolean {
  return member.sending.size > 0 && now - member.movedAt > STALLED_MS;
}

/** Whether the chunk is in the region already, or on its way, where the node can get it. */
export function mayComeFromOthers(member: Member, chunk: number, members: readonly Member[]): boolean {
  const now = performance.now();
  return members.some((other) => {
    if (!isPossible(member, other)) return false;
    // It may find it while it looks.
    return other.has(chunk) || other.looking || (other.sending.has(chunk) && !isStalled(other, now));
  });
}
