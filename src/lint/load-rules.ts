import type { DiagnosticCode } from '../diagnostics/diagnostic.ts';

/** What loading and planning refuse or warn of, by the names it has in lint's output. These errors cannot be skipped. */
export const loadRules: Readonly<Record<DiagnosticCode, string>> = {
  'file-unreadable': 'A file cannot be read, or is no text in UTF-8.',
  'yaml-syntax': 'The text is not valid YAML.',
  'empty-file': 'A file that must say something is empty.',
  'wrong-type': 'A value is of the wrong type: text where a list is needed, yes where true is.',
  'missing-key': 'A key that must be there is missing.',
  'unknown-key': 'A key means nothing where it stands: misspelled, or in the wrong place.',
  'bad-value': 'A value is of the right type and still not possible.',
  duplicate: 'Something is there twice.',
  'unknown-name': 'A name refers to nothing: a handler, a tag, a folder of a role.',
  'not-found': 'A file, role or playbook is not where it is looked for.',
  'bad-template': 'A template does not follow the syntax, or refers to a helper that is not there.',
  'bad-condition': 'A condition does not follow the syntax of CEL, or cannot be true or false.',
  'undefined-variable': 'Nothing defines a variable that is used.',
  'bad-pattern': 'A pattern of hosts is wrong, or matches no node.',
  'unknown-module': 'No module has this name.',
  'bad-argument': 'A module does not take this argument or this value.',
  topology: 'The regions of the inventory do not fit together for OMS.',
};
