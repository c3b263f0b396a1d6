import { onAnswer } from '../mutants/support/http.ts'
import { defineVariant } from './define.ts'

export const revokedDisappear = defineVariant({
  id: 'revoked-disappear',
  kind: 'noise',
  summary: 'cards that were taken back are no longer listed',
  wrap(app) {
    onAnswer(app, /^\/users\/[^/]+\/cards$/, ({ status, text }) => {
      if (status !== 200) return {}
      const { cards } = JSON.parse(text) as { cards: { revoked: boolean }[] }
      return { text: JSON.stringify({ cards: cards.filter(({ revoked }) => !revoked) }) }
    })
  },
})
