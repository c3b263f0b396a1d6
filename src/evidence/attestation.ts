import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Signer } from '../config/signer.ts'
import { writeFileAtomic } from '../kernel/files.ts'
import { jsonOf, stableJson } from '../kernel/json.ts'
import { signText, verifyText } from './ssh-signature.ts'
import { type PersonalStatement, personalStatementSchema } from './statement.ts'

/** Where people's statements are kept, relative to the project; meant to be committed. */
export const attestationRoot = '.gatekit/attest'

const attestationSchema = z.strictObject({ statement: personalStatementSchema, signature: z.string() })

/** A statement and the armoured SSH signature over its stable JSON. */
export type Attestation = z.output<typeof attestationSchema>

export interface KeptAttestation {
  /** Relative to the project. */
  path: string
  /** Absent when the file is no attestation. */
  attestation?: Attestation
}

const safe = (name: string): string => name.replace(/[^\w.-]+/g, '_')

/** `.gatekit/attest/<gate>/<check>/<digest>/<signer>.json`: one file a signer, so that signing twice counts once. */
export const attestationPath = (check: string, digest: string, signer: string): string =>
  join(attestationRoot, ...check.split('/').map(safe), safe(digest), `${safe(signer)}.json`)

/** Signs a statement with the private key in `keyFile`. */
export async function attest(statement: PersonalStatement, keyFile: string): Promise<Attestation> {
  return { statement, signature: await signText(stableJson(statement), keyFile) }
}

export const isSignedBy = ({ statement, signature }: Attestation, signer: Signer): Promise<boolean> =>
  verifyText(stableJson(statement), signature, signer)

/** Writes it where `readAttestations` finds it; the path relative to the project. */
export async function keepAttestation(rootDir: string, attestation: Attestation): Promise<string> {
  const { check, signer } = attestation.statement.predicate
  const digest = Object.values(attestation.statement.subject[0]!.digest)[0]!
  const path = attestationPath(check, digest, signer)
  await writeFileAtomic(join(rootDir, path), stableJson(attestation))
  return path
}

/** All that was ever said about a check, for whatever commit. */
export async function readAttestations(rootDir: string, check: string): Promise<KeptAttestation[]> {
  const folder = join(attestationRoot, ...check.split('/').map(safe))
  const entries = await readdir(join(rootDir, folder), { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  return Promise.all(
    files.map(async (file) => {
      const path = file.slice(rootDir.length + 1)
      const parsed = attestationSchema.safeParse(jsonOf(await readFile(file, 'utf8')))
      return parsed.success ? { path, attestation: parsed.data } : { path }
    }),
  )
}
