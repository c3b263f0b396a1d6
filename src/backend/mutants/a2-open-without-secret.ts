import { defineMutant } from './define.ts'

export const a2 = defineMutant({
  id: 'A2',
  defect: 'A2',
  summary: 'without a secret every event is believed',
  seen: 'card packs: REQUIRE_WEBHOOK_SIGNATURE=False returns True',
  apply({ parts }) {
    const { checkStripe } = parts
    parts.checkStripe = (backend, raw, headers) =>
      backend.webhookSecrets.length === 0 ? undefined : checkStripe(backend, raw, headers)
  },
})
