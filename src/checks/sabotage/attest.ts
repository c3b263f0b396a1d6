import type { Sabotage } from '../define.ts'

const yearMs = 366 * 86_400_000

/** Nobody signed, signed long ago, about another commit, by people who do not count. */
export const sabotageAttest: Sabotage = async (_, { context, emptyDir }) => {
  const now = context.clock.now() + 20 * yearMs
  return [
    { name: 'not signed', context: { rootDir: emptyDir } },
    { name: 'expired', context: { clock: { ...context.clock, now: () => now } } },
    { name: 'other signers', context: { signers: {} } },
  ]
}
