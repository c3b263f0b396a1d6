import type { Sabotage, Twin } from '../define.ts'

const yearMs = 366 * 86_400_000

/** No evidence, evidence of long ago, and where it was signed or is of this commit: of nobody, or of another. */
export const sabotageFreshness: Sabotage = async (options, { context, emptyDir }) => {
  const now = context.clock.now() + 20 * yearMs
  const twins: Twin[] = [
    { name: 'missing evidence', context: { rootDir: emptyDir } },
    { name: 'stale evidence', context: { clock: { ...context.clock, now: () => now } } },
  ]
  if (options.signedBy !== undefined) twins.push({ name: 'broken signature', context: { signers: {} } })
  if (options.commit !== undefined)
    twins.push({ name: 'other commit', context: { git: { ...context.git, sha: 'f'.repeat(40) } } })
  return twins
}
