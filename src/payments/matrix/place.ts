import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { freePort } from '../../kernel/free-port.ts'
import { packageFile } from '../../kernel/package.ts'
import { scratchFolder } from '../../kernel/pglite-template.ts'
import { loadContract } from '../contract/load.ts'
import type { Contract } from '../contract/schema.ts'
import type { MatrixRow } from './define.ts'
import { makeOwnDatabase, type OwnDatabase } from './own-database.ts'
import { writeReferenceContract } from './reference-contract.ts'

type Variables = Readonly<Record<string, string | undefined>>

/**
 * Lets a row's backend live in a folder and on a port of its own for as long as the work takes; and the reference backend in a database of
 * its own where `MATRIX_DATABASE_URL` names a server, which takes half the time of the embedded one.
 */
export async function inPlace<Result>(
  row: MatrixRow,
  env: Variables,
  work: (contract: Contract) => Promise<Result>,
): Promise<Result> {
  const dir = await mkdtemp(join(await scratchFolder(), 'gatekit-matrix-'))
  const server = row.fixture ? undefined : env.MATRIX_DATABASE_URL
  const database = server === undefined ? undefined : await makeOwnDatabase(server)
  try {
    return await work(await loadContract(await writeContract(row, dir, database), { cwd: dir, env }))
  } finally {
    await database?.drop()
    await rm(dir, { recursive: true, force: true })
  }
}

async function writeContract(
  { args, edit = (text) => text, fixture, contract }: MatrixRow,
  dir: string,
  database: OwnDatabase | undefined,
): Promise<string> {
  const port = await freePort(2)
  if (!fixture)
    return writeReferenceContract({
      dir,
      port,
      args,
      contract,
      edit: (text) => edit(database ? database.edit(text) : text),
    })
  const from = packageFile(join('fixtures/payments/backends', fixture.folder))
  const isCode = (path: string) => !/^(data|data\.off|qa|server\.log|__pycache__)$/.test(basename(path))
  await cp(from, dir, { recursive: true, filter: isCode })
  const path = join(dir, 'contract.yaml')
  const text = await readFile(path, 'utf8')
  const placed = text
    .replace(/start: "[^"]*"/, () => `start: ${JSON.stringify(fixture.start)}`)
    .replace(/\b847\d\b/g, String(port))
  await writeFile(path, placed)
  return path
}
