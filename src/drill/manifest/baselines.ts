import type { Finding } from '../findings.ts'
import type { Reach } from '../identity/source.ts'
import type { Baseline } from '../proof/request.ts'
import { readManifest } from './manifest.ts'
import { sourceBaseline } from './source-baseline.ts'

/** What this backup can be compared with besides earlier drills: the manifest beside it, and the live source where one is given. */
export async function findBaselines(
  backup: { path: string; sha256: string },
  sourceUrl: string | undefined,
  reach: Reach,
): Promise<{ baselines: Baseline[]; findings: Finding[] }> {
  const manifest = await readManifest(backup.path, backup.sha256)
  const source = sourceUrl === undefined ? undefined : await sourceBaseline(sourceUrl, reach)
  const baselines = [manifest?.baseline, source].filter((each): each is Baseline => each !== undefined)
  return { baselines, findings: manifest?.findings ?? [] }
}
