import type { Sabotage, Twin } from '../define.ts'
import { recordOf, wantsSomething } from './record.ts'

/** No file, an empty one, and one from before the run; where there must be none, one. */
export const sabotageFile: Sabotage = async (options, { context, emptyDir, file }) => {
  const expect = recordOf(options.expect)
  const { path: _, glob: __, ...others } = options
  const towards = (path: string): Partial<Twin> => ({
    options: { ...others, path },
    context: { rootDir: emptyDir },
  })
  const anything = await file('anything.json', '')
  if (expect.absent === true) return [{ name: 'there after all', ...towards(anything) }]
  const twins: Twin[] = [{ name: 'missing file', ...towards('gone.json') }]
  const { exists: _exists, newerThan: _new, at: _at, ...content } = expect
  if (Object.entries(content).some(([key, value]) => !/^not/.test(key) && wantsSomething(value)))
    twins.push({ name: 'empty file', ...towards(anything) })
  if (expect.newerThan !== undefined)
    twins.push({ name: 'from before the run', context: { runStart: context.clock.now() + 3_600_000 } })
  return twins
}
