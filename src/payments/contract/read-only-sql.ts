/** Words that change something, or give it to a file or another session, wherever they stand in a statement. */
const writing =
  /\b(insert|update|delete|merge|replace\s+into|upsert|truncate|drop|alter|create|grant|revoke|copy|call|do|execute|prepare|lock|vacuum|reindex|attach|detach|set|reset|begin|commit|rollback|into|handler|load|rename|import|listen|notify|refresh|nextval|setval|pg_terminate_backend|pg_cancel_backend|pg_reload_conf|pg_write_file|lo_\w+|dblink\w*|load_extension|writefile|get_lock|sleep|pg_sleep|pg_advisory_\w+)\b/i

/**
 * Why a statement is not one that only reads, or undefined where it is. Looks at the words outside texts, quoted names and comments;
 * the data store is asked in a read-only transaction besides, so this is the first of two locks.
 */
export function whyNotReadOnly(statement: string): string | undefined {
  const bare = withoutTexts(statement).trim().replace(/;\s*$/, '')
  if (bare.includes(';')) return 'it holds more than one statement'
  if (bare.startsWith('.') || bare.includes('\\')) return 'it is a command of the client'
  if (!/^\(?\s*(select|with|values|table|show|explain|describe)\b/i.test(bare)) return 'it does not begin with select'
  const word = writing.exec(bare.replace(/\breplace\s*\(/gi, '(').replace(/\binsert\s*\(/gi, '('))
  if (word) return `it holds the word ${word[1]!.toLowerCase()}`
  return /\bfor\s+(no\s+key\s+)?(update|share|key\s+share)\b/i.test(bare) ? 'it locks rows' : undefined
}

/** Texts, quoted names and comments become empty, so that a word inside them says nothing. MySQL runs what stands in `/*!`. */
function withoutTexts(statement: string): string {
  const pieces =
    /'(?:[^'\\]|''|\\.)*'|"(?:[^"]|"")*"|`[^`]*`|\$(\w*)\$[\s\S]*?\$\1\$|--[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\//g
  return statement.replace(pieces, (piece) => (piece.startsWith('/*!') || piece.startsWith('/*M!') ? '; x' : ' x '))
}
