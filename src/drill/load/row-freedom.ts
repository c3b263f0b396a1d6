import type { StatementItem } from '../reading/define.ts'

/**
 * Watches whether the rows of tables may come in any order, and be looked at as soon as they are in: whether nothing of the backup's own
 * runs while they come in, and nothing looks from one table into another.
 */
export class RowFreedom {
  readonly #functions: string[] = []
  #called: RegExp | undefined
  #isFree = true

  get isFree(): boolean {
    return this.#isFree
  }

  see({ what, sql, object }: StatementItem): void {
    if (!this.#isFree) return
    if (/^CREATE (FUNCTION|PROCEDURE)\b/.test(what) && object) {
      this.#functions.push(object.name.replace(/\(.*$/s, ''))
      this.#called = undefined
    }
    if (/^CREATE (TRIGGER|RULE|OPERATOR|CAST)\b/.test(what) || object?.type === 'FK CONSTRAINT') this.#isFree = false
    if (!/^(CREATE (TABLE|DOMAIN|FOREIGN TABLE)|ALTER (TABLE|DOMAIN))\b/.test(what)) return
    if (/\breferences\b/i.test(sql) || this.#calls(sql)) this.#isFree = false
  }

  #calls(sql: string): boolean {
    if (this.#functions.length === 0) return false
    this.#called ??= new RegExp(`(?:${this.#functions.map(escaped).join('|')})"?\\s*\\(`, 'i')
    return this.#called.test(sql)
  }
}

const escaped = (name: string): string => name.replace(/[^\w]/g, '\\$&').replaceAll('\\"', '""')

/** Statements of a dump that leave the rows of its tables as they are, for all that is known; any other may change them. */
export function leavesRows({ what, sql, object }: StatementItem): boolean {
  if (object?.type === 'TABLE' && what.startsWith('ALTER TABLE')) return attributes.test(sql)
  return harmless.test(what)
}

const harmless =
  /^(SET|RESET|CREATE|COMMENT ON|SECURITY LABEL|GRANT|REVOKE|ALTER|REFRESH MATERIALIZED VIEW|SELECT (setval|set_config|lo_\w+|lowrite|loopen|lo_open))\b/
const attributes =
  /\b(OWNER\s+TO|CLUSTER\s+ON|REPLICA\s+IDENTITY|(ENABLE|DISABLE|FORCE)\s+(ALWAYS\s+|REPLICA\s+)?(ROW|TRIGGER|RULE)|ATTACH\s+PARTITION|SET\s+STATISTICS|SET\s+STORAGE)\b/i
