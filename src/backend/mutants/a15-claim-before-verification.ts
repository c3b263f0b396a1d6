import { defineMutant } from './define.ts'
import { jsonOf } from './support/signing.ts'

export const a15 = defineMutant({
  id: 'A15',
  defect: 'A15',
  summary: 'the id of an event is remembered before its signature is looked at',
  apply({ parts, backend }) {
    const { checkStripe } = parts
    const claimed = new Set<string>()
    const remember = async (id: string): Promise<void> => {
      const at = new Date(backend.clock.now()).toISOString()
      await backend.database.query(
        'insert into stripe_events (id, type, received_at) values ($1, $2, $3) on conflict do nothing',
        [id, 'unknown', at],
      )
    }
    parts.checkStripe = async (backend, raw, headers) => {
      const refusal = await checkStripe(backend, raw, headers)
      const id = String(jsonOf(raw).id ?? '')
      if (refusal && id !== '' && !claimed.has(id)) {
        claimed.add(id)
        await remember(id)
      }
      return refusal
    }
  },
})
