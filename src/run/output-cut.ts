import { StringDecoder } from 'node:string_decoder';
import type { Masker } from '../model/masker.ts';
import type { OutputCut } from '../transport/contract.ts';

/** Lines are left whole unless they are longer than this. */
const LONGEST_LINE = 8_192;

/**
 * Beginning and end of an output with words between them that say what is missing. Neither ends in the middle of a
 * character, of a line where that is possible, or of a secret, whose halves nobody would recognise.
 */
export function wholeEnds(
  bytes: Buffer,
  { at, leftOut }: OutputCut,
  { masker, file }: { readonly masker: Masker; readonly file: string | undefined },
): Buffer {
  const head = beginning(new StringDecoder('utf8').write(bytes.subarray(0, at)), masker);
  const tail = ending(fromCharacter(bytes.subarray(at)).toString('utf8'), masker);
  // Bytes that are no UTF-8 count as more than they were.
  const missing = Math.max(
    leftOut,
    bytes.length + leftOut - Buffer.byteLength(head) - Buffer.byteLength(tail),
  );
  const where = file === undefined ? '' : `; all of it is in ${file} on the controller`;
  const gap = head === '' || head.endsWith('\n') ? '' : '\n';
  return Buffer.from(`${head}${gap}[… ${missing} bytes left out${where}]\n${tail}`);
}

function beginning(text: string, masker: Masker): string {
  const end = text.lastIndexOf('\n') + 1;
  const lines = end > 0 && text.length - end <= LONGEST_LINE ? text.slice(0, end) : text;
  return lines.slice(0, masker.settled(lines));
}

function ending(text: string, masker: Masker): string {
  const start = text.indexOf('\n') + 1;
  const lines = start > 0 && start <= LONGEST_LINE ? text.slice(start) : text;
  return lines.slice(masker.restOfCut(lines));
}

/** Without the bytes of a character that began before. */
function fromCharacter(bytes: Buffer): Buffer {
  const continues = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;
  let start = 0;
  while (start < 3 && continues(bytes[start])) start += 1;
  return bytes.subarray(start);
}
