import type { ShellCommand } from '../../transport/command.ts';
import { script, sh } from '../../transport/command.ts';
import { urlArgs } from '../get_url/args.ts';
import { downloadText } from '../get_url/download.ts';
import { withoutLogin } from '../uri/request.ts';

/** What of an archive is unpacked, and how. */
export interface Unpacking {
  /** Its path, or the address that it is fetched from. */
  readonly src: string;
  /** Members; none: all. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Options for tar or unzip. */
  readonly options: readonly string[];
  /** Files belong to whom unpacks them, whatever the archive says. */
  readonly own: boolean;
  /** Of an address: whether its certificate must be valid. */
  readonly validateCerts?: boolean;
}

/** Whether an archive is named by an address. */
export function isAddress(src: string): boolean {
  return /^(https?|ftp):\/\//i.test(src);
}

/**
 * Unpacks an archive of any kind into the folder `into` (a shell word); its first bytes tell the kind, whatever its
 * name is. Runs on nodes and on the controller.
 */
export function unpackCommand(unpacking: Unpacking, into: ShellCommand): ShellCommand {
  const { include, exclude, options, own } = unpacking;
  const src = isAddress(unpacking.src) ? FETCHED : sh`${unpacking.src}`;
  const notZipped = exclude.length === 0 ? [] : ['-x', ...exclude];
  const flags = own ? '-xpof' : '-xpf';
  const tarOptions = [...options, ...exclude.map((pattern) => `--exclude=${pattern}`)];
  // Without the program for it tar would only say that there is nothing to read.
  return sh`${fetching(unpacking)}[ -r ${src} ] || { echo ${`cannot read ${withoutLogin(unpacking.src)}`} >&2; exit 1; }
z=
case $(head -c 4 <${src} | od -An -tx1 | tr -d ' \\n') in
504b0304|504b0506)
  if ! command -v unzip >/dev/null; then echo 'there is no unzip' >&2; exit 1; fi
  unzip -qq -o ${[...options]} ${src} ${[...include]} ${notZipped} -d ${into} >&2; [ $? -le 1 ] || exit 1 ;;
1f8b*) z='gzip -dc' ;;
425a68*) z='bzip2 -dc' ;;
fd377a58) z='xz -dc' ;;
28b52ffd) z='zstd -dcq' ;;
*) z=cat ;;
esac
if [ -n "$z" ]; then
  command -v \${z%% *} >/dev/null || { echo "there is no \${z%% *}" >&2; exit 1; }
  $z <${src} | tar ${script(flags)} - -C ${into} ${tarOptions} ${include} >&2 || exit 1
fi`;
}

const FETCHED = script('"$oms_fetched"');

/** It goes away with the shell that unpacks it, which is one of its own. */
function fetching({ src, validateCerts = true }: Unpacking): ShellCommand {
  if (!isAddress(src)) return script('');
  const given = urlArgs.parse({ url: src, dest: '/', validate_certs: validateCerts });
  return sh`oms_fetched=$(mktemp "\${TMPDIR:-/tmp}/oms-play-XXXXXX") || exit 1
trap 'rm -f -- "$oms_fetched"' EXIT; trap 'exit 143' HUP INT PIPE TERM
( ${downloadText(src, given, FETCHED)} ) || exit 1
`;
}
