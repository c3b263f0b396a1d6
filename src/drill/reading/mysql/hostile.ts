/** Names what a statement would do to the server's files, to other servers or through a shell; `code` is without strings and comments. */
export function hostileMysql(code: string): string | undefined {
  const command = /^(system|source|tee|pager|edit)\s/i.exec(code)
  if (command) return (command[1] as string).toLowerCase()
  if (/^create\s.*\bfunction\b.*\bsoname\b/is.test(code)) return 'CREATE FUNCTION … SONAME'
  if (/^create\s(?!table|temporary)[^(]*?\b(procedure|function|trigger|event|view)\b/is.test(code)) return undefined
  if (/^load\s+(data|xml)\b/i.test(code)) return 'LOAD DATA'
  if (/\binto\s+(outfile|dumpfile)\b/i.test(code)) return 'INTO OUTFILE'
  if (/\bload_file\s*\(/i.test(code)) return 'load_file()'
  if (/^(un)?install\s+(plugin|soname|component)\b/i.test(code)) return 'INSTALL PLUGIN'
  if (/^create\s+(or\s+replace\s+)?server\b/i.test(code)) return 'FOREIGN SERVER'
  if (/^create\s.*\bengine\s*=\s*(federated|connect)\b/is.test(code)) return 'FEDERATED table'
  if (/^change\s+(master|replication)\b.*\b(master|source)_host\b/is.test(code)) return 'CHANGE MASTER'
  if (/^start\s+(slave|replica|group_replication)\b/i.test(code)) return 'START REPLICA'
  if (
    /^set\s+(global|persist|@@global\.)\s*(general_log|slow_query_log|init_|log_|plugin_|secure_|event_scheduler)/i.test(
      code,
    )
  )
    return 'SET GLOBAL'
  return undefined
}
