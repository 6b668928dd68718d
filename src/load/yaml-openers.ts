import { visit } from 'yaml';
import type { Document, ParsedNode, YAMLError } from 'yaml';

type Complaint = Pick<YAMLError, 'code' | 'message' | 'pos'>;

/**
 * The complaint, with the place of the quote or bracket where one is not closed: the parser notices that only where it
 * needs the end, which may be far below.
 */
export function placedAtOpener(
  complaint: Complaint,
  text: string,
  document: Document.Parsed<ParsedNode> | undefined,
): Complaint {
  const opener = openerOf(complaint);
  if (opener === undefined || document === undefined) return complaint;
  let start = -1;
  visit(document, {
    Node: (_, { range }) => {
      if (range === null || range === undefined) return;
      const reaches = range[0] < complaint.pos[0] && range[2] >= complaint.pos[0];
      // One that is closed may reach as far, with the blanks behind it.
      const closed = range[1] > range[0] + 1 && text[range[1] - 1] === CLOSERS[opener];
      if (reaches && !closed && text[range[0]] === opener) start = Math.max(start, range[0]);
    },
  });
  return start < 0 ? complaint : { ...complaint, pos: [start, start + 1] };
}

const CLOSERS: Readonly<Record<string, string>> = { '{': '}', '[': ']', '"': '"', "'": "'" };

function openerOf({ code, message }: Complaint): string | undefined {
  if (code === 'MISSING_CHAR' && message.endsWith('quote')) return message.includes('"') ? '"' : "'";
  if (code !== 'BAD_INDENT' || !message.startsWith('Flow')) return undefined;
  return message.endsWith('}') ? '{' : '[';
}
