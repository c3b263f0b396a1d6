import type { Sabotage, Twin } from '../define.ts'
import { recordOf, wantsSomething } from './record.ts'

/** Endings of a shell that may hide how its programs ended. */
const masking = /\|\||;\s*(?:true|:|exit\s+0)|set\s+\+e/

/** A program that is not there, one that ends otherwise, and one that ends well and does nothing. */
export const sabotageCommand: Sabotage = async (options, { context, emptyDir }) => {
  const expect = recordOf(options.expect)
  const wanted = [expect.exit ?? 0].flat().map(Number)
  const other = [9, 8, 7].find((code) => !wanted.includes(code)) ?? 6
  const ending = (code: number) => ['sh', '-c', `exit ${code}`]
  const twins: Twin[] = [
    { name: 'no such program', options: { ...options, run: [`${emptyDir}/gone`] } },
    { name: `exit ${other}`, options: { ...options, run: ending(other) } },
  ]
  if (expect.report !== undefined || wantsSomething(expect.stdout) || wantsSomething(expect.stderr)) {
    const later = { runStart: context.clock.now() + 60_000 }
    const isOnlyOld = expect.report !== undefined && !wantsSomething(expect.stdout) && !wantsSomething(expect.stderr)
    const world = isOnlyOld ? { context: later } : {}
    twins.push({ name: 'does nothing', options: { ...options, run: ending(wanted[0] ?? 0) }, ...world })
  }
  const { shell } = recordOf(options.run)
  if (typeof shell === 'string' && masking.test(shell))
    twins.push({ name: 'programs missing', options: { ...options, run: { shell: `PATH=${emptyDir}; ${shell}` } } })
  return twins
}
