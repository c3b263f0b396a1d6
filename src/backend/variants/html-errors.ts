import { onAnswer } from '../mutants/support/http.ts'
import { defineVariant } from './define.ts'

export const htmlErrors = defineVariant({
  id: 'html-errors',
  kind: 'noise',
  summary: 'errors are pages',
  wrap(app) {
    onAnswer(app, /./, ({ status }) =>
      status >= 400 ? { text: `<!doctype html><title>${status}</title><h1>Sorry</h1>` } : {},
    )
  },
})
