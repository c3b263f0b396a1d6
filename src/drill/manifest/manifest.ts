import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { z } from 'zod'
import { type Finding, finding, stop } from '../findings.ts'
import { digestInventory } from '../proof/compare/digest.ts'
import type { Inventory } from '../proof/inventory.ts'
import type { Baseline } from '../proof/request.ts'
import type { Snapshot } from './snapshot.ts'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/** What `gatekit backup` writes beside a backup: what was in the database at the moment of its snapshot. No value of any row. */
export const manifestSchema = z.strictObject({
  schema: z.literal('backup-manifest/1'),
  tool: z.string(),
  file: z.string().min(1),
  sha256,
  bytes: z.int().min(1),
  /** ISO time of the snapshot. */
  createdAt: z.iso.datetime(),
  tables: z.array(
    z.strictObject({ schema: z.string(), name: z.string(), rows: z.int().min(0), sha256: sha256.optional() }),
  ),
  inventory: z.looseObject({
    schema: z.literal('inventory/1'),
    server: z.strictObject({ version: z.string(), major: z.int() }),
    relations: z.array(z.looseObject({ schema: z.string(), name: z.string() })),
  }),
})

export interface Manifest extends Omit<z.output<typeof manifestSchema>, 'inventory' | 'tables'> {
  tables: Snapshot['tables']
  inventory: Inventory
}

/** `shop.dump` -> `shop.dump.manifest.json` */
export const manifestPath = (backup: string): string => `${backup}.manifest.json`

export const createManifest = (
  { inventory, tables }: Snapshot,
  facts: Pick<Manifest, 'tool' | 'file' | 'sha256' | 'bytes' | 'createdAt'>,
): Manifest => ({ schema: 'backup-manifest/1', ...facts, tables, inventory: digestInventory(inventory) })

/**
 * The manifest beside a backup, as something to compare with; undefined when there is none. Throws MANIFEST_INVALID when it cannot be
 * read. One of another file is a finding: either the backup or its manifest was exchanged.
 */
export async function readManifest(
  backup: string,
  backupSha256: string,
): Promise<{ baseline?: Baseline; findings: Finding[]; createdAt?: string } | undefined> {
  const path = manifestPath(backup)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw invalid(path, (error as NodeJS.ErrnoException).code ?? 'unreadable')
  }
  const manifest = parse(path, text)
  if (manifest.sha256 !== backupSha256) {
    const message = `${basename(path)} was written for another file than ${basename(backup)}`
    return { findings: [finding('CHECKSUM_MISMATCH', 'select', message, { object: basename(backup) })] }
  }
  const { inventory, tables, createdAt } = manifest
  return {
    baseline: { kind: 'manifest', label: basename(path), inventory, tables, binding: true },
    findings: [],
    createdAt,
  }
}

function parse(path: string, text: string): Manifest {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw invalid(path, 'it is no JSON')
  }
  const parsed = manifestSchema.safeParse(value)
  if (!parsed.success) throw invalid(path, `at ${parsed.error.issues[0]?.path.join('.') || 'its beginning'}`)
  return parsed.data as unknown as Manifest
}

const invalid = (path: string, why: string) =>
  stop('MANIFEST_INVALID', 'select', `${basename(path)} cannot be read: ${why}`, { object: basename(path) })
