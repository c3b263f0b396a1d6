import type { Description } from './describe.ts'
import { isWord } from './token-reader.ts'
import { type Token, tokensOf } from './tokens.ts'

/** Statements that do nothing yet: what they define runs later, if ever. */
const deferred =
  /^(CREATE (VIEW|FUNCTION|PROCEDURE|RULE|TRIGGER|POLICY|EVENT TRIGGER)|COMMENT ON|SECURITY LABEL|GRANT|REVOKE|ALTER DEFAULT PRIVILEGES)/

/** Functions that read or write files of the server, reach other servers or disturb it. */
export const dangerous =
  /^(pg_read_file|pg_read_binary_file|pg_ls_\w+|pg_stat_file|lo_import|lo_export|pg_file_\w+|pg_logdir_ls|dblink\w*|pg_reload_conf|pg_rotate_logfile|pg_terminate_backend|pg_cancel_backend|http|http_(get|post|put|patch|delete))$/

/**
 * Names what a statement would do to the server or the network while it is restored; undefined for everything a dump usually holds.
 * Only what would run counts: names in strings and comments do not, nor do bodies of functions and views.
 */
export function hostileOf(sql: string, { verb, what }: Description): string | undefined {
  const named = byVerb(verb, sql)
  if (named) return named
  if (verb === 'CREATE FUNCTION' || verb === 'CREATE PROCEDURE') return libraryOf(sql)
  if (deferred.test(what)) return undefined
  return inTokens([...tokensOf(sql)], verb === 'DO')
}

function byVerb(verb: string, sql: string): string | undefined {
  if (verb === 'ALTER SYSTEM') return 'ALTER SYSTEM'
  if (verb === 'CREATE FOREIGN DATA WRAPPER') return 'FOREIGN DATA WRAPPER'
  if (verb === 'CREATE SERVER' || verb === 'ALTER SERVER')
    return /\bowner\s+to\b/i.test(sql) ? undefined : 'FOREIGN SERVER'
  if (verb === 'IMPORT') return 'IMPORT FOREIGN SCHEMA'
  if (verb === 'CREATE SUBSCRIPTION' && !/\bconnect\s*=\s*'?(false|off|0)\b/i.test(withoutStrings(sql)))
    return 'SUBSCRIPTION'
  if (verb === 'ALTER SUBSCRIPTION' && /\b(enable|refresh|connection)\b/i.test(withoutStrings(sql)))
    return 'SUBSCRIPTION'
  if (verb === 'CREATE FOREIGN TABLE' && /\b(program|filename)\b/i.test(withoutStrings(sql)))
    return 'FOREIGN TABLE of a file or program'
  if (verb === 'LOAD' && sql.includes('/')) return 'LOAD of a library'
  return undefined
}

/** A library by its path is code from outside; `$libdir` and plain names are the server's own. */
function libraryOf(sql: string): string | undefined {
  const tokens = [...tokensOf(sql)]
  const language = tokens.findIndex((token) => isWord(token, 'language'))
  if (tokens[language + 1]?.text.toLowerCase() !== 'c') return undefined
  const as = tokens.findIndex((token) => isWord(token, 'as'))
  const library = tokens[as + 1]?.text ?? ''
  return /[\\/]/.test(library) && !library.startsWith('$libdir/') ? 'LANGUAGE C of a library by its path' : undefined
}

/** Untrusted languages that a statement uses: their functions run with the rights of the server's own account. */
export function untrustedLanguageOf(sql: string): string | undefined {
  const tokens = [...tokensOf(sql)]
  const at = tokens.findIndex((token) => isWord(token, 'language'))
  const language = tokens[at + 1]?.text.toLowerCase() ?? ''
  return at >= 0 && /^(pl\w+u|plsh|plrust)$/.test(language) ? language : undefined
}

/** What the body of a function would do if it ran; such a function may stand in a dump, but nothing of the dump may call it. */
export function hostileBodyOf(sql: string): string | undefined {
  const bodies = [...tokensOf(sql)].filter(({ kind }) => kind === 'dollar' || kind === 'string')
  for (const { text } of bodies) {
    const found = inTokens([...tokensOf(text)], true)
    if (found) return found
  }
  return undefined
}

/** `deep`: strings and dollar quotes are code as well, as in DO blocks that EXECUTE them. */
function inTokens(tokens: readonly Token[], deep: boolean, depth = 0): string | undefined {
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'word' && token.text === 'copy') {
      const found = copyOutside(tokens, index)
      if (found) return found
    }
    const next = tokens[index + 1]
    if (
      (token.kind === 'word' || token.kind === 'name') &&
      next?.text === '(' &&
      next.kind === 'symbol' &&
      dangerous.test(token.text)
    )
      return `${token.text}()`
    if (deep && isWord(token, 'alter') && isWord(next, 'system')) return 'ALTER SYSTEM'
    if (deep && isWord(token, 'create') && (isWord(next, 'server') || isWord(next, 'subscription')))
      return next?.text.toUpperCase()
    if (deep && depth < 4 && (token.kind === 'dollar' || token.kind === 'string') && token.text.length > 4) {
      const inside = inTokens([...tokensOf(token.text)], true, depth + 1)
      if (inside) return inside
    }
  }
  const language = depth === 0 && deep ? tokens.findIndex((token) => isWord(token, 'language')) : -1
  return language >= 0 && /^pl\w+u$/.test(tokens[language + 1]?.text ?? '')
    ? `DO LANGUAGE ${tokens[language + 1]?.text}`
    : undefined
}

/** `COPY … FROM PROGRAM`, `COPY … TO '/file'`: the nearest FROM or TO outside of parentheses decides. */
function copyOutside(tokens: readonly Token[], from: number): string | undefined {
  let depth = 0
  for (const [index, token] of tokens.slice(from + 1, from + 4000).entries()) {
    if (token.kind === 'symbol' && token.text === '(') depth++
    if (token.kind === 'symbol' && token.text === ')') depth--
    if (token.kind === 'symbol' && token.text === ';') return undefined
    if (depth > 0 || !(isWord(token, 'from') || isWord(token, 'to'))) continue
    const target = tokens[from + 2 + index]
    if (isWord(target, 'program')) return 'COPY … PROGRAM'
    return target?.kind === 'string' || target?.kind === 'dollar' ? 'COPY of a file' : undefined
  }
  return undefined
}

const withoutStrings = (sql: string): string =>
  [...tokensOf(sql)]
    .map(({ kind, text }) => (kind === 'string' && !/^(false|off|0)$/.test(text) ? "''" : text))
    .join(' ')
