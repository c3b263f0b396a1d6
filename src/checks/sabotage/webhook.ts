import type { Sabotage, Twin } from '../define.ts'
import { recordOf } from './record.ts'

const forged = ['badSignature', 'staleSignature', 'unsigned', 'modeMismatch']

/** Nobody there, an endpoint that refuses everything, and one that takes everything, forged or not, and does nothing. */
export const sabotageWebhook: Sabotage = async (options, { deadUrl, answering }) => {
  // Nothing of theirs comes later: one look at the effects is as good as waiting for them.
  const towards = (endpoint: string) => ({ options: { ...options, endpoint: `${endpoint}/hook`, settle: 500 } })
  const twins: Twin[] = [
    { name: 'unreachable', ...towards(deadUrl) },
    { name: 'refuses everything', ...towards(await answering(400)) },
  ]
  const deliver = recordOf(options.deliver)
  const isChecked = forged.some((kind) => deliver[kind] === 'reject') || options.probe !== undefined
  const [status] = [recordOf(options.expect).ack ?? 200].flat().map(Number)
  if (isChecked) twins.push({ name: 'takes everything', ...towards(await answering(status ?? 200)) })
  return twins
}
