import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { stop } from '../../findings.ts'
import { SqlTrouble } from '../sql-checks.ts'

export interface ClientSettings {
  program: string
  socket: string
  user: string
  database?: string
  env: NodeJS.ProcessEnv
  signal: AbortSignal
  timeoutMs: number
}

/** What the server said against a statement: its number and line; never its text where that may quote a row. */
export class MariadbError extends SqlTrouble {
  readonly number: number
  readonly line: number | undefined
  /** Name of a key, table or routine in the message. */
  readonly object: string | undefined

  constructor(said: string) {
    const [, number = '0', line, text = ''] =
      /ERROR (\d+) \([0-9A-Z]+\)(?: at line (\d+))?[^:]*: ([^\n]*)/.exec(said) ?? []
    super(`error ${number}${line ? ` at line ${line}` : ''}${harmless(Number(number), text)}`)
    this.number = Number(number)
    this.line = line === undefined ? undefined : Number(line)
    this.object = (/for key '([^']*)'/.exec(text) ??
      /'([^']*)'/.exec(text) ??
      /(?:FUNCTION|PROCEDURE) (?:\S+\.)?(\S+) does not exist/.exec(text))?.[1]
    if (this.number === 1180 || (!namesOnly.has(this.number) && this.number !== 1062)) this.object = undefined
  }
}

/** Errors whose text names objects of the schema and nothing else. */
const namesOnly = new Set([
  1049, 1050, 1051, 1054, 1091, 1115, 1142, 1146, 1180, 1193, 1227, 1273, 1304, 1305, 1356, 1360, 1370, 1449,
])

const harmless = (number: number, text: string): string => (namesOnly.has(number) ? `: ${text}` : '')

/**
 * The client in binary mode takes no commands of its own out of what it reads (`\\!`, `source`, `tee`), only DELIMITER and charset;
 * LOAD DATA LOCAL is off.
 */
const safe = [
  '--no-defaults',
  '--binary-mode',
  '--local-infile=0',
  '--default-character-set=utf8mb4',
  '--max-allowed-packet=1G',
]

/** Runs a dump without some of its lines (from 1); throws MariadbError at the first statement that fails. */
export async function runDump(
  path: string,
  settings: ClientSettings,
  without: ReadonlySet<number> = new Set(),
): Promise<void> {
  const stream = createReadStream(path, { highWaterMark: 1 << 20 })
  await run(without.size > 0 ? emptied(stream, without) : stream, ['--batch', '--silent'], settings)
}

/** Lines keep their numbers: of those that are left out only the end stays. */
async function* emptied(chunks: AsyncIterable<Buffer>, lines: ReadonlySet<number>): AsyncGenerator<Buffer> {
  let line = 1
  for await (const chunk of chunks) {
    let from = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, end + 1)) {
      if (lines.has(line)) {
        yield chunk.subarray(from, lineStart(chunk, end))
        from = end
      }
      line++
    }
    yield chunk.subarray(from, lines.has(line) ? lineStart(chunk, chunk.length) : chunk.length)
  }
}

const lineStart = (chunk: Buffer, end: number): number => chunk.subarray(0, end).lastIndexOf(10) + 1

/** Rows of one statement by the names of their columns; NULL as null. */
export async function ask(sql: string, settings: ClientSettings): Promise<Record<string, string | null>[]> {
  const output = await run([Buffer.from(`${sql};\n`)], ['--batch', '--column-names'], settings)
  const [head, ...lines] = output.split('\n').slice(0, -1)
  const names = (head ?? '').split('\t').map(plain)
  return lines.map((line) => {
    const values = line.split('\t')
    return Object.fromEntries(names.map((name, at) => [name, values[at] === 'NULL' ? null : plain(values[at] ?? '')]))
  })
}

const letters: Record<string, string> = { n: '\n', t: '\t', '0': '\0' }
const plain = (text: string): string => text.replace(/\\(.)/g, (_, letter: string) => letters[letter] ?? letter)

async function run(
  input: AsyncIterable<Buffer> | Buffer[],
  args: readonly string[],
  settings: ClientSettings,
): Promise<string> {
  const { program, socket, user, database, env, signal, timeoutMs } = settings
  signal.throwIfAborted()
  const child = spawn(
    program,
    [...safe, ...args, `--socket=${socket}`, `--user=${user}`, ...(database ? [`--database=${database}`] : [])],
    {
      env: { PATH: env.PATH ?? '', LC_ALL: 'C.UTF-8' },
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  )
  let [output, said] = ['', '']
  let reason: unknown
  const kill = (why: unknown) => {
    reason ??= why
    child.kill('SIGKILL')
  }
  const onAbort = () => kill(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  const timer = setTimeout(
    () => kill(stop('TIMEOUT', 'restore', `MariaDB gave no answer for ${timeoutMs / 1000} s`)),
    timeoutMs,
  )
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    if (output.length < 1 << 26) output += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said = (said + chunk).slice(-4096)
  })
  try {
    const ended = once(child, 'close')
    // A client that gave up at an error reads no further; its exit code tells.
    await pipeline(input, child.stdin).catch(() => {})
    const [code] = (await ended) as [number | null]
    if (reason) throw reason
    if (code !== 0) throw trouble(said)
    return output
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}

/** 2002, 2006, 2013: the server is gone. */
function trouble(said: string): Error {
  if (/ERROR 20(?:02|06|13|26)/.test(said))
    return stop('ENGINE_DIED', 'restore', 'the scratch MariaDB ended in the middle of the drill')
  return new MariadbError(said)
}
