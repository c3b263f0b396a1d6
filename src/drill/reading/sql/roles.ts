import { isWord } from './token-reader.ts'
import { type Token, tokensOf } from './tokens.ts'

const notRoles = /^(public|current_user|session_user|current_role|default|none|pg_\w+)$/

/** Roles that a statement names and that must therefore exist; without PUBLIC and the server's own. */
export function rolesOf(sql: string, verb: string): string[] {
  if (
    !/^(ALTER|GRANT|REVOKE|SET|CREATE (SCHEMA|POLICY|ROLE|USER|GROUP|USER MAPPING|DATABASE|TABLESPACE)|REASSIGN)/.test(
      verb,
    )
  )
    return []
  if (sql.length > 100_000) return []
  const tokens = [...tokensOf(sql)]
  return [...new Set(named(tokens, verb))].filter((role) => role !== '' && !notRoles.test(role))
}

function named(tokens: readonly Token[], verb: string): string[] {
  if (verb === 'SET' || verb === 'RESET') return sessionRole(tokens)
  if (/^CREATE (ROLE|USER|GROUP)$/.test(verb)) return [tokens[2]?.text ?? '']
  if (verb === 'GRANT') return [...after(tokens, 'to', true), ...after(tokens, 'by'), ...grantedRoles(tokens)]
  if (verb === 'REVOKE') return [...after(tokens, 'from', true), ...after(tokens, 'by')]
  if (verb === 'ALTER DEFAULT PRIVILEGES')
    return [...after(tokens, 'role', true), ...after(tokens, 'to', true), ...after(tokens, 'from', true)]
  if (verb === 'CREATE SCHEMA') return after(tokens, 'authorization')
  if (verb === 'CREATE POLICY') return after(tokens, 'to', true)
  if (verb === 'CREATE USER MAPPING') return after(tokens, 'for')
  if (verb === 'CREATE DATABASE' || verb === 'CREATE TABLESPACE') return after(tokens, 'owner')
  return tokens.some((token) => isWord(token, 'owner')) ? after(tokens, 'to') : []
}

/** Without ON it is a membership: the names before TO are roles too. */
function grantedRoles(tokens: readonly Token[]): string[] {
  return tokens.some((token) => isWord(token, 'on')) ? [] : list(tokens, 1)
}

function sessionRole(tokens: readonly Token[]): string[] {
  const at = tokens.findIndex((token) => isWord(token, 'authorization') || isWord(token, 'role'))
  return at < 0 || at > 3 ? [] : [tokens[at + 1]?.text ?? '']
}

function after(tokens: readonly Token[], word: string, many = false): string[] {
  const at = tokens.findIndex((token) => isWord(token, word))
  if (at < 0) return []
  return many ? list(tokens, at + 1) : [tokens[at + 1]?.text ?? '']
}

function list(tokens: readonly Token[], from: number): string[] {
  const names: string[] = []
  for (let at = from; at < tokens.length; at += 2) {
    const name = tokens[at]
    if (name?.kind !== 'word' && name?.kind !== 'name') break
    names.push(name.text)
    if (tokens[at + 1]?.text !== ',') break
  }
  return names
}
