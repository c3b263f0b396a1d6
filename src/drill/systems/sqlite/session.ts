import { fork } from 'node:child_process'
import { once } from 'node:events'
import { builtEntry } from '../../../kernel/built-entry.ts'
import { packageFile } from '../../../kernel/package.ts'
import { stop } from '../../findings.ts'
import { SqlTrouble } from '../sql-checks.ts'
import type { Answer, Question, Value } from './protocol.ts'

export interface SqliteSession {
  pid: number
  ask(sql: string): Promise<Record<string, Value>[]>
  /** `table` is quoted already. */
  sum(table: string): Promise<{ rows: number; sha256: string }>
  close(): Promise<void>
}

/** Opens a copy of a database in a process of its own, which is killed when an answer takes too long or the drill is stopped. */
export async function openSqlite(
  path: string,
  { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number },
): Promise<SqliteSession> {
  const child = fork(entry(), [path], {
    cwd: packageFile('.'),
    env: { PATH: process.env.PATH ?? '' },
    execArgv: entry().endsWith('.ts') ? ['--import', 'tsx'] : [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  await once(child, 'spawn')
  let id = 0
  const request = async (question: { sql: string } | { sum: string }): Promise<Answer> => {
    signal.throwIfAborted()
    const asked = { ...question, id: ++id } as Question
    let reason: unknown
    const kill = (why: unknown) => {
      reason ??= why
      child.kill('SIGKILL')
    }
    const onAbort = () => kill(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    const timer = setTimeout(
      () => kill(stop('TIMEOUT', 'check', `SQLite gave no answer for ${timeoutMs / 1000} s`)),
      timeoutMs,
    )
    try {
      return await new Promise<Answer>((done, failed) => {
        child.once('message', (message) => done(message as Answer))
        child.once('exit', () =>
          failed(reason ?? stop('ENGINE_DIED', 'check', 'SQLite ended in the middle of the drill')),
        )
        child.send(asked)
      })
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      child.removeAllListeners('message')
      child.removeAllListeners('exit')
    }
  }
  return {
    pid: child.pid as number,
    async ask(sql) {
      const answer = await request({ sql })
      if ('rows' in answer) return answer.rows
      throw new SqlTrouble('trouble' in answer ? answer.trouble : 'no rows')
    },
    async sum(table) {
      const answer = await request({ sum: table })
      if ('sum' in answer) return answer.sum
      throw new SqlTrouble('trouble' in answer ? answer.trouble : 'no sum')
    },
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}

/** From the bundle its own entry, from the sources through tsx. */
function entry(): string {
  return builtEntry(import.meta.url, 'sqlite-child.js') ?? packageFile('src/drill/systems/sqlite/child.ts')
}
