import type { Sabotage, Twin } from '../define.ts'
import { recordOf } from './record.ts'

/** Nothing set; what people write where a value belongs; and another value where one is wanted word by word. */
export const sabotageVariables: Sabotage = async (options) => {
  const saying = (value: string | undefined): Partial<Twin> => ({ context: { variable: () => value } })
  const twins: Twin[] = [{ name: 'not set', ...saying(undefined) }]
  if (options.require !== undefined) twins.push({ name: 'stand-ins', ...saying('changeme') })
  if (Object.values(recordOf(options.values)).some((value) => typeof value !== 'object'))
    twins.push({ name: 'another value', ...saying('gatekit-prove') })
  return twins
}
