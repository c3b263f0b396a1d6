import { onAnswer } from '../mutants/support/http.ts'
import { defineVariant } from './define.ts'

export const upperCaseCurrency = defineVariant({
  id: 'upper-case-currency',
  kind: 'noise',
  summary: 'currencies are told in capitals',
  wrap(app) {
    onAnswer(app, /^\/payments\//, ({ status, text }) =>
      status === 200
        ? {
            text: text.replace(
              /"currency":"([a-z]{3})"/,
              (_match, code: string) => `"currency":"${code.toUpperCase()}"`,
            ),
          }
        : {},
    )
  },
})
