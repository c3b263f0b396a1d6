import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { freePort } from '../../kernel/free-port.ts'
import { packageFile } from '../../kernel/package.ts'
import { scratchFolder } from '../../kernel/pglite-template.ts'
import { loadContract } from '../contract/load.ts'
import type { Contract } from '../contract/schema.ts'
import type { MatrixRow } from './define.ts'
import { writeReferenceContract } from './reference-contract.ts'

type Variables = Readonly<Record<string, string | undefined>>

/** Lets a row's backend live in a folder and on a port of its own for as long as the work takes. */
export async function inPlace<Result>(
  row: MatrixRow,
  env: Variables,
  work: (contract: Contract) => Promise<Result>,
): Promise<Result> {
  const dir = await mkdtemp(join(await scratchFolder(), 'gatekit-matrix-'))
  try {
    return await work(await loadContract(await writeContract(row, dir), { cwd: dir, env }))
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

async function writeContract({ args, edit, fixture }: MatrixRow, dir: string): Promise<string> {
  const port = await freePort(2)
  if (!fixture) return writeReferenceContract({ dir, port, args, edit })
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
