import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { lstat, mkdir, readdir, readFile, readlink, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'

/** Where a backup lies: the folder of its own that `keep` made, or the folder that is searched. */
export interface Lying {
  backup?: string
  dir?: string
}

/** Each file there with its content, its times and its mode; nothing where there is nothing. */
export async function filesOf({ backup, dir }: Lying, home: string): Promise<string[]> {
  const folder = dir ?? (dirname(backup ?? '') === home ? (backup ?? '') : dirname(backup ?? ''))
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  return Promise.all(['.', ...names.sort()].map((name) => fileOf(join(folder, name), name)))
}

async function fileOf(path: string, name: string): Promise<string> {
  const info = await lstat(path).catch(() => undefined)
  if (!info) return `${name}: nothing`
  const state = `${info.mode.toString(8)} ${info.ino} ${info.size} ${info.mtimeMs} ${info.ctimeMs}`
  const content = info.isSymbolicLink() ? await readlink(path) : info.isFile() ? await hashed(path, state) : 'folder'
  return `${name}: ${state} ${content}`
}

const hashes = new Map<string, string>()

/** Nobody writes a file without a new time of change: the same state is hashed once. */
async function hashed(path: string, state: string): Promise<string> {
  const key = `${path} ${state}`
  const known = hashes.get(key) ?? sha256(await readFile(path))
  hashes.set(key, known)
  return known
}

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')

/** A folder for temporary files; at the end nothing of a drill is left in it but an empty folder for leases, and no process runs in it. */
export async function ownTemp(dir: string): Promise<{ end(): Promise<void> }> {
  const temp = join(dir, 'temp')
  await mkdir(temp, { mode: 0o711 })
  const { TMPDIR } = process.env
  // What was compiled need not be compiled again.
  const compiled = `tsx-${process.getuid?.() ?? ''}`
  await symlink(join(tmpdir(), compiled), join(temp, compiled))
  process.env.TMPDIR = temp
  return {
    async end() {
      if (TMPDIR === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = TMPDIR
      const processes = execFileSync('ps', ['-eo', 'args']).toString().split('\n')
      assert.deepEqual(
        processes.filter((args) => args.includes(temp)),
        [],
        'no server and no other process of a drill runs on',
      )
      await rm(join(temp, compiled))
      const left = await readdir(temp, { recursive: true })
      assert.deepEqual(
        left.filter((name) => !/^gatekit-drill-\d+$/.test(name)),
        [],
        'what a drill makes for itself is gone after it',
      )
    },
  }
}

/** Evidence is all that a drill leaves in its project. */
export async function onlyEvidence(rootDir: string): Promise<void> {
  const made = await readdir(rootDir, { recursive: true })
  const isEvidence = /^qa(?:\/drill-\d{6}\.json|\/latest\.json|\/inventory-[0-9a-f]{16}\.json)?$/
  assert.deepEqual(
    made.filter((name) => !isEvidence.test(name)),
    [],
    'a drill leaves nothing but its evidence in the project',
  )
}

/**
 * Watches a whole server: whatever is written in any of its databases, roles included, is a transaction with a number. Those of the test
 * itself are `own`.
 */
export class Watch {
  #own = 0n
  private constructor(
    private readonly client: pg.Client,
    private readonly binDir: string,
  ) {}

  static async open(url: string, binDir: string): Promise<Watch> {
    const client = new pg.Client(url)
    await client.connect()
    return new Watch(client, binDir)
  }

  /** Lines for psql before and after what the test writes itself, and their removal from its output. */
  own(run: (sql: string) => string, sql: string): string {
    const ask = "select 'next transaction ' || pg_snapshot_xmax(pg_current_snapshot());"
    const said = run(`${ask}\n${sql}\n;${ask}`)
    const [first = 0n, last = 0n] = [...said.matchAll(/^next transaction (\d+)$/gm)].map(([, id]) => BigInt(id ?? 0))
    this.#own += last - first
    return said.replace(/^next transaction \d+\n/gm, '')
  }

  /** How many transactions of others have written. */
  async written(): Promise<bigint> {
    const own = this.#own
    const { rows } = await this.client.query('select pg_snapshot_xmax(pg_current_snapshot())::text as next')
    // A test beside this one has written while the answer was on its way.
    return own === this.#own ? BigInt(rows[0].next) - own : this.written()
  }

  /** All that pg_dump sees of a database, but for the key that it makes up each time. */
  digestOf(url: string | undefined): string | undefined {
    if (!url) return undefined
    const dump = execFileSync(join(this.binDir, 'pg_dump'), [url], { stdio: 'pipe', maxBuffer: 1 << 28 })
    return sha256(dump.toString('latin1').replace(/^\\(?:un)?restrict .*$/gm, ''))
  }

  close = (): Promise<void> => this.client.end()
}
