import { randomBytes } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { refusal } from '../../kernel/errors.ts'
import { linkOnce, syncFolder, writeFileAtomic, writeSynced } from '../../kernel/files.ts'
import { stableJson } from '../../kernel/json.ts'
import type { Secrets } from '../../kernel/secrets.ts'
import { digestInventory } from '../proof/compare/digest.ts'
import type { Inventory } from '../proof/inventory.ts'
import type { DrillRecord, TableProof } from '../record.ts'
import { type Bound, type DrillEvidence, sealEvidence, sha256Of } from './evidence.ts'
import { fileName, readEvidence } from './folder.ts'

/** What a drill leaves for the next one to compare with. */
export interface DrillBaseline {
  schema: 'drill-baseline/1'
  inventory: Inventory
  tables: { schema: string; name: string; rows: number; sha256?: string }[]
}

export interface EvidenceRequest {
  /** Folder of all evidence: `qa/restore`. */
  dir: string
  record: DrillRecord
  /** Of the restored database, when it came so far. */
  proven?: { inventory: Inventory; tables: readonly TableProof[] }
  /** Milliseconds for which the evidence counts. */
  validForMs: number
  /** Seals so that nobody without it can change the evidence: GATEKIT_EVIDENCE_KEY. */
  key?: string
  secrets?: Secrets
}

export interface WrittenEvidence {
  path: string
  sha256: string
  evidence: DrillEvidence
}

/** Writes the evidence of a drill, chained to the one before it; whole or not at all. Refuses (6) what would show a secret. */
export async function writeEvidence(request: EvidenceRequest): Promise<WrittenEvidence> {
  const { dir, record, proven, validForMs, key } = request
  await mkdir(dir, { recursive: true })
  const inventory = proven ? await writeBaseline(request, proven) : null
  for (;;) {
    const [last] = await readEvidence(dir, 1)
    const number = (last?.number ?? 0) + 1
    const evidence = sealEvidence(
      {
        schema: 'drill-evidence/1',
        number,
        drill: record,
        validUntil: new Date(Date.parse(record.finishedAt) + validForMs).toISOString(),
        previous: last ? { file: last.file, sha256: last.sha256 } : null,
        inventory,
      },
      key,
    )
    const text = withoutSecrets(stableJson(evidence), request)
    const path = join(dir, fileName(number))
    // Another drill may have taken the number in between: then this one is chained to that.
    if (!(await writeOnce(path, text))) continue
    await writeFileAtomic(join(dir, 'latest.json'), text)
    return { path, sha256: sha256Of(text), evidence }
  }
}

/** Whole and under a name that nobody had; false when somebody has it. */
async function writeOnce(path: string, text: string): Promise<boolean> {
  const temp = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await writeSynced(temp, text)
    return await linkOnce(temp, path)
  } finally {
    await rm(temp, { force: true })
    await syncFolder(dirname(path))
  }
}

async function writeBaseline(
  request: EvidenceRequest,
  { inventory, tables }: NonNullable<EvidenceRequest['proven']>,
): Promise<Bound> {
  const relations = new Map(inventory.relations.map((each) => [`${each.schema}.${each.name}`, each]))
  const baseline: DrillBaseline = {
    schema: 'drill-baseline/1',
    inventory: digestInventory(inventory),
    tables: tables.flatMap(({ name, rows, restored }) => {
      const relation = relations.get(name)
      const content = restored ?? { rows }
      return relation ? [{ schema: relation.schema, name: relation.name, ...content }] : []
    }),
  }
  const text = withoutSecrets(stableJson(baseline), request)
  const sha256 = sha256Of(text)
  const file = `inventory-${sha256.slice(0, 16)}.json`
  await writeFileAtomic(join(request.dir, file), text)
  return { file, sha256 }
}

function withoutSecrets(text: string, { secrets }: EvidenceRequest): string {
  const [hit] = secrets?.sweep(text) ?? []
  if (hit) throw refusal(`the evidence would show ${hit.name} (${hit.encoding}); it was not written`)
  return text
}
