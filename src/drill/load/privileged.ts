/**
 * Statements that only describe and never run what a backup brings along: where the owner of the scratch database may not make them, the
 * superuser does. Everything else of a backup, above all whatever evaluates its functions, runs without privileges or not at all. A grant
 * of privileges ON something is harmless, the grant of a role is not; neither is an owner above the others.
 */
const name = '(?:"(?:[^"]|"")+"|[^\\s"(),;])+'
const ownerAlone = new RegExp(
  `^alter\\s+(?:table|sequence|(?:materialized\\s+)?view|index|schema|type|domain|collation|conversion|function|procedure|routine|aggregate|operator|operator\\s+(?:class|family)|(?:procedural\\s+)?language|foreign\\s+(?:table|data\\s+wrapper)|server|large\\s+object|text\\s+search\\s+(?:dictionary|configuration)|event\\s+trigger|publication|statistics)\\s+(?:if\\s+exists\\s+)?(?:only\\s+)?${name}\\s*(?:\\((?:[^();"]|"(?:[^"]|"")*"|\\([^();]*\\))*\\)\\s*)?(?:using\\s+\\w+\\s+)?owner\\s+to\\s+(?!(?:current_user|current_role|session_user|user)\\b)(?:"(?:[^"]|"")+"|[^\\s";,]+)\\s*;?\\s*$`,
  'i',
)

const harmless: readonly RegExp[] = [
  // Nothing but the owner: ALTER TABLE may do several things at once.
  ownerAlone,
  /^comment\s+on\s/i,
  /^(?:grant|revoke)\s+(?:grant\s+option\s+for\s+)?(?:(?:all(?:\s+privileges)?|select|insert|update|delete|truncate|references|trigger|maintain|usage|create|execute|temporary|temp)\b\s*(?:\((?:[^()"]|"(?:[^"]|"")*")*\))?[\s,]*)+\bon\s+(?!parameter\b)/i,
  /^alter\s+default\s+privileges\s/i,
  /^security\s+label\s/i,
  /^create\s+extension\s/i,
  /^create\s+(?:or\s+replace\s+)?(?:function|procedure)\s/i,
  // The first value of an aggregate is read as its type, whose conditions may be functions of the backup.
  /^create\s+(?:or\s+replace\s+)?aggregate\s(?![\s\S]*\binitcond\b)/i,
  /^create\s+operator\s+(?:class|family)\s/i,
  /^alter\s+operator\s+family\s/i,
  /^(?:create|alter)\s+publication\s/i,
  /^create\s+(?:type|conversion|text\s+search)\s/i,
  // A cast by a function would run it for whoever casts.
  /^create\s+cast\s(?![\s\S]*\bwith\s+function\b)/i,
]

/** Code of the server's own address space: whoever may define it may do anything. */
const untrusted = /\blanguage\s+["']?(?:c|internal)\b/i

export function isHarmless(sql: string): boolean {
  const bare = withoutComments(sql)
  return harmless.some((pattern) => pattern.test(bare)) && !(/^create\s/i.test(bare) && untrusted.test(bare))
}

/** The role that an `ALTER … OWNER TO` names, unquoted. */
export function newOwner(sql: string): string | undefined {
  const [, quoted, bare] = /\sowner\s+to\s+(?:"((?:[^"]|"")+)"|([^\s;"]+))\s*;?\s*$/i.exec(sql) ?? []
  return quoted?.replaceAll('""', '"') ?? bare?.toLowerCase()
}

/** Event triggers run code of the backup for whoever changes the schema, the superuser too: they are made and put to sleep at once. */
export const isEventTrigger = (sql: string): boolean =>
  /^(?:create|alter)\s+event\s+trigger\s/i.test(withoutComments(sql))

/** A setting of the session; it must hold in every session that statements run in. */
export const isSetting = (sql: string): boolean =>
  /^(?:set\s+(?!role\b|session\s+authorization\b|constraints\b|transaction\b|local\b)|reset\s+(?!role\b|session\b)|select\s+pg_catalog\.set_config\('[\w.]+', *'[^'\\]*', *(?:true|false)\);?\s*$)/i.test(
    withoutComments(sql),
  )

/** `SET SESSION AUTHORIZATION x` asks for a superuser; the owner, who is a member of every role, can `SET ROLE x`. */
export function asRole(sql: string, above: ReadonlySet<string>): string | undefined {
  const bare = withoutComments(sql)
  if (
    /^(?:reset\s+session\s+authorization|set\s+(?:local\s+)?session\s+authorization\s+default|set\s+role\s+none)\b/i.test(
      bare,
    )
  )
    return 'reset role'
  const [, role] = /^set\s+(?:local\s+)?session\s+authorization\s+(.+?);?\s*$/is.exec(bare) ?? []
  if (role === undefined) return undefined
  // What belongs to a superuser is made by the owner of the scratch database, as its owner is not changed either.
  const name = /^'|^"/.test(role) ? role.slice(1, -1).replaceAll(role.slice(0, 1).repeat(2), role.slice(0, 1)) : role
  return above.has(name) || name === 'postgres' ? 'reset role' : `set role ${role}`
}

/** Casts of types that are not the backup's own are the superuser's to make, and would run the backup's functions for him. */
export const isForeignCast = (sql: string): boolean => /^create\s+cast\s/i.test(withoutComments(sql))

/** Tablespaces are folders outside scratch: everything is made where the database is. */
export const isPlacement = (sql: string): boolean => /^set\s+default_tablespace\b/i.test(withoutComments(sql))

export const withoutComments = (sql: string): string => sql.replace(/^(?:\s+|--[^\n]*(?:\n|$)|\/\*.*?\*\/)*/s, '')
